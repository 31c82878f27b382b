import type { SqlRow } from '../../index-store/connection.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import type { ArchiveRefusalCode } from '../archive-refusal.ts';

/** Whether a clip waits for its turn, or was given up until a person says otherwise. */
export type ForwardState = 'queued' | 'dead';

/** One clip that one target has not signed for. */
export interface QueueEntry {
  clipId: string;
  target: string;
  state: ForwardState;
  clipName: string;
  sizeBytes: number;
  queuedAt: string;
  /** `null`: not reckoned yet. */
  dueAt: string | null;
  isImportant: boolean;
  isMarked: boolean;
  recordedAt: string | null;
  demandedAt: string | null;
  /** How much of it the target has, as it said last. */
  heldBytes: number;
  attempts: number;
  notBefore: string | null;
  lastError: { refusal: ArchiveRefusalCode | null; message: string; at: string } | null;
}

/** Where a list goes on: the place of its last entry in the line. Opaque; see `parseQueuePosition`. */
export type QueuePosition = string & { readonly brand: 'queue-position' };

export interface QueueQuestion {
  target?: string;
  state?: ForwardState;
  after: QueuePosition | null;
  /** At most so many entries. */
  limit: number;
}

/** The place of an entry in the line, as the index `forward_line` has it. */
const place = 'forward.target, forward.state, is_bulk, due_hour, rank, age, forward.clip_id';

/** Takes the text of a position; `null` where it is none. */
export function parseQueuePosition(text: string): QueuePosition | null {
  try {
    const fields: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    const kinds = ['string', 'string', 'number', 'string', 'number', 'string', 'string'];
    const fits =
      Array.isArray(fields) &&
      fields.length === kinds.length &&
      kinds.every((kind, index) => typeof fields[index] === kind);
    return fits ? (text as QueuePosition) : null;
  } catch {
    return null;
  }
}

/** Lists the queue, target by target, dead letters first, in the order in which clips go. */
export async function listQueue(
  index: IndexReader,
  { target, state, after, limit }: QueueQuestion,
): Promise<{ entries: QueueEntry[]; next: QueuePosition | null }> {
  const clauses: string[] = ['TRUE'];
  const parameters: (string | number)[] = [];
  if (target !== undefined) {
    clauses.push('forward.target = ?');
    parameters.push(target);
  }
  if (state !== undefined) {
    clauses.push('forward.state = ?');
    parameters.push(state);
  }
  if (after !== null) {
    clauses.push(`(${place}) > (?, ?, ?, ?, ?, ?, ?)`);
    parameters.push(...(JSON.parse(Buffer.from(after, 'base64url').toString()) as (string | number)[]));
  }
  const rows = await index.read(
    `SELECT forward.*, clip.name, clip.marked FROM forward JOIN clip USING (clip_id)
     WHERE ${clauses.join(' AND ')} ORDER BY ${place} LIMIT ?`,
    [...parameters, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { entries: shown.map(entryOf), next: last === undefined ? null : positionOf(last) };
}

function positionOf(row: SqlRow): QueuePosition {
  const { target, state, is_bulk, due_hour, rank, age, clip_id } = row;
  const fields = [target, state, is_bulk, due_hour, rank, age, clip_id];
  return Buffer.from(JSON.stringify(fields)).toString('base64url') as QueuePosition;
}

function entryOf(row: SqlRow): QueueEntry {
  return {
    clipId: String(row.clip_id),
    target: String(row.target),
    state: row.state as ForwardState,
    clipName: String(row.name),
    sizeBytes: Number(row.size_bytes),
    queuedAt: String(row.queued_at),
    dueAt: textOrNull(row.due_at),
    isImportant: row.is_bulk === 0,
    isMarked: row.marked === 1,
    recordedAt: textOrNull(row.recorded_at),
    demandedAt: textOrNull(row.demanded_at),
    heldBytes: Number(row.held_bytes),
    attempts: Number(row.attempts),
    notBefore: textOrNull(row.not_before),
    lastError:
      typeof row.last_error === 'string'
        ? {
            refusal: textOrNull(row.last_refusal) as ArchiveRefusalCode | null,
            message: row.last_error,
            at: String(row.last_error_at),
          }
        : null,
  };
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
