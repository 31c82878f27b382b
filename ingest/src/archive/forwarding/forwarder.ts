import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requireClip } from '../../clip/clip-index.ts';
import type { ClipRecord } from '../../clip/clip-record.ts';
import { IngestError } from '../../errors.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import { announceStep } from '../../step-channel.ts';
import { recordFileName, type StoreLayout } from '../../store/store-layout.ts';
import { receiptDocument, sealedRecordDocument } from '../archive-layout.ts';
import type { ArchiveDeposit, ArchiveTarget, DepositLine } from '../archive-target.ts';
import type { Receipt } from '../receipts/receipt.ts';
import type { Receipts } from '../receipts/receipts.ts';
import { takeReceipt } from '../receipts/take-receipt.ts';
import type { ForwardingPolicy } from './forwarding-policy.ts';

export interface ForwarderOptions {
  database: IndexDatabase;
  layout: StoreLayout;
  targets: readonly ArchiveTarget[];
  policy: ForwardingPolicy;
  receipts: Receipts;
  onError(error: unknown, clipId: string | null): void;
}

/** What the archive queue looks like now. */
export interface ArchiveQueue {
  waitingClips: number;
  waitingBytes: number;
  lastReceiptAt: string | null;
  lastError: string | null;
}

/** How often the queue is looked at when nobody wakes the forwarder. */
const idleLookMs = 5000;

/** Sends sealed clips to the archive, marked clips first, then the oldest, until each has its receipt. */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #receipted = new EventEmitter<{ receipted: [string] }>();
  readonly #wakers = new Map<string, () => void>();
  #lastError: string | null = null;

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.#receipted.setMaxListeners(0);
  }

  /** Calls `listener` with each clip that gets its receipt, until the returned function is called. */
  onReceipted(listener: (clipId: string) => void): () => void {
    this.#receipted.on('receipted', listener);
    return () => this.#receipted.off('receipted', listener);
  }

  /** Looks at the queue now. */
  wake(): void {
    for (const wake of this.#wakers.values()) wake();
  }

  /** Forwards until the signal aborts; a clip under way is given up and tried again after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#options.targets.map((target) => this.#serve(target, signal)));
  }

  async queue(): Promise<ArchiveQueue> {
    const { database } = this.#options;
    const [waiting] = await database.read(
      "SELECT count(*) AS clips, coalesce(sum(size_bytes), 0) AS bytes FROM forward WHERE state = 'queued'",
    );
    const [last] = await database.read('SELECT max(stored_at) AS at FROM receipt');
    return {
      waitingClips: Number(waiting?.clips ?? 0),
      waitingBytes: Number(waiting?.bytes ?? 0),
      lastReceiptAt: typeof last?.at === 'string' ? last.at : null,
      lastError: this.#lastError,
    };
  }

  async #serve(target: ArchiveTarget, signal: AbortSignal): Promise<void> {
    await this.#sweep(target, signal);
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wakers.set(target.name, resolve);
      });
      const clipId = await this.#nextDue(target);
      if (clipId === null) await pause(woken, idleLookMs, signal);
      else await this.#forward(target, clipId, signal);
    }
  }

  async #sweep(target: ArchiveTarget, signal: AbortSignal): Promise<void> {
    try {
      await target.sweep(new Set(), signal);
    } catch (error) {
      this.#lastError = messageOf(error);
      this.#options.onError(error, null);
    }
  }

  async #nextDue(target: ArchiveTarget): Promise<string | null> {
    const [row] = await this.#options.database.read(
      `SELECT clip_id FROM forward WHERE target = ? AND state = 'queued' AND (not_before IS NULL OR not_before <= ?)
       ORDER BY importance DESC, clip_id LIMIT 1`,
      [target.name, new Date().toISOString()],
    );
    return row === undefined ? null : String(row.clip_id);
  }

  async #forward(target: ArchiveTarget, clipId: string, signal: AbortSignal): Promise<void> {
    try {
      const clip = await requireClip(this.#options.database, clipId);
      const receipt = await this.#deposit(target, clip, signal);
      await takeReceipt(this.#options.receipts.book, receipt);
      this.#lastError = null;
      this.#receipted.emit('receipted', clipId);
    } catch (error) {
      if (signal.aborted) return;
      this.#lastError = messageOf(error);
      this.#options.onError(error, clipId);
      await this.#postpone(target, clipId, error);
    }
  }

  async #deposit(target: ArchiveTarget, clip: ClipRecord, signal: AbortSignal): Promise<Receipt> {
    const { layout, receipts } = this.#options;
    const { clipId, sha256, sizeBytes } = clip;
    if (sha256 === null || clip.storePath === null) {
      throw new IngestError('ILLEGAL_MOVE', `clip ${clipId} is ${clip.state} but has no hash or place`);
    }
    const record = await readFile(join(layout.sealedFolder(clipId), recordFileName), 'utf8');
    const deposit: ArchiveDeposit = {
      clipId,
      original: { sha256, sizeBytes },
      content: { sha256, sizeBytes, file: layout.mediaFile(clipId, clip.name), encryption: 'none' },
      retention: { class: 'ordinary', until: null, isOnHold: false },
    };
    const recordSha256 = await target.putDocument(sealedRecordDocument(clipId, record), signal);
    const deposited = await target.deposit(deposit, freeLine, signal);
    const receipt = await receipts.issue({
      target: target.name,
      kind: target.kind,
      deposit,
      deposited,
      recordSha256,
    });
    await target.putDocument(receiptDocument(clipId, receipt.body), signal);
    announceStep('archive.receipt-written', clipId);
    return receipt;
  }

  async #postpone(target: ArchiveTarget, clipId: string, error: unknown): Promise<void> {
    const { database } = this.#options;
    const { retryBaseMs, retryMaxMs } = this.#options.policy;
    try {
      const [row] = await database.read('SELECT attempts FROM forward WHERE clip_id = ? AND target = ?', [
        clipId,
        target.name,
      ]);
      const attempts = Number(row?.attempts ?? 0) + 1;
      const waitMs = Math.random() * Math.min(retryMaxMs, retryBaseMs * 2 ** Math.min(attempts - 1, 30));
      await database.write((transaction) =>
        transaction.run(
          'UPDATE forward SET attempts = ?, not_before = ?, last_error = ? WHERE clip_id = ? AND target = ?',
          [attempts, new Date(Date.now() + waitMs).toISOString(), messageOf(error), clipId, target.name],
        ),
      );
    } catch (failure) {
      // The index itself fails (disk full): wait as after any failure, and look again.
      this.#options.onError(failure, clipId);
      await delay(retryBaseMs);
    }
  }
}

const freeLine: DepositLine = {
  session: null,
  keepSession: async () => {},
  take: async () => {},
  progress: () => {},
};

async function pause(woken: Promise<void>, waitMs: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  await Promise.race([woken, delay(waitMs, undefined, { signal: either }).catch(() => {})]);
  over.abort();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
