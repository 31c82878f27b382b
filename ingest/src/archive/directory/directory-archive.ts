import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../../errors.ts';
import { ClipLocks } from '../../pull/clip-locks.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import { readBackFile } from '../../pull/read-back.ts';
import { DeletionWarrant } from '../../retention/deletion-warrant.ts';
import { announceStep } from '../../step-channel.ts';
import { makeFolder, replaceFile } from '../../store/durable-files.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { type ArchiveDocument, contentKey, encryptedContentKey } from '../archive-layout.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type {
  ArchiveDeposit,
  ArchiveTarget,
  Deposited,
  DepositLine,
  RemovalOutcome,
} from '../archive-target.ts';
import type { ProbeReport } from '../probe-report.ts';
import type { DirectoryTargetSettings } from '../target-settings.ts';
import { assertSameArchive, type KnownArchive } from './archive-identity.ts';
import { folderRefusal } from './folder-refusal.ts';
import { ObjectFolder } from './object-folder.ts';
import { probeFolder } from './probe-folder.ts';

export interface DirectoryArchiveOptions {
  settings: DirectoryTargetSettings;
  pool: HashPool;
  /** Who deposits here; its unfinished files lie in a folder of their own. */
  depositor: string;
  /** Which archive this is, remembered outside of it. */
  known: KnownArchive;
}

/** An archive in a folder; `archive-layout.ts` tells what lies where. Beside it `archive.json`, the mark by which docks know it again, and `incoming/<depositor>/`, what is under way. */
export class DirectoryArchive implements ArchiveTarget {
  readonly kind = 'directory';
  readonly name: string;
  readonly #settings: DirectoryTargetSettings;
  readonly #root: string;
  readonly #pool: HashPool;
  readonly #known: KnownArchive;
  readonly #objects: ObjectFolder;
  /** One deposit or removal of a content at a time: a receipt must not name what is just being removed. */
  readonly #contents = new ClipLocks();

  constructor(options: DirectoryArchiveOptions) {
    const { settings, pool, known, depositor } = options;
    this.name = settings.name;
    this.#settings = settings;
    this.#root = settings.path;
    this.#pool = pool;
    this.#known = known;
    this.#objects = new ObjectFolder({
      archive: settings.name,
      // On a shared archive each dock sweeps only its own.
      incoming: join(settings.path, 'incoming', folderNameOf(depositor)),
      pool,
      isImmutable: settings.isImmutable,
    });
  }

  reach(): Promise<void> {
    return this.#act(() => this.#assertSame());
  }

  putDocument(document: ArchiveDocument): Promise<string> {
    return this.#act(async () => {
      await this.#assertSame();
      const path = join(this.#root, document.key);
      const { incoming } = this.#objects;
      await makeFolder(incoming);
      await makeFolder(dirname(path));
      await replaceFile(path, document.body, incoming);
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
      await makeFolder(this.#objects.incoming);
      const { clipId, original, content } = deposit;
      const key =
        content.encryption === 'none'
          ? contentKey(original.sha256)
          : encryptedContentKey(original.sha256, content.sha256);
      const object = { clipId, path: join(this.#root, key), content };
      const stored = await this.#contents.hold(original.sha256, () =>
        this.#objects.keep(object, line, signal),
      );
      return {
        holding: {
          object: { root: this.name, key, versionId: null, etag: null },
          stored,
          // A folder knows no day before which it would refuse to let go.
          retain: { mode: 'DIRECTORY', until: null, isOnHold: false },
          verified: { level: 'readback', by: 'gateway', at: new Date().toISOString() },
          log: null,
        },
        note: null,
      };
    }, signal);
  }

  probe(signal: AbortSignal): Promise<ProbeReport> {
    return this.#act(async () => {
      await this.#assertSame();
      await makeFolder(this.#objects.incoming);
      return probeFolder({ ...this.#settings, objects: this.#objects, pool: this.#pool }, signal);
    }, signal);
  }

  /** Takes an immutable flag off first. With `mayRemove: false` it answers `not-allowed`. */
  async remove(warrant: DeletionWarrant, isNeeded: () => Promise<boolean>): Promise<RemovalOutcome> {
    DeletionWarrant.assertGenuine(warrant);
    const { clipId, sha256 } = warrant;
    return this.#act(async () => {
      await this.#assertSame();
      if (!this.#settings.mayRemove) return 'not-allowed';
      if (await this.#isShared()) return 'shared-with-other-docks';
      return this.#contents.hold(sha256, async () => {
        if (await isNeeded()) return 'needed-by-another-clip';
        await this.#objects.remove(join(this.#root, contentKey(sha256)));
        announceStep('archive.removed', clipId);
        return 'removed';
      });
    });
  }

  sweep(sessions: ReadonlySet<string>): Promise<void> {
    return this.#act(async () => {
      await this.#assertSame();
      await makeFolder(this.#objects.incoming);
      await this.#objects.sweep(sessions);
    });
  }

  async close(): Promise<void> {}

  async #act<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw folderRefusal(this.name, error, signal);
    }
  }

  #assertSame(): Promise<void> {
    const { incoming } = this.#objects;
    return assertSameArchive({ root: this.#root, name: this.name, incoming, known: this.#known });
  }

  /** Every dock that ever deposited here has a folder of its own among those under way. */
  async #isShared(): Promise<boolean> {
    const { incoming } = this.#objects;
    const docks = await readdir(dirname(incoming));
    return docks.some((name) => name !== basename(incoming));
  }
}

/** A depositor as one plain folder name. */
function folderNameOf(depositor: string): string {
  return depositor.replace(/[^A-Za-z0-9._-]/gu, '_').replace(/^\.+/u, '_');
}
