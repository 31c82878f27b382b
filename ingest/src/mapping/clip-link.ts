import type { CaseStep } from '../cases/case-terms.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { Query } from './clip-facts.ts';

/**
 * What a link rests on. `interval`: officer, recorder and time; `qr`: a code shown to the camera; `mark`: a mark set on
 * the recorder; `live`: a live session; `manual`: a person said so.
 */
export const linkSources = ['interval', 'qr', 'mark', 'live', 'manual'] as const;
export type LinkSource = (typeof linkSources)[number];

/** `certain`: a person or a code; `strong`: proven times; `assumed`: times that nothing speaks against. */
export const linkConfidences = ['certain', 'strong', 'assumed'] as const;
export type LinkConfidence = (typeof linkConfidences)[number];

/** A standing link: the newest word on a clip and a case, activity or step. */
export interface ClipLink {
  /** Its place among all entries on links; names it. */
  sequence: number;
  clipId: string;
  caseId: string;
  activityId: string | null;
  step: CaseStep | null;
  source: LinkSource;
  confidence: LinkConfidence;
  actor: string;
  reason: string;
  at: string;
}

const columns = 'sequence, clip_id, case_id, activity_id, step, source, confidence, actor, reason, at';

/** Standing links of a clip, an activity or a case, oldest first. */
export async function readLinks(
  index: IndexReader,
  of: { clipId: string } | { activityId: string } | { caseId: string },
): Promise<ClipLink[]> {
  const [column, id] =
    'clipId' in of
      ? ['clip_id', of.clipId]
      : 'activityId' in of
        ? ['activity_id', of.activityId]
        : ['case_id', of.caseId];
  const rows = await index.read(
    `SELECT ${columns} FROM clip_link_entry JOIN (SELECT sequence FROM clip_link
     WHERE ${column} = ?) USING (sequence) ORDER BY sequence`,
    [id],
  );
  return rows.map(linkOf);
}

/** Standing links of several clips, oldest first. */
export async function readLinksOf(
  query: Query,
  clipIds: readonly string[],
): Promise<Map<string, ClipLink[]>> {
  const rows = await query(
    `SELECT ${columns} FROM clip_link_entry JOIN (SELECT sequence FROM clip_link
     WHERE clip_id IN (SELECT value FROM json_each(?))) USING (sequence) ORDER BY sequence`,
    [JSON.stringify(clipIds)],
  );
  const found = new Map<string, ClipLink[]>();
  for (const link of rows.map(linkOf)) found.set(link.clipId, [...(found.get(link.clipId) ?? []), link]);
  return found;
}

/** One word on a clip, as it was said. */
export interface LinkEntry extends Omit<ClipLink, 'caseId'> {
  act: 'linked' | 'unlinked' | 'set-aside';
  /** `null` where the clip was set aside. */
  caseId: string | null;
  /** The entry it takes the place of or ends. */
  supersedes: number | null;
}

/** Every word ever said on where a clip belongs, newest first. */
export async function readLinkHistory(
  index: IndexReader,
  clipId: string,
  limit: number,
): Promise<LinkEntry[]> {
  const rows = await index.read(
    `SELECT ${columns}, act, supersedes FROM clip_link_entry WHERE clip_id = ? ORDER BY sequence DESC LIMIT ?`,
    [clipId, limit],
  );
  return rows.map((row) => ({
    ...linkOf(row),
    act: row.act as LinkEntry['act'],
    caseId: row.case_id === null ? null : String(row.case_id),
    supersedes: row.supersedes === null ? null : Number(row.supersedes),
  }));
}

function linkOf(row: Record<string, unknown>): ClipLink {
  return {
    sequence: Number(row.sequence),
    clipId: String(row.clip_id),
    caseId: String(row.case_id),
    activityId: row.activity_id === null ? null : String(row.activity_id),
    step: row.step as CaseStep | null,
    source: row.source as LinkSource,
    confidence: row.confidence as LinkConfidence,
    actor: String(row.actor),
    reason: String(row.reason),
    at: String(row.at),
  };
}
