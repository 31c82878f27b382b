import type { ActivityFacts, CaseFacts, OfficerFacts, UnitFacts } from '../cases/case-record.ts';
import { readClip } from '../clip/clip-queries.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import { type Judgement, readJudgement } from '../coverage/judgement.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { type ClipLink, readLinks } from '../mapping/clip-link.ts';

/** A clip of a case with what the packet tells beside its record. */
export interface FiledClip {
  record: ClipRecord;
  links: ClipLink[];
  wearerId: string | null;
  custody: { sealed: number | null; newest: number | null };
}

/** All that is known of one case, as read at one moment. */
export interface CaseFile {
  facts: CaseFacts;
  isWithdrawn: boolean;
  unit: UnitFacts | null;
  activities: ActivityFacts[];
  judgements: Judgement[];
  officers: Map<string, OfficerFacts>;
  units: Map<string, UnitFacts>;
  clips: FiledClip[];
}

/** Reads a case with its activities, judgements, clips and officers; `null` where no system has told of it. */
export async function readCaseFile(index: IndexReader, caseId: string): Promise<CaseFile | null> {
  const [row] = await index.read('SELECT facts, is_withdrawn FROM enforcement_case WHERE case_id = ?', [
    caseId,
  ]);
  if (row === undefined) return null;
  const facts = JSON.parse(String(row.facts)) as CaseFacts;
  const activities = await readActivities(index, caseId);
  const clips = await readFiledClips(index, caseId);
  const officerIds = [
    ...activities.flatMap((activity) => activity.officerIds),
    ...clips.flatMap(({ wearerId }) => wearerId ?? []),
  ];
  const officers = await readFacts<OfficerFacts>(index, 'officer', officerIds);
  const unitIds = [facts.unitId, ...[...officers.values()].map(({ unitId }) => unitId)];
  const units = await readFacts<UnitFacts>(index, 'unit', unitIds);
  return {
    facts,
    isWithdrawn: row.is_withdrawn === 1,
    unit: units.get(facts.unitId) ?? null,
    activities,
    judgements: await readJudgements(index, caseId),
    officers,
    units,
    clips,
  };
}

async function readActivities(index: IndexReader, caseId: string): Promise<ActivityFacts[]> {
  const rows = await index.read(
    `SELECT facts FROM activity WHERE case_id = ? AND is_withdrawn = 0
     ORDER BY started_ms IS NULL, started_ms, activity_id`,
    [caseId],
  );
  return rows.map((row) => JSON.parse(String(row.facts)) as ActivityFacts);
}

async function readJudgements(index: IndexReader, caseId: string): Promise<Judgement[]> {
  const rows = await index.read('SELECT judgement FROM judgement WHERE case_id = ? ORDER BY activity_id', [
    caseId,
  ]);
  return rows.map((row) => readJudgement(row.judgement));
}

async function readFacts<Facts>(
  index: IndexReader,
  kind: 'officer' | 'unit',
  ids: readonly string[],
): Promise<Map<string, Facts>> {
  const rows = await index.read(
    `SELECT ${kind}_id AS id, facts FROM ${kind}
     WHERE ${kind}_id IN (SELECT value FROM json_each(?)) AND is_withdrawn = 0`,
    [JSON.stringify([...new Set(ids)])],
  );
  return new Map(rows.map((row) => [String(row.id), JSON.parse(String(row.facts)) as Facts]));
}

async function readFiledClips(index: IndexReader, caseId: string): Promise<FiledClip[]> {
  const linksOf = new Map<string, ClipLink[]>();
  for (const link of await readLinks(index, { caseId })) {
    linksOf.set(link.clipId, [...(linksOf.get(link.clipId) ?? []), link]);
  }
  const clips: FiledClip[] = [];
  for (const [clipId, links] of [...linksOf].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const record = await readClip(index, clipId);
    if (record === null) continue;
    const [mapped] = await index.read('SELECT officer_id FROM clip_mapping WHERE clip_id = ?', [clipId]);
    const wearerId = typeof mapped?.officer_id === 'string' ? mapped.officer_id : null;
    clips.push({ record, links, wearerId, custody: await custodyPlaces(index, clipId) });
  }
  return clips;
}

async function custodyPlaces(index: IndexReader, clipId: string): Promise<FiledClip['custody']> {
  const [row] = await index.read(
    `SELECT max(CASE WHEN action = 'sealed' THEN sequence END) AS sealed, max(sequence) AS newest
     FROM custody_entry WHERE clip_id = ?`,
    [clipId],
  );
  const place = (value: unknown) => (typeof value === 'number' ? value : null);
  return { sealed: place(row?.sealed), newest: place(row?.newest) };
}
