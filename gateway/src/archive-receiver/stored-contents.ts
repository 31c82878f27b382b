import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { link, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { announceStep, errnoOf, type HashPool, makeFolder, readBackFile, syncFolder } from '@docket/ingest';
import { ReceiverProblem } from './receiver-problem.ts';

const run = promisify(execFile);

export interface ContentName {
  key: string;
  sha256: string;
  sizeBytes: number;
}

/**
 * The clips that lie here, each once under its hash, readable by nobody but the archive and written by nobody. What is said of
 * them is what was read from the disk a moment before.
 */
export class StoredContents {
  readonly #folder: string;
  readonly #pool: HashPool;
  readonly #isImmutable: boolean;

  constructor(folder: string, pool: HashPool, isImmutable: boolean) {
    this.#folder = folder;
    this.#pool = pool;
    this.#isImmutable = isImmutable;
  }

  fileOf(key: string): string {
    return join(this.#folder, key);
  }

  /** Reads what lies under the key past the page cache. False where nothing does; throws `object-damaged`. */
  async reread({ key, sha256, sizeBytes }: ContentName): Promise<boolean> {
    const path = this.fileOf(key);
    try {
      await stat(path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
    const found = await readBackFile(path, 'sha256', this.#pool);
    // Linked by a run that may have ended before its link was durable.
    await syncFolder(dirname(path));
    if (found.sha256 === sha256 && found.sizeBytes === sizeBytes) return true;
    throw new ReceiverProblem(
      'object-damaged',
      `${key} has ${found.sizeBytes} bytes with SHA-256 ${found.sha256}`,
    );
  }

  /**
   * Puts an upload in its place once its bytes, read back from the disk, are what its digest says; never over anything. Throws
   * `content-differs`.
   */
  async place(upload: string, { key, sha256, sizeBytes }: ContentName): Promise<void> {
    const found = await readBackFile(upload, 'sha256', this.#pool);
    if (found.sha256 !== sha256 || found.sizeBytes !== sizeBytes) {
      throw new ReceiverProblem(
        'content-differs',
        `the upload has ${found.sizeBytes} bytes with SHA-256 ${found.sha256}`,
      );
    }
    announceStep('receiver.upload-read', sha256);
    await protect(upload);
    const path = this.fileOf(key);
    await makeFolder(dirname(path));
    await link(upload, path).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
    announceStep('receiver.linked', sha256);
    await syncFolder(dirname(path));
    announceStep('receiver.link-synced', sha256);
  }

  /** Once the second name of the file is gone: nobody can take names from an immutable file. */
  async seal(key: string): Promise<void> {
    if (this.#isImmutable) await run('chattr', ['+i', this.fileOf(key)]);
  }

  async remove(key: string): Promise<void> {
    const path = this.fileOf(key);
    if (this.#isImmutable) await run('chattr', ['-i', path]).catch(() => {});
    await rm(path, { force: true });
    await syncFolder(dirname(path)).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
  }
}

/** Nobody but root writes it any more; durable with the file. */
async function protect(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.chmod(0o440);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
