import { AsyncLocalStorage } from 'node:async_hooks';
import { constants } from 'node:fs';
import { open, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  announceStep,
  type DigestChoice,
  type HashPool,
  type IndexDatabase,
  makeFolder,
  receiveBytes,
  syncFolder,
} from '@docket/ingest';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { asProblem, ReceiverProblem } from './receiver-problem.ts';

/** How one piece is proven, as its request says (tus 1.0, Checksum). */
export interface PieceChecksum {
  algorithm: 'sha256' | 'blake3';
  digest: string;
}

/** What an upload is for, as the request that begins it says. */
export interface UploadClaim {
  id: string;
  dock: string;
  clipId: string;
  contentSha256: string;
}

/** What of a request tus does not hand on to its store. */
export interface UploadRequest {
  checksum: PieceChecksum | null;
  claim: UploadClaim | null;
}

const mismatch = { status_code: 460, body: 'Checksum Mismatch\n' };

export interface UploadStoreOptions {
  folder: string;
  database: IndexDatabase;
  pool: HashPool;
  /** Uploads that would leave less room are refused. */
  reserveBytes: number;
}

/**
 * Uploads under way: one file each, and one row that says how far it is promised. An offset is promised only after the bytes
 * before it are flushed; a piece that names its checksum counts whole or not at all. The files @tus/server brings do neither.
 */
export class UploadStore extends DataStore {
  override extensions = ['creation', 'termination', 'checksum'];
  readonly request = new AsyncLocalStorage<UploadRequest>();
  readonly #folder: string;
  readonly #database: IndexDatabase;
  readonly #pool: HashPool;
  readonly #reserveBytes: number;

  private constructor({ folder, database, pool, reserveBytes }: UploadStoreOptions) {
    super();
    this.#folder = join(folder, 'incoming');
    this.#database = database;
    this.#pool = pool;
    this.#reserveBytes = reserveBytes;
  }

  /** Opens what a stop left; files no row knows are cut-off beginnings and ends, and go. */
  static async open(options: UploadStoreOptions): Promise<UploadStore> {
    const store = new UploadStore(options);
    await makeFolder(store.#folder);
    const rows = await options.database.read('SELECT id FROM upload');
    const known = new Set(rows.map(({ id }) => `${id}.part`));
    for (const name of await readdir(store.#folder)) {
      if (!known.has(name)) await rm(join(store.#folder, name), { recursive: true, force: true });
    }
    return store;
  }

  fileOf(id: string): string {
    return join(this.#folder, `${id}.part`);
  }

  /** Begins an upload, or goes on with the same one: asked again after a lost answer, no second begins. */
  override async create(upload: Upload): Promise<Upload> {
    const claim = this.request.getStore()?.claim;
    if (claim === null || claim === undefined) throw ERRORS.INVALID_METADATA;
    const [known] = await this.#database.read('SELECT id FROM upload WHERE id = ?', [upload.id]);
    if (known !== undefined) return this.getUpload(upload.id);
    try {
      await this.#assertRoom(upload.size ?? 0);
      const handle = await open(
        this.fileOf(upload.id),
        constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC,
        0o640,
      );
      await handle.close();
      await syncFolder(this.#folder);
      announceStep('receiver.upload-file-made', upload.id);
      await this.#database.write((transaction) =>
        transaction.run(
          `INSERT INTO upload (id, dock, clip_id, content_sha256, size_bytes, metadata, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
          [
            upload.id,
            claim.dock,
            claim.clipId,
            claim.contentSha256,
            upload.size ?? 0,
            JSON.stringify(upload.metadata ?? {}),
            new Date().toISOString(),
          ],
        ),
      );
      announceStep('receiver.upload-begun', upload.id);
      return upload;
    } catch (error) {
      throw tusError(error);
    }
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const checksum = this.request.getStore()?.checksum ?? null;
    try {
      const handle = await open(this.fileOf(id), constants.O_WRONLY);
      try {
        const digest: DigestChoice | null = checksum?.algorithm ?? null;
        const received = await receiveBytes(stream, {
          handle,
          positionBytes: offset,
          pool: this.#pool,
          digest,
        });
        if (checksum !== null) {
          if (received.brokenOff !== null) throw received.brokenOff;
          if (received.digests?.[checksum.algorithm] !== checksum.digest) throw mismatch;
        }
        await handle.datasync();
        announceStep('receiver.piece-synced', id);
        const end = offset + received.sizeBytes;
        await this.#database.write((transaction) =>
          transaction.run('UPDATE upload SET offset_bytes = ? WHERE id = ?', [end, id]),
        );
        announceStep('receiver.offset-kept', id);
        if (received.brokenOff !== null) throw received.brokenOff;
        return end;
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw tusError(error);
    }
  }

  override async getUpload(id: string): Promise<Upload> {
    const [row] = await this.#database.read('SELECT * FROM upload WHERE id = ?', [id]);
    if (row === undefined) throw ERRORS.FILE_NOT_FOUND;
    return new Upload({
      id,
      size: Number(row.size_bytes),
      offset: Number(row.offset_bytes),
      metadata: JSON.parse(String(row.metadata)),
      creation_date: String(row.created_at),
    });
  }

  override async remove(id: string): Promise<void> {
    const changed = await this.#database.write((transaction) =>
      transaction.run('DELETE FROM upload WHERE id = ?', [id]),
    );
    announceStep('receiver.upload-forgotten', id);
    await rm(this.fileOf(id), { force: true });
    if (changed === 0) throw ERRORS.FILE_NOT_FOUND;
  }

  /** Whose an upload is; `null` where there is none. */
  async dockOf(id: string): Promise<string | null> {
    const [row] = await this.#database.read('SELECT dock FROM upload WHERE id = ?', [id]);
    return row === undefined ? null : String(row.dock);
  }

  async ofDock(
    dock: string,
  ): Promise<{ id: string; clipId: string; offsetBytes: number; sizeBytes: number }[]> {
    const rows = await this.#database.read('SELECT * FROM upload WHERE dock = ? ORDER BY created_at', [dock]);
    return rows.map((row) => ({
      id: String(row.id),
      clipId: String(row.clip_id),
      offsetBytes: Number(row.offset_bytes),
      sizeBytes: Number(row.size_bytes),
    }));
  }

  async #assertRoom(sizeBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize - sizeBytes < this.#reserveBytes) throw new ReceiverProblem('full');
  }
}

/** @tus/server answers with `status_code` and `body` of what is thrown, and with its message where it is anything else. */
function tusError(error: unknown): unknown {
  const problem = asProblem(error);
  return problem instanceof ReceiverProblem
    ? { status_code: problem.status, body: `${problem.message}\n` }
    : problem;
}
