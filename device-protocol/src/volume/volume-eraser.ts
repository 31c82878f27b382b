import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, unlink } from 'node:fs/promises';
import { RecorderError } from '../errors.ts';
import type { ListedClip } from '../recorder.ts';
import { childPath, openBelow, openChild, splitPath } from './volume-path.ts';
import type { WritableVolume, WriteAccess } from './write-access.ts';

/** Erases files of one volume; where it is mounted read-only, through write access that lasts until `end`. */
export class VolumeEraser {
  readonly #root: string;
  readonly #portPath: string;
  readonly #writeAccess: WriteAccess | null;
  readonly #isSameVolume: (directory: string) => Promise<boolean>;
  #writable: WritableVolume | null = null;

  /** `isSameVolume` tells whether a folder is the root of the volume that was docked. */
  constructor(
    root: string,
    portPath: string,
    writeAccess: WriteAccess | null,
    isSameVolume: (directory: string) => Promise<boolean>,
  ) {
    this.#root = root;
    this.#portPath = portPath;
    this.#writeAccess = writeAccess;
    this.#isSameVolume = isSameVolume;
  }

  /** Erases a clip that `assertAsListed` knows again, durably. Throws what the file system throws, and ERASE_REFUSED. */
  async erase(
    clip: ListedClip,
    assertAsListed: (stats: BigIntStats) => void,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await eraseBelow(this.#writable?.directory ?? this.#root, clip, assertAsListed);
    } catch (error) {
      if (this.#writeAccess === null || this.#writable !== null || !isReadOnly(error)) throw error;
      this.#writable = await this.#openForWriting(this.#writeAccess, signal);
      await eraseBelow(this.#writable.directory, clip, assertAsListed);
    }
  }

  async #openForWriting(writeAccess: WriteAccess, signal: AbortSignal): Promise<WritableVolume> {
    const writable = await writeAccess.open(this.#portPath, signal);
    if (await this.#isSameVolume(writable.directory)) return writable;
    await writable.close();
    throw new RecorderError('ERASE_REFUSED', `${writable.directory} is not the volume in ${this.#portPath}`);
  }

  /** Makes the volume read-only again. */
  async end(): Promise<void> {
    const writable = this.#writable;
    this.#writable = null;
    await writable?.close();
  }
}

async function eraseBelow(
  root: string,
  clip: ListedClip,
  assertAsListed: (stats: BigIntStats) => void,
): Promise<void> {
  const parts = splitPath(clip.pathBytes);
  const name = parts.at(-1);
  if (name === undefined) throw new RecorderError('CLIP_MISSING', 'an empty path names no clip');
  const folder = await openFolder(root, parts.slice(0, -1));
  try {
    const handle = await openChild(folder, name, constants.O_RDONLY);
    try {
      assertAsListed(await handle.stat({ bigint: true }));
    } finally {
      await handle.close();
    }
    await unlink(childPath(folder, name));
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function openFolder(root: string, parts: readonly Uint8Array[]): Promise<FileHandle> {
  return openBelow(
    root,
    parts.length === 0 ? [Buffer.from('.')] : parts,
    constants.O_RDONLY | constants.O_DIRECTORY,
  );
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EROFS';
}
