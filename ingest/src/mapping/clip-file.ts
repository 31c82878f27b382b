import type { IndexReader } from '../index-store/index-database.ts';
import { readClipFacts } from './clip-facts.ts';
import { type ClipLink, type LinkEntry, readLinkHistory, readLinksOf } from './clip-link.ts';
import { type ClipMapping, readMappings } from './clip-mapping.ts';
import type { ClipReckoning } from './clip-reckoning.ts';
import type { LinkSuggestion } from './decision.ts';

/** Where a clip stands now, with what a person may choose from, reckoned as it is asked. */
export interface QueuedClip {
  clipId: string;
  mapping: ClipMapping | null;
  links: ClipLink[];
  suggestions: LinkSuggestion[];
}

/** A code that was shown to the camera, as it was read. */
export interface ShownCode {
  atMs: number;
  kind: 'activity' | 'case';
  id: string;
  readAt: string;
}

/** Everything on where one clip belongs. */
export interface ClipLinkFile extends QueuedClip {
  /** Newest first. */
  history: LinkEntry[];
  codes: ShownCode[];
}

const longestHistory = 500;

/** How clips stand, in the order asked for; those that stand not in the store are left out. */
export async function readQueued(
  index: IndexReader,
  clips: ClipReckoning,
  clipIds: readonly string[],
): Promise<QueuedClip[]> {
  const all = (sql: string, parameters: Parameters<IndexReader['read']>[1]) => index.read(sql, parameters);
  const facts = await readClipFacts(all, clipIds);
  const ruled = new Map((await clips.rule({ all }, facts)).map((one) => [one.clip.clipId, one]));
  const mappings = await readMappings(all, clipIds);
  const links = await readLinksOf(all, clipIds);
  const known = new Set(facts.map(({ clipId }) => clipId));
  return clipIds
    .filter((clipId) => known.has(clipId))
    .map((clipId) => {
      const mapping = mappings.get(clipId) ?? null;
      return {
        clipId,
        mapping,
        links: links.get(clipId) ?? [],
        suggestions: distinct([
          ...(mapping?.reasons.includes('contradicts-person') === true ? mapping.suggestions : []),
          ...(ruled.get(clipId)?.suggestions ?? []),
        ]),
      };
    });
}

export async function readClipLinkFile(
  index: IndexReader,
  clips: ClipReckoning,
  clipId: string,
): Promise<ClipLinkFile | null> {
  const [queued] = await readQueued(index, clips, [clipId]);
  if (queued === undefined) return null;
  const history = await readLinkHistory(index, clipId, longestHistory);
  const codes = await index.read(
    'SELECT at_ms, named_kind, named_id, read_at FROM clip_code WHERE clip_id = ? ORDER BY at_ms',
    [clipId],
  );
  return {
    ...queued,
    history,
    codes: codes.map((row) => ({
      atMs: Number(row.at_ms),
      kind: row.named_kind as ShownCode['kind'],
      id: String(row.named_id),
      readAt: String(row.read_at),
    })),
  };
}

function distinct(suggestions: readonly LinkSuggestion[]): LinkSuggestion[] {
  const seen = new Set<string>();
  return suggestions.filter(({ caseId, activityId }) => {
    const key = JSON.stringify([caseId, activityId]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}
