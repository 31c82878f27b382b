import { EventEmitter } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { requireClip } from '../clip/clip-index.ts';
import { moveClip } from '../clip/clip-moves.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { recordFileName, type StoreLayout } from '../store/store-layout.ts';
import type { ArchiveTarget, Receipt } from './archive-target.ts';

export interface ForwarderOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  layout: StoreLayout;
  target: ArchiveTarget;
  /** First wait after a failure; doubled each time, with full jitter, up to `retryMaxMs`. */
  retryBaseMs: number;
  retryMaxMs: number;
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
  #wake: () => void = () => {};
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
    this.#wake();
  }

  /** Forwards until the signal aborts; a clip under way is given up and tried again after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#sweep();
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const clipId = await this.#nextDue();
      if (clipId === null) await pause(woken, idleLookMs, signal);
      else await this.#forward(clipId, signal);
    }
  }

  async queue(): Promise<ArchiveQueue> {
    const { database, target } = this.#options;
    const [waiting] = await database.read(
      "SELECT count(*) AS clips, coalesce(sum(size_bytes), 0) AS bytes FROM clip INDEXED BY clip_forward_due WHERE state IN ('sealed', 'forwarded')",
    );
    const [last] = await database.read(
      'SELECT stored_at AS at FROM receipt WHERE target = ? ORDER BY stored_at DESC LIMIT 1',
      [target.name],
    );
    return {
      waitingClips: Number(waiting?.clips ?? 0),
      waitingBytes: Number(waiting?.bytes ?? 0),
      lastReceiptAt: last?.at === null || last?.at === undefined ? null : String(last.at),
      lastError: this.#lastError,
    };
  }

  async #sweep(): Promise<void> {
    try {
      await this.#options.target.sweep();
    } catch (error) {
      this.#lastError = messageOf(error);
      this.#options.onError(error, null);
    }
  }

  async #nextDue(): Promise<string | null> {
    const [row] = await this.#options.database.read(
      `SELECT clip.clip_id FROM clip INDEXED BY clip_forward_due LEFT JOIN forward ON forward.clip_id = clip.clip_id AND forward.target = ?
       WHERE clip.state IN ('sealed', 'forwarded') AND (forward.next_attempt_at IS NULL OR forward.next_attempt_at <= ?)
       ORDER BY clip.marked DESC, clip.clip_id LIMIT 1`,
      [this.#options.target.name, new Date().toISOString()],
    );
    return row === undefined ? null : String(row.clip_id);
  }

  async #forward(clipId: string, signal: AbortSignal): Promise<void> {
    try {
      const clip = await requireClip(this.#options.database, clipId);
      const receipt = await this.#deposit(clip, signal);
      await this.#recordReceipt(clip, receipt);
      this.#lastError = null;
      this.#receipted.emit('receipted', clipId);
    } catch (error) {
      if (signal.aborted) return;
      this.#lastError = messageOf(error);
      this.#options.onError(error, clipId);
      await this.#postpone(clipId, error);
    }
  }

  async #deposit(clip: ClipRecord, signal: AbortSignal): Promise<Receipt> {
    const { layout, target, database, custody } = this.#options;
    if (clip.sha256 === null || clip.storePath === null) {
      throw new IngestError('ILLEGAL_MOVE', `clip ${clip.clipId} is ${clip.state} but has no hash or place`);
    }
    const record = await readFile(join(layout.sealedFolder(clip.clipId), recordFileName), 'utf8');
    const receipt = await target.deposit(
      {
        clipId: clip.clipId,
        mediaFile: layout.mediaFile(clip.clipId, clip.name),
        sizeBytes: clip.sizeBytes,
        sha256: clip.sha256,
        record,
      },
      signal,
    );
    if (clip.state === 'sealed') {
      await database.write((transaction) =>
        moveClip(transaction, custody, {
          clipId: clip.clipId,
          to: 'forwarded',
          details: { target: target.name, object: receipt.object },
        }),
      );
    }
    return receipt;
  }

  /** Checks the receipt against what was pulled, and only then believes it. */
  async #recordReceipt(clip: ClipRecord, receipt: Receipt): Promise<void> {
    const { database, custody, target } = this.#options;
    const fits =
      receipt.target === target.name &&
      receipt.clipId === clip.clipId &&
      receipt.sha256 === clip.sha256 &&
      receipt.sizeBytes === clip.sizeBytes &&
      receipt.recordSha256 === clip.recordSha256;
    if (!fits) {
      throw new IngestError(
        'RECEIPT_MISMATCH',
        `the receipt of ${target.name} does not fit clip ${clip.clipId}`,
        {
          clipId: clip.clipId,
        },
      );
    }
    await database.write(async (transaction) => {
      await transaction.run(
        `INSERT OR REPLACE INTO receipt (clip_id, target, object, sha256, size_bytes, stored_at, issued_by, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          clip.clipId,
          receipt.target,
          receipt.object,
          receipt.sha256,
          receipt.sizeBytes,
          receipt.storedAt,
          receipt.issuedBy,
          receipt.body,
        ],
      );
      await transaction.run('DELETE FROM forward WHERE clip_id = ? AND target = ?', [
        clip.clipId,
        receipt.target,
      ]);
      await moveClip(transaction, custody, {
        clipId: clip.clipId,
        to: 'receipted',
        details: {
          target: receipt.target,
          object: receipt.object,
          sha256: receipt.sha256,
          sizeBytes: receipt.sizeBytes,
          storedAt: receipt.storedAt,
          issuedBy: receipt.issuedBy,
        },
      });
    });
  }

  async #postpone(clipId: string, error: unknown): Promise<void> {
    const { database, target, retryBaseMs, retryMaxMs } = this.#options;
    try {
      const [row] = await database.read('SELECT attempts FROM forward WHERE clip_id = ? AND target = ?', [
        clipId,
        target.name,
      ]);
      const attempts = Number(row?.attempts ?? 0) + 1;
      const waitMs = Math.random() * Math.min(retryMaxMs, retryBaseMs * 2 ** Math.min(attempts - 1, 30));
      await database.write((transaction) =>
        transaction.run(
          `INSERT INTO forward (clip_id, target, attempts, next_attempt_at, last_error) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (clip_id, target) DO UPDATE SET attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at, last_error = excluded.last_error`,
          [clipId, target.name, attempts, new Date(Date.now() + waitMs).toISOString(), messageOf(error)],
        ),
      );
    } catch (failure) {
      // The index itself fails (disk full): wait as after any failure, and look again.
      this.#options.onError(failure, clipId);
      await delay(retryBaseMs);
    }
  }
}

async function pause(woken: Promise<void>, waitMs: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  await Promise.race([woken, delay(waitMs, undefined, { signal: either }).catch(() => {})]);
  over.abort();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
