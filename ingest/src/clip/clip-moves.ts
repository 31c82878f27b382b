import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyAction, CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { SqlValue } from '../index-store/connection.ts';
import type { Transaction } from '../index-store/index-database.ts';
import { markCasesOf, markDue } from '../reckoning/due.ts';
import { announceStep } from '../step-channel.ts';
import { type ClipState, isLegalMove } from './clip-states.ts';
import type { Quarantine } from './quarantine.ts';

/** Columns a move may set beside the state. */
export type ClipColumns = Partial<
  Record<
    | 'sha256'
    | 'blake3'
    | 'sample_blake3'
    | 'read_back'
    | 'store_path'
    | 'record_sha256'
    | 'time'
    | 'release_started_at'
    | 'released_at'
    | 'pulled_in'
    | 'size_bytes'
    | 'modified_at'
    | 'live_from_ms'
    | 'live_to_ms',
    SqlValue
  >
>;

export interface ClipMove {
  clipId: string;
  to: ClipState;
  columns?: ClipColumns;
  /** Set, cleared with `null`, or left alone when not given. */
  quarantine?: Quarantine | null;
  /** What the custody entry tells beside the move. */
  details?: { readonly [key: string]: JsonValue };
  dockingId?: string;
}

const actionOfState: Record<ClipState, CustodyAction> = {
  recording: 'recording-started',
  listed: 'returned',
  pulled: 'pulled',
  verified: 'verified',
  sealed: 'sealed',
  forwarded: 'forwarded',
  receipted: 'receipted',
  released: 'released',
  deleted: 'deletion-started',
  unreadable: 'unreadable',
  lost: 'lost',
};

/** What is known of a clip no byte of which is ours. */
const nothingTaken: ClipColumns = {
  sha256: null,
  blake3: null,
  sample_blake3: null,
  read_back: null,
  pulled_in: null,
};

/** Moves a clip and writes its custody entry, in the caller's transaction. Throws IngestError ILLEGAL_MOVE. */
export async function moveClip(transaction: Transaction, custody: CustodyLog, move: ClipMove): Promise<void> {
  const [row] = await transaction.all('SELECT state FROM clip WHERE clip_id = ?', [move.clipId]);
  const from = row?.state as ClipState | undefined;
  if (from === undefined || !isLegalMove(from, move.to)) {
    throw new IngestError(
      'ILLEGAL_MOVE',
      `clip ${move.clipId} cannot go from ${from ?? 'nowhere'} to ${move.to}`,
      {
        clipId: move.clipId,
      },
    );
  }
  const columns: Record<string, SqlValue> = {
    state: move.to,
    ...(move.to === 'listed' ? nothingTaken : {}),
    ...move.columns,
  };
  if (move.quarantine !== undefined) {
    columns.quarantine_reason = move.quarantine?.reason ?? null;
    columns.quarantine_detail = move.quarantine?.detail ?? null;
  }
  const names = Object.keys(columns);
  await transaction.run(
    `UPDATE clip SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE clip_id = ?`,
    [...Object.values(columns), move.clipId],
  );
  await custody.append(transaction, {
    action: actionOfState[move.to],
    clipId: move.clipId,
    ...(move.dockingId === undefined ? {} : { dockingId: move.dockingId }),
    details: {
      from,
      ...move.details,
      ...(move.quarantine === undefined || move.quarantine === null
        ? {}
        : { quarantine: { ...move.quarantine } }),
    },
  });
  if (move.to === 'sealed') await markDue(transaction, 'clip', [move.clipId]);
  if (move.to === 'receipted') await markCasesOf(transaction, move.clipId);
  transaction.onCommit(() => announceStep(`clip.${move.to}`, move.clipId));
}
