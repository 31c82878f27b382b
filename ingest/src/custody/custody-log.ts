import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { canonicalJson, type JsonValue } from './canonical-json.ts';
import {
  appendLeaf,
  type Frontier,
  leafHash,
  type NodeHash,
  perfectSubtrees,
  rootOf,
} from './merkle-tree.ts';

export type CustodyAction =
  | 'attached'
  | 'identified'
  | 'clock-read'
  | 'clock-set'
  | 'time-revised'
  | 'inventoried'
  | 'safe'
  | 'detached'
  | 'failed'
  | 'listed'
  | 'recording-started'
  | 'live-reconciled'
  | 'live-started'
  | 'live-ended'
  | 'live-gap'
  | 'pulled'
  | 'verified'
  | 'sealed'
  | 'forwarded'
  | 'receipted'
  | 'receipt-taken'
  | 'receipt-key-trusted'
  | 'release-started'
  | 'released'
  | 'local-copy-removed'
  | 'relisted'
  | 'quarantined'
  | 'unreadable'
  | 'lost'
  | 'returned'
  | 'status-read'
  | 'identity-writing'
  | 'identity-written'
  | 'recorder-issued'
  | 'recorder-returned'
  | 'recorder-state-changed'
  | 'firmware-sending'
  | 'firmware-sent'
  | 'firmware-restarting'
  | 'firmware-confirmed'
  | 'firmware-reverted'
  | 'firmware-failed'
  | 'roll-out-stopped'
  | 'roll-out-resumed'
  | 'facts-received'
  | 'duty-list-published'
  | 'code-read'
  | 'linked'
  | 'unlinked'
  | 'set-aside'
  | 'judged'
  | 'exception-requested'
  | 'exception-decided'
  | 'hold-placed'
  | 'hold-lifted'
  | 'deletion-requested'
  | 'deletion-approved'
  | 'deletion-refused'
  | 'deletion-kept'
  | 'deletion-started'
  | 'deleted'
  | 'deleted-clip-seen'
  | 'deadline-stated'
  | 'review-recorded'
  | 'decision-publishable'
  | 'decision-unpublishable'
  | 'disclosed'
  | 'recorder-registered'
  | 'live-source-set'
  | 'live-source-removed'
  | 'operation-opened'
  | 'operation-related'
  | 'operation-joined'
  | 'operation-left'
  | 'operation-closed'
  | 'bookmark-made'
  | 'bookmark-struck'
  | 'alarm-raised'
  | 'alarm-ended'
  | 'alarm-seen'
  | 'archive-probed'
  | 'forwarding-paused'
  | 'forwarding-resumed'
  | 'forwarding-retried'
  | 'forwarding-demanded'
  | 'forwarding-given-up';

/** One thing done, before it has its place in the log. */
export interface CustodyEvent {
  action: CustodyAction;
  /** Who did it, where it was not the gateway by itself, e.g. `operator:张三`. */
  actor?: string;
  clipId?: string;
  dockingId?: string;
  recorderId?: string;
  details?: { readonly [key: string]: JsonValue };
}

const hashBytes = 32;

/**
 * The append-only record of everything done. Each entry is canonical JSON and a leaf of an RFC 9162 tree; the root
 * of the tree up to it is stored with it. Entries are written in the transaction of the state they tell of.
 */
export class CustodyLog {
  readonly #actor: string;
  /** The tree of committed entries. */
  #frontier: Frontier;
  /** The tree with the entries of the transaction under way; there is one writer, so there is one. */
  #working: Frontier;

  readonly #now: () => Date;

  private constructor(actor: string, frontier: Frontier, now: () => Date) {
    this.#actor = actor;
    this.#now = now;
    this.#frontier = frontier;
    this.#working = frontier;
  }

  /**
   * Opens the log as it stands in the index. `actor` is who writes, e.g. `gateway:dock-1`; `now` is another clock than the
   * host's, where time is simulated.
   */
  static async open(
    database: IndexDatabase,
    actor: string,
    now: () => Date = () => new Date(),
  ): Promise<CustodyLog> {
    return new CustodyLog(actor, await loadFrontier(database), now);
  }

  /** Size and root of the tree of committed entries (RFC 9162 §2.1.1), as this process built it. */
  get head(): { size: number; rootHash: NodeHash } {
    return { size: this.#frontier.size, rootHash: rootOf(this.#frontier) };
  }

  /** Entries committed so far. */
  get size(): number {
    return this.#frontier.size;
  }

  async append(transaction: Transaction, event: CustodyEvent): Promise<void> {
    const before = this.#working;
    const at = this.#now().toISOString();
    const actor = event.actor ?? this.#actor;
    const entry = canonicalJson({
      v: 1,
      sequence: before.size,
      at,
      actor,
      action: event.action,
      ...(event.clipId === undefined ? {} : { clipId: event.clipId }),
      ...(event.dockingId === undefined ? {} : { dockingId: event.dockingId }),
      ...(event.recorderId === undefined ? {} : { recorderId: event.recorderId }),
      ...(event.details === undefined ? {} : { details: event.details }),
    });
    const leaf = leafHash(Buffer.from(entry));
    const { frontier, completed, rootHash } = appendLeaf(before, leaf);
    await transaction.run(
      `INSERT INTO custody_entry (sequence, at, actor, action, clip_id, docking_id, recorder_id, entry, leaf_hash, subtree_hashes, root_hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        before.size,
        at,
        actor,
        event.action,
        event.clipId ?? null,
        event.dockingId ?? null,
        event.recorderId ?? null,
        entry,
        leaf,
        Buffer.concat(completed),
        rootHash,
      ],
    );
    this.#working = frontier;
    transaction.onCommit(() => {
      this.#frontier = frontier;
    });
    transaction.onRollback(() => {
      this.#working = before;
    });
  }
}

async function loadFrontier(database: IndexDatabase): Promise<Frontier> {
  const [row] = await database.read('SELECT coalesce(max(sequence) + 1, 0) AS size FROM custody_entry');
  const size = Number(row?.size ?? 0);
  const subtrees: NodeHash[] = [];
  for (const { lastLeaf, height } of perfectSubtrees(size)) {
    const [entry] = await database.read(
      'SELECT leaf_hash, subtree_hashes FROM custody_entry WHERE sequence = ?',
      [lastLeaf],
    );
    subtrees.push(subtreeHash(entry?.leaf_hash, entry?.subtree_hashes, height));
  }
  return { size, subtrees };
}

function subtreeHash(leaf: unknown, completed: unknown, height: number): NodeHash {
  if (!Buffer.isBuffer(leaf) || !Buffer.isBuffer(completed)) {
    throw new RangeError('the custody log has a gap');
  }
  return height === 0 ? leaf : completed.subarray((height - 1) * hashBytes, height * hashBytes);
}
