import { rm } from 'node:fs/promises';
import { readClip } from '../clip/clip-queries.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { errnoOf } from '../errors.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { ReleaseRule } from '../release/release-policy.ts';
import { Rest } from '../rest.ts';
import { readerIn } from '../retention/retention-facts.ts';
import { announceStep } from '../step-channel.ts';
import { syncFolder } from './durable-files.ts';
import { leastKeepMs, localCopyVerdict } from './local-copy-verdict.ts';
import type { Room } from './room.ts';
import type { StoreLayout } from './store-layout.ts';
import { bytesToRegain, type StoreSpacePolicy } from './store-space.ts';

export interface LocalCopiesOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  layout: StoreLayout;
  policy: StoreSpacePolicy;
  rule: ReleaseRule;
  /** Whether photos and videos are searched for codes at all. */
  readsCodes: boolean;
  room(): Promise<Room>;
  /** Whether the dock's clock is known to be right now: a wrong year must not end the keep time. */
  isClockSure(): Promise<boolean>;
  /** Told of every clip whose local copy left, by id. */
  onLeft(clipId: string): void;
  onError(error: unknown, clipId: string | null): void;
  /** The dock's clock in Unix milliseconds. */
  now?(): number;
}

/** Why a local copy left: its time was over, or the store was too full. */
type LeavingCause = 'keep-time-over' | 'store-above-high-water';

/** Looks for what may leave at least this often. */
const longestRestMs = 60_000;

/** Clips looked at between two looks at the disk. */
const clipsPerPage = 100;

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Lets the store's own copies of archived clips go once their keep time is over or the store is too full. Index, sealed record
 * and thumbnail stay; the receipts say where the bytes are. That a copy leaves is recorded before it does.
 */
export class LocalCopies {
  readonly #options: LocalCopiesOptions;
  readonly #rest = new Rest();

  constructor(options: LocalCopiesOptions) {
    this.#options = options;
  }

  /** Looks at the store now. */
  wake(): void {
    this.#rest.wake();
  }

  /** Works until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.settle(signal);
      await this.#rest.until(longestRestMs, signal);
    }
  }

  /** Lets go of all that may leave now. What fails is told, and tried again. */
  async settle(signal: AbortSignal): Promise<void> {
    try {
      await this.#finishLeaving();
      await this.#letGoByTime(signal);
      await this.#letGoForRoom(signal);
    } catch (error) {
      this.#options.onError(error, null);
    }
  }

  /** Copies that a stop cut off between the record of their leaving and the leaving. */
  async #finishLeaving(): Promise<void> {
    const rows = await this.#options.database.read('SELECT clip_id FROM local_copy_leaving ORDER BY clip_id');
    for (const { clip_id } of rows) {
      const clip = await readClip(this.#options.database, String(clip_id));
      if (clip !== null) await this.#remove(clip);
    }
  }

  async #letGoByTime(signal: AbortSignal): Promise<void> {
    const { keepLocalDays } = this.#options.policy;
    if (keepLocalDays === null || !(await this.#options.isClockSure())) return;
    const keptMs = Math.max(leastKeepMs, keepLocalDays * dayMs);
    for await (const clipId of this.#archived(this.#now() - keptMs)) {
      if (signal.aborted) return;
      await this.#letGo(clipId, 'keep-time-over', keptMs);
    }
  }

  async #letGoForRoom(signal: AbortSignal): Promise<void> {
    const { policy, room } = this.#options;
    let toRegainBytes = bytesToRegain(await room(), policy);
    if (toRegainBytes === 0) return;
    for await (const clipId of this.#archived(this.#now() - leastKeepMs)) {
      if (signal.aborted || toRegainBytes <= 0) return;
      toRegainBytes -= await this.#letGo(clipId, 'store-above-high-water', leastKeepMs);
    }
  }

  /** Archived clips with a local copy that were listed before a moment, oldest first: none was sealed before it was listed. */
  async *#archived(listedBeforeMs: number): AsyncGenerator<string> {
    let after = '';
    const before = firstIdAt(listedBeforeMs);
    for (;;) {
      const rows = await this.#options.database.read(
        `SELECT clip_id FROM clip INDEXED BY clip_local_archived
         WHERE local_removed_at IS NULL AND state IN ('receipted', 'released') AND clip_id > ? AND clip_id < ?
         ORDER BY clip_id LIMIT ?`,
        [after, before, clipsPerPage],
      );
      for (const { clip_id } of rows) yield String(clip_id);
      if (rows.length < clipsPerPage) return;
      after = String(rows.at(-1)?.clip_id);
    }
  }

  /** Resolves with the bytes that left. What fails of one clip holds up no other. */
  async #letGo(clipId: string, because: LeavingCause, keptMs: number): Promise<number> {
    try {
      const clip = await this.#beginLeaving(clipId, because, keptMs);
      if (clip === null) return 0;
      announceStep('local-copy.recorded', clipId);
      await this.#remove(clip);
      this.#options.onLeft(clipId);
      return clip.sizeBytes;
    } catch (error) {
      this.#options.onError(error, clipId);
      return 0;
    }
  }

  /** Verdict, mark and custody entry in one transaction, before any byte goes; `null` where the copy stays. */
  #beginLeaving(clipId: string, because: LeavingCause, keptMs: number): Promise<ClipRecord | null> {
    const { database, custody, rule, readsCodes } = this.#options;
    return database.write(async (transaction) => {
      const index = readerIn(transaction);
      const clip = await readClip(index, clipId);
      if (clip === null) return null;
      const nowMs = this.#now();
      const stays = await localCopyVerdict(index, clip, { rule, readsCodes, nowMs, keptMs });
      if (stays !== null) return null;
      await transaction.run('UPDATE clip SET local_removed_at = ? WHERE clip_id = ?', [
        new Date(nowMs).toISOString(),
        clipId,
      ]);
      await transaction.run('INSERT INTO local_copy_leaving (clip_id) VALUES (?)', [clipId]);
      const { sha256, sizeBytes, receipts } = clip;
      await custody.append(transaction, {
        action: 'local-copy-removed',
        clipId,
        details: {
          because,
          sha256,
          sizeBytes,
          archives: receipts.map(({ target, object }) => ({ target, object })),
        },
      });
      return clip;
    });
  }

  /** Safe to repeat. */
  async #remove({ clipId, name }: ClipRecord): Promise<void> {
    const { layout, database } = this.#options;
    await rm(layout.mediaFile(clipId, name), { force: true });
    await syncFolder(layout.sealedFolder(clipId)).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
    announceStep('local-copy.removed', clipId);
    await database.write((transaction) =>
      transaction.run('DELETE FROM local_copy_leaving WHERE clip_id = ?', [clipId]),
    );
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }
}

/** The smallest id of a clip listed at that moment: its milliseconds lead it (RFC 9562 §5.7). */
function firstIdAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}
