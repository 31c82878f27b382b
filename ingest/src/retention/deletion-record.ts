import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { KeepReasonCode } from './retention.ts';

/** `kept`: approved, but a reason to keep it stood when it was to go. `started`: deleted in the index, its bytes are going. */
export const deletionStates = ['requested', 'approved', 'refused', 'kept', 'started', 'done'] as const;
export type DeletionState = (typeof deletionStates)[number];

export interface ClipDeletion {
  clipId: string;
  name: string;
  sizeBytes: number;
  state: DeletionState;
  keptBecause: KeepReasonCode[];
  doneAt: string | null;
}

/** What one person asked to have deleted, and what another said to it. */
export interface DeletionRequest {
  requestId: string;
  requestedBy: string;
  requestedAt: string;
  reason: string;
  needsSecondPerson: boolean;
  verdict: 'approved' | 'refused' | null;
  decidedBy: string | null;
  decidedAt: string | null;
  decisionReason: string | null;
  clips: ClipDeletion[];
}

/** Newest first. */
export async function listDeletionRequests(
  index: IndexReader,
  filter: { undecided?: boolean },
  page: { before: string | null; limit: number },
): Promise<{ requests: DeletionRequest[]; next: string | null }> {
  const clauses = ['TRUE'];
  if (filter.undecided !== undefined) clauses.push(`verdict IS ${filter.undecided ? '' : 'NOT '}NULL`);
  if (page.before !== null) clauses.push('request_id < ?');
  const rows = await index.read(
    `SELECT * FROM deletion_request WHERE ${clauses.join(' AND ')} ORDER BY request_id DESC LIMIT ?`,
    [...(page.before === null ? [] : [page.before]), page.limit + 1],
  );
  const shown = rows.slice(0, page.limit);
  const requests: DeletionRequest[] = [];
  for (const row of shown) requests.push(requestOf(row, await clipsOf(index, String(row.request_id))));
  return { requests, next: rows.length > page.limit ? (requests.at(-1)?.requestId ?? null) : null };
}

export async function readDeletionRequest(
  index: IndexReader,
  requestId: string,
): Promise<DeletionRequest | null> {
  const [row] = await index.read('SELECT * FROM deletion_request WHERE request_id = ?', [requestId]);
  return row === undefined ? null : requestOf(row, await clipsOf(index, requestId));
}

/** The newest deletion asked for of a clip. */
export async function readClipDeletion(
  index: IndexReader,
  clipId: string,
): Promise<{ requestId: string; state: DeletionState } | null> {
  const [row] = await index.read(
    'SELECT request_id, state FROM deletion WHERE clip_id = ? ORDER BY request_id DESC LIMIT 1',
    [clipId],
  );
  return row === undefined ? null : { requestId: String(row.request_id), state: row.state as DeletionState };
}

async function clipsOf(index: IndexReader, requestId: string): Promise<ClipDeletion[]> {
  const rows = await index.read(
    `SELECT deletion.clip_id, clip.name, clip.size_bytes, deletion.state, kept_because, done_at
     FROM deletion JOIN clip USING (clip_id) WHERE request_id = ? ORDER BY deletion.clip_id`,
    [requestId],
  );
  return rows.map((row) => ({
    clipId: String(row.clip_id),
    name: String(row.name),
    sizeBytes: Number(row.size_bytes),
    state: row.state as DeletionState,
    keptBecause: row.kept_because === null ? [] : (JSON.parse(String(row.kept_because)) as KeepReasonCode[]),
    doneAt: textOrNull(row.done_at),
  }));
}

function requestOf(row: SqlRow, clips: ClipDeletion[]): DeletionRequest {
  return {
    requestId: String(row.request_id),
    requestedBy: String(row.requested_by),
    requestedAt: String(row.requested_at),
    reason: String(row.reason),
    needsSecondPerson: row.persons_needed === 2,
    verdict: row.verdict as DeletionRequest['verdict'],
    decidedBy: textOrNull(row.decided_by),
    decidedAt: textOrNull(row.decided_at),
    decisionReason: textOrNull(row.decision_reason),
    clips,
  };
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
