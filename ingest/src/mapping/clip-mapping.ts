import type { Transaction } from '../index-store/index-database.ts';
import type { Query } from './clip-facts.ts';
import type { LinkSuggestion, LinkTarget, QueueReason } from './decision.ts';

/** Where a clip stands: linked and settled, waiting for a person, or no matter of any case. */
export const mappingStates = ['linked', 'queued', 'set-aside'] as const;
export type MappingState = (typeof mappingStates)[number];

/** What is kept of a clip beside its links. */
export interface ClipMapping {
  clipId: string;
  state: MappingState;
  /** Who wore the recorder, where that is known. */
  officerId: string | null;
  /** All the time in which it may have been recorded; `null` where nothing bounds it. */
  recordedFromMs: number | null;
  recordedToMs: number | null;
  reasons: QueueReason[];
  suggestions: LinkSuggestion[];
  /** `person`: what a person said stands until a person changes it. */
  decidedBy: 'rules' | 'person';
  /** What the rules would link; where a person decided, what they would have linked then. */
  rulesSaid: LinkTarget[];
}

export async function readMappings(
  query: Query,
  clipIds: readonly string[],
): Promise<Map<string, ClipMapping>> {
  const rows = await query('SELECT * FROM clip_mapping WHERE clip_id IN (SELECT value FROM json_each(?))', [
    JSON.stringify(clipIds),
  ]);
  return new Map(
    rows.map((row) => [
      String(row.clip_id),
      {
        clipId: String(row.clip_id),
        state: row.state as MappingState,
        officerId: row.officer_id === null ? null : String(row.officer_id),
        recordedFromMs: row.recorded_from_ms === null ? null : Number(row.recorded_from_ms),
        recordedToMs: row.recorded_to_ms === null ? null : Number(row.recorded_to_ms),
        reasons: JSON.parse(String(row.reasons)) as QueueReason[],
        suggestions: JSON.parse(String(row.suggestions)) as LinkSuggestion[],
        decidedBy: row.decided_by as ClipMapping['decidedBy'],
        rulesSaid: JSON.parse(String(row.rules_said)) as LinkTarget[],
      },
    ]),
  );
}

/** Keeps mappings, all in one statement. */
export async function writeMappings(
  transaction: Transaction,
  mappings: readonly ClipMapping[],
): Promise<void> {
  if (mappings.length === 0) return;
  const rows = mappings.map((one) => ({
    ...one,
    reasons: JSON.stringify(one.reasons),
    suggestions: JSON.stringify(one.suggestions),
    rulesSaid: JSON.stringify(one.rulesSaid),
  }));
  await transaction.run(
    `INSERT INTO clip_mapping (clip_id, state, officer_id, recorded_from_ms, recorded_to_ms, reasons, suggestions, decided_by, rules_said, decided_at)
     SELECT value ->> 'clipId', value ->> 'state', value ->> 'officerId', value ->> 'recordedFromMs', value ->> 'recordedToMs',
       value ->> 'reasons', value ->> 'suggestions', value ->> 'decidedBy', value ->> 'rulesSaid', ?
     FROM json_each(?) WHERE TRUE
     ON CONFLICT (clip_id) DO UPDATE SET state = excluded.state, officer_id = excluded.officer_id,
       recorded_from_ms = excluded.recorded_from_ms, recorded_to_ms = excluded.recorded_to_ms, reasons = excluded.reasons,
       suggestions = excluded.suggestions, decided_by = excluded.decided_by, rules_said = excluded.rules_said,
       decided_at = excluded.decided_at`,
    [new Date().toISOString(), JSON.stringify(rows)],
  );
}

/** Whether the two say the same. */
export function isSameMapping(one: ClipMapping | undefined, other: ClipMapping): boolean {
  return one !== undefined && JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function inOrder(mapping: ClipMapping): unknown[] {
  const { clipId, state, officerId, recordedFromMs, recordedToMs, decidedBy } = mapping;
  return [
    [clipId, state, officerId, recordedFromMs, recordedToMs, decidedBy],
    [mapping.reasons, mapping.rulesSaid.map(({ caseId, activityId }) => [caseId, activityId])],
    mapping.suggestions.map(({ caseId, activityId, grounds, apartMs }) => [
      caseId,
      activityId,
      grounds,
      apartMs,
    ]),
  ];
}
