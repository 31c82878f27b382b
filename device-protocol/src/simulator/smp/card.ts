import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, unlink } from 'node:fs/promises';
import { kindOfName } from '../../names/read-name.ts';
import type { ClipEntry } from '../../smp/messages/recorder.ts';

/** Shows a file of the folder under another path, e.g. in GBK, or one no honest recorder would send. */
export interface Alias {
  /** Path of the file under the folder. */
  path: string;
  shownAs: Uint8Array;
}

/** The recorder's card: the files of one folder, named by bytes. */
export class Card {
  readonly #folder: Buffer;
  readonly #aliases: readonly Alias[];
  /** The one file kept open between downloads, as small firmware does. */
  #opened: { key: string; handle: FileHandle } | null = null;

  constructor(folder: string, aliases: readonly Alias[] = []) {
    this.#folder = Buffer.from(folder);
    this.#aliases = aliases;
  }

  /** Every clip, in ascending byte order of its shown path. */
  async list(): Promise<ClipEntry[]> {
    const entries: ClipEntry[] = [];
    for await (const path of this.#walk(Buffer.alloc(0))) entries.push(await this.#describe(path));
    return entries.sort((left, right) => Buffer.compare(left.path, right.path));
  }

  /** The entry of a shown path; `null` where there is none. */
  async find(shownPath: Uint8Array): Promise<ClipEntry | null> {
    const path = this.#realPath(shownPath);
    if (path === null) return null;
    try {
      return await this.#describe(path);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** At most `lengthBytes` from a position; fewer at the end. `null` where there is no such clip. */
  async read(shownPath: Uint8Array, positionBytes: number, lengthBytes: number): Promise<Uint8Array | null> {
    const handle = await this.#open(shownPath);
    if (handle === null) return null;
    const into = Buffer.alloc(lengthBytes);
    const { bytesRead } = await handle.read(into, 0, lengthBytes, positionBytes);
    return into.subarray(0, bytesRead);
  }

  /** SHA-256 of a clip and the bytes it was taken over; `null` where there is no such clip. */
  async hash(shownPath: Uint8Array): Promise<{ sha256: Uint8Array; sizeBytes: number } | null> {
    const handle = await this.#open(shownPath);
    if (handle === null) return null;
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
    return { sha256: hash.digest(), sizeBytes };
  }

  /** Deletes a clip for good. */
  async erase(shownPath: Uint8Array): Promise<void> {
    await this.closeFile();
    const path = this.#realPath(shownPath);
    if (path === null) return;
    await unlink(this.#diskPath(path));
    const folder = await open(this.#diskPath(path.subarray(0, Math.max(0, path.lastIndexOf('/')))));
    await folder.sync();
    await folder.close();
  }

  async closeFile(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.handle.close();
  }

  async #open(shownPath: Uint8Array): Promise<FileHandle | null> {
    const key = Buffer.from(shownPath).toString('hex');
    if (this.#opened?.key === key) return this.#opened.handle;
    await this.closeFile();
    const path = this.#realPath(shownPath);
    if (path === null) return null;
    try {
      const handle = await open(this.#diskPath(path), constants.O_RDONLY | constants.O_NOFOLLOW);
      this.#opened = { key, handle };
      return handle;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async *#walk(folder: Buffer): AsyncGenerator<Buffer> {
    const entries = await readdir(this.#diskPath(folder), { withFileTypes: true, encoding: 'buffer' });
    for (const entry of entries) {
      const path = folder.length === 0 ? entry.name : Buffer.concat([folder, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) yield* this.#walk(path);
      else if (entry.isFile()) yield path;
    }
  }

  async #describe(path: Buffer): Promise<ClipEntry> {
    const stats = await lstat(this.#diskPath(path));
    const alias = this.#aliases.find((one) => path.equals(Buffer.from(one.path)));
    return {
      path: alias?.shownAs ?? path,
      size: stats.size,
      kind: kindOfName(path.toString('latin1')),
      modified: new Date(Math.floor(stats.mtimeMs)).toISOString().slice(0, 19),
      marked: path.includes('IMP'),
    };
  }

  /** The path on disk, `null` where a shown path leads out of the folder. */
  #realPath(shownPath: Uint8Array): Buffer | null {
    const shown = Buffer.from(shownPath);
    const alias = this.#aliases.find((one) => shown.equals(one.shownAs));
    if (alias !== undefined) return Buffer.from(alias.path);
    const parts = shown.toString('latin1').split('/');
    const isInside = parts.every(
      (part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'),
    );
    return isInside ? shown : null;
  }

  #diskPath(path: Uint8Array): Buffer {
    return path.length === 0 ? this.#folder : Buffer.concat([this.#folder, Buffer.from('/'), path]);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
