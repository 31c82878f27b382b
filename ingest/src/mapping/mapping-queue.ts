import type { SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { QueueReason } from './decision.ts';

export interface QueueFilter {
  reason?: QueueReason;
  officerId?: string;
  recorderId?: string;
  dockingId?: string;
  /** Recordings that may have gone on after `recordedFrom` and before `recordedTo`, RFC 3339. */
  recordedFrom?: string;
  recordedTo?: string;
  marked?: boolean;
}

export interface QueueListing {
  clipIds: string[];
  /** Clips that fit the filter, on all pages. */
  total: number;
  /** How many of them wait for each reason; a clip may wait for several. */
  byReason: { reason: QueueReason; clips: number }[];
  /** Pass as `before` for the next page; `null` on the last. */
  next: string | null;
}

/** Files that wait only because their footage does are not shown beside it. */
const waiting = `clip_mapping.state = 'queued' AND instr(clip_mapping.reasons, '"follows-clip"') = 0`;

/** Clips that wait for a person, last docked first. */
export async function listQueue(
  index: IndexReader,
  filter: QueueFilter,
  page: { before: string | null; limit: number },
): Promise<QueueListing> {
  const { where, parameters } = conditions(filter);
  const from = `clip_mapping JOIN clip USING (clip_id) WHERE ${waiting} AND ${where}`;
  const reasons = await index.read(
    `SELECT reason.value AS reason, count(*) AS clips FROM (SELECT clip_mapping.reasons FROM ${from}) AS queued,
     json_each(queued.reasons) AS reason GROUP BY reason.value ORDER BY clips DESC, reason`,
    parameters,
  );
  const [count] = await index.read(`SELECT count(*) AS total FROM ${from}`, parameters);
  const rows = await index.read(
    `SELECT clip_mapping.clip_id FROM ${from} ${page.before === null ? '' : 'AND clip_mapping.clip_id < ?'}
     ORDER BY clip_mapping.clip_id DESC LIMIT ?`,
    [...parameters, ...(page.before === null ? [] : [page.before]), page.limit + 1],
  );
  const clipIds = rows.slice(0, page.limit).map((row) => String(row.clip_id));
  return {
    clipIds,
    total: Number(count?.total ?? 0),
    byReason: reasons.map((row) => ({ reason: row.reason as QueueReason, clips: Number(row.clips) })),
    next: rows.length > page.limit ? (clipIds.at(-1) ?? null) : null,
  };
}

function conditions(filter: QueueFilter): { where: string; parameters: SqlValue[] } {
  const clauses = ['TRUE'];
  const parameters: SqlValue[] = [];
  const add = (clause: string, value: SqlValue | undefined) => {
    if (value === undefined) return;
    clauses.push(clause);
    parameters.push(value);
  };
  const reason = filter.reason === undefined ? undefined : `"${filter.reason}"`;
  add('instr(clip_mapping.reasons, ?) > 0', reason);
  add('clip_mapping.officer_id = ?', filter.officerId);
  add('clip.recorder_id = ?', filter.recorderId);
  add('coalesce(clip.pulled_in, clip.docking_id) = ?', filter.dockingId);
  add('clip.marked = ?', filter.marked);
  add('clip_mapping.recorded_to_ms >= ?', milliseconds(filter.recordedFrom));
  add('clip_mapping.recorded_from_ms <= ?', milliseconds(filter.recordedTo));
  return { where: clauses.join(' AND '), parameters };
}

function milliseconds(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant);
}
