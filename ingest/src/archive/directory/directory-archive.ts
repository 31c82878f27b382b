import { link, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { v4 as uuidv4 } from 'uuid';
import { errnoOf } from '../../errors.ts';
import { ClipLocks } from '../../pull/clip-locks.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import { pullStream } from '../../pull/pull-stream.ts';
import { readBackFile } from '../../pull/read-back.ts';
import { DeletionWarrant } from '../../retention/deletion-warrant.ts';
import { announceStep } from '../../step-channel.ts';
import { makeFolder, replaceFile, syncFolder } from '../../store/durable-files.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { type ArchiveDocument, contentKey, encryptedContentKey } from '../archive-layout.ts';
import { ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import type {
  ArchiveDeposit,
  ArchiveTarget,
  ContentDigest,
  Deposited,
  DepositLine,
  RemovalOutcome,
} from '../archive-target.ts';
import type { ProbeReport } from '../probe-report.ts';
import type { DirectoryTargetSettings } from '../target-settings.ts';
import { assertSameArchive, type KnownArchive } from './archive-identity.ts';
import { StoredFileReader } from './stored-file-reader.ts';

export interface DirectoryArchiveOptions {
  settings: DirectoryTargetSettings;
  pool: HashPool;
  /** Who deposits here; its unfinished files lie in a folder of their own. */
  depositor: string;
  /** Which archive this is, remembered outside of it. */
  known: KnownArchive;
}

/** The longest wait for one buffer of our own store's disk. */
const storeStallTimeoutMs = 600_000;

/** An archive in a folder; `archive-layout.ts` tells what lies where. Beside it `archive.json`, the mark by which docks know it again, and `incoming/<depositor>/`, what is under way. */
export class DirectoryArchive implements ArchiveTarget {
  readonly kind = 'directory';
  readonly name: string;
  readonly #root: string;
  readonly #pool: HashPool;
  readonly #known: KnownArchive;
  /** Where this dock's deposits under way lie: on a shared archive each dock sweeps only its own. */
  readonly #incoming: string;
  /** One deposit or removal of a content at a time: a receipt must not name what is just being removed. */
  readonly #contents = new ClipLocks();

  constructor(options: DirectoryArchiveOptions) {
    this.name = options.settings.name;
    this.#root = options.settings.path;
    this.#pool = options.pool;
    this.#known = options.known;
    this.#incoming = join(this.#root, 'incoming', folderNameOf(options.depositor));
  }

  reach(): Promise<void> {
    return this.#act(() => this.#assertSame());
  }

  putDocument(document: ArchiveDocument): Promise<string> {
    return this.#act(async () => {
      await this.#assertSame();
      const path = join(this.#root, document.key);
      await makeFolder(this.#incoming);
      await makeFolder(dirname(path));
      await replaceFile(path, document.body, this.#incoming);
      const { sha256 } = await readBackFile(path, 'sha256', this.#pool);
      if (sha256 === sha256Hex(document.body)) return sha256;
      throw new ArchiveRefusal(
        'holds-other-bytes',
        `archive ${this.name} reads another document than was written at ${path}`,
      );
    });
  }

  readDocument(key: string): Promise<string | null> {
    return this.#act(async () => {
      try {
        return await readFile(join(this.#root, key), 'utf8');
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return null;
        throw error;
      }
    });
  }

  deposit(deposit: ArchiveDeposit, line: DepositLine, signal: AbortSignal): Promise<Deposited> {
    return this.#act(async () => {
      await this.#assertSame();
      await makeFolder(this.#incoming);
      const { sha256, encryption } = deposit.content;
      const key =
        encryption === 'none'
          ? contentKey(deposit.original.sha256)
          : encryptedContentKey(deposit.original.sha256, sha256);
      const stored = await this.#contents.hold(key, () => this.#store(deposit, key, line, signal));
      return {
        holding: {
          object: { root: this.name, key, versionId: null, etag: null },
          stored,
          retain: { mode: 'DIRECTORY', until: deposit.retention.until, isOnHold: false },
          verified: { level: 'readback', by: 'gateway', at: new Date().toISOString() },
          log: null,
        },
        note: null,
      };
    }, signal);
  }

  probe(): Promise<ProbeReport> {
    throw new Error('not yet');
  }

  async remove(warrant: DeletionWarrant, isNeeded: () => Promise<boolean>): Promise<RemovalOutcome> {
    DeletionWarrant.assertGenuine(warrant);
    const { clipId, sha256 } = warrant;
    const key = contentKey(sha256);
    return this.#act(async () => {
      await this.#assertSame();
      if (await this.#isShared()) return 'shared-with-other-docks';
      return this.#contents.hold(key, async () => {
        if (await isNeeded()) return 'needed-by-another-clip';
        const path = join(this.#root, key);
        await rm(path, { force: true });
        announceStep('archive.removed', clipId);
        await syncFolder(dirname(path)).catch((error: unknown) => {
          // Nothing was ever there: no folder either.
          if (errnoOf(error) !== 'ENOENT') throw error;
        });
        return 'removed';
      });
    });
  }

  sweep(): Promise<void> {
    return this.#act(async () => {
      await this.#assertSame();
      await makeFolder(this.#incoming);
      for (const name of await readdir(this.#incoming)) {
        await rm(join(this.#incoming, name), { recursive: true, force: true });
      }
    });
  }

  async close(): Promise<void> {}

  async #act<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (isArchiveRefusal(error) || signal?.aborted || (error as Error).name === 'YieldLine') throw error;
      const message = error instanceof Error ? error.message : String(error);
      const code = ['ENOSPC', 'EDQUOT'].includes(errnoOf(error) ?? '') ? 'full' : 'failed';
      throw new ArchiveRefusal(code, `archive ${this.name}: ${message}`, { cause: error });
    }
  }

  #assertSame(): Promise<void> {
    return assertSameArchive({
      root: this.#root,
      name: this.name,
      incoming: this.#incoming,
      known: this.#known,
    });
  }

  /** Every dock that ever deposited here has a folder of its own among those under way. */
  async #isShared(): Promise<boolean> {
    const docks = await readdir(dirname(this.#incoming));
    return docks.some((name) => name !== basename(this.#incoming));
  }

  /** Temporary name, fsync, re-hash of what lies on the disk, then a link under the hash, which never overwrites. */
  async #store(
    deposit: ArchiveDeposit,
    key: string,
    line: DepositLine,
    signal: AbortSignal,
  ): Promise<ContentDigest> {
    const path = join(this.#root, key);
    const held = await this.#held(path, deposit, signal);
    if (held !== null) {
      // Linked by a run that may have ended before its link was durable.
      await syncFolder(dirname(path));
      return held;
    }
    const temporary = join(this.#incoming, `${deposit.clipId}-${uuidv4()}.part`);
    try {
      await this.#write(deposit, temporary, line, signal);
      announceStep('archive.written', deposit.clipId);
      const stored = await this.#readHeld(temporary, deposit, 'clip-damaged', signal);
      await makeFolder(dirname(path));
      await link(temporary, path).catch((error: unknown) => {
        if (errnoOf(error) !== 'EEXIST') throw error;
      });
      announceStep('archive.linked', deposit.clipId);
      await syncFolder(dirname(path));
      return stored;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #write(
    deposit: ArchiveDeposit,
    destination: string,
    line: DepositLine,
    signal: AbortSignal,
  ): Promise<void> {
    const reader = await StoredFileReader.open(deposit.content.file);
    try {
      await pullStream(reader, destination, this.#pool, {
        clipName: deposit.clipId,
        stallTimeoutMs: storeStallTimeoutMs,
        signal,
        onProgress: (bytes) => line.progress(bytes),
      });
    } finally {
      await reader.close();
    }
  }

  /** What the archive holds of these bytes already, by reading them and not by their name; `null` where nothing. */
  async #held(path: string, deposit: ArchiveDeposit, signal: AbortSignal): Promise<ContentDigest | null> {
    try {
      await stat(path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
    return this.#readHeld(path, deposit, 'holds-other-bytes', signal);
  }

  async #readHeld(
    path: string,
    { content }: ArchiveDeposit,
    otherwise: 'holds-other-bytes' | 'clip-damaged',
    signal: AbortSignal,
  ): Promise<ContentDigest> {
    const { sha256, sizeBytes } = await readBackFile(path, 'sha256', this.#pool, signal);
    if (sha256 === content.sha256 && sizeBytes === content.sizeBytes) return { sha256, sizeBytes };
    throw new ArchiveRefusal(
      otherwise,
      `archive ${this.name} reads ${sizeBytes} bytes with SHA-256 ${sha256} at ${path}, expected ${content.sizeBytes} bytes with ${content.sha256}`,
    );
  }
}

/** A depositor as one plain folder name. */
function folderNameOf(depositor: string): string {
  return depositor.replace(/[^A-Za-z0-9._-]/gu, '_').replace(/^\.+/u, '_');
}
