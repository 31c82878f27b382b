import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, readdir, stat, statfs, unlink } from 'node:fs/promises';
import type { Attachment, RecorderDriver } from '../attachment.ts';
import { notSupported, RecorderError } from '../errors.ts';
import type {
  Capability,
  ClipReader,
  ClockReading,
  ClockSetting,
  EraseProof,
  ListedClip,
  Listing,
  Recorder,
  RecorderIdentity,
  RecorderStatus,
} from '../recorder.ts';
import { fileTime, listVolume } from './list-volume.ts';
import { identifyVolume, isIdentityFile } from './volume-identity.ts';
import { childPath, openBelow, openChild, splitPath } from './volume-path.ts';
import { VolumeClipReader } from './volume-reader.ts';

/** Driver for recorders that show their card as a file system, mounted (or lying) in a folder. */
export const volumeDriver: RecorderDriver = {
  name: 'volume',
  async open(attachment: Attachment): Promise<Recorder> {
    if (attachment.target.type !== 'volume') {
      throw new RecorderError('NOT_SUPPORTED', 'the volume driver opens folders only');
    }
    const { directory } = attachment.target;
    const instance = await instanceOf(directory);
    if (instance === null) throw new RecorderError('RECORDER_GONE', `${directory} is not there`);
    return new VolumeRecorder(directory, instance);
  },
};

class VolumeRecorder implements Recorder {
  readonly driver = 'volume';
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['capacity', 'erase']);
  readonly firmware = null;
  readonly parallelReads = 4;
  readonly #root: string;
  /** The folder as it was opened: under an unplugged volume its empty mount point comes to light, which is another. */
  readonly #instance: string;

  constructor(root: string, instance: string) {
    this.#root = root;
    this.#instance = instance;
  }

  identify(signal: AbortSignal): Promise<RecorderIdentity> {
    return this.#guard(identifyVolume(this.#root, listVolume(this.#root, signal)));
  }

  async readClock(): Promise<ClockReading[]> {
    throw notSupported('show its clock: it is a volume');
  }

  async setClock(): Promise<ClockSetting> {
    throw notSupported('be given the time: it is a volume');
  }

  async hashOnDevice(): Promise<string> {
    throw notSupported('hash: it is a volume');
  }

  async writeIdentity(): Promise<void> {
    throw notSupported('be given an identity: it is a volume');
  }

  async switchMode(): Promise<void> {
    throw notSupported('switch its mode: it is a volume already');
  }

  async readStatus(): Promise<RecorderStatus> {
    const { blocks, bfree, bsize } = await this.#guard(statfs(this.#root));
    return { batteryPercent: null, capacityBytes: blocks * bsize, freeBytes: bfree * bsize };
  }

  async *list(signal: AbortSignal): AsyncGenerator<Listing> {
    const listings = listVolume(this.#root, signal);
    try {
      for (;;) {
        const next = await this.#guard(listings.next());
        if (next.done === true) break;
        const isOwn = next.value.type === 'clip' && isIdentityFile(next.value.clip.pathBytes);
        if (!isOwn) yield next.value;
      }
    } finally {
      // Whoever has seen enough leaves early; the folders on the way are closed all the same.
      await listings.return(undefined);
    }
    // A listing cut short by unplugging must not pass for a whole one.
    if (!(await this.isPresent())) {
      throw new RecorderError('RECORDER_GONE', 'the volume went away while it was listed');
    }
  }

  async open(clip: ListedClip): Promise<ClipReader> {
    const handle = await this.#openFile(clip, constants.O_RDONLY);
    try {
      const stats = await handle.stat({ bigint: true });
      assertAsListed(clip, stats);
      return new VolumeClipReader(clip.name, handle, stats, () => this.isPresent());
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async erase(clip: ListedClip, proof: EraseProof): Promise<void> {
    const parts = splitPath(clip.pathBytes);
    const name = parts.at(-1);
    if (name === undefined) throw new RecorderError('CLIP_MISSING', 'an empty path names no clip');
    const folder = await this.#openFolder(clip, parts.slice(0, -1));
    try {
      const handle = await openChild(folder, name, constants.O_RDONLY);
      try {
        const stats = await handle.stat({ bigint: true });
        assertAsListed({ ...clip, sizeBytes: proof.sizeBytes }, stats);
      } finally {
        await handle.close();
      }
      await unlink(childPath(folder, name));
      await folder.sync();
    } catch (cause) {
      throw eraseError(clip, cause);
    } finally {
      await folder.close();
    }
  }

  async isPresent(): Promise<boolean> {
    return (await instanceOf(this.#root)) === this.#instance;
  }

  async close(): Promise<void> {
    // Nothing is held open between calls.
  }

  async #openFile(clip: ListedClip, flags: number): Promise<FileHandle> {
    try {
      return await openBelow(this.#root, splitPath(clip.pathBytes), flags);
    } catch (cause) {
      throw await this.#openError(clip, cause);
    }
  }

  async #openFolder(clip: ListedClip, parts: readonly Uint8Array[]): Promise<FileHandle> {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY;
    try {
      return await openBelow(this.#root, parts.length === 0 ? [Buffer.from('.')] : parts, flags);
    } catch (cause) {
      throw await this.#openError(clip, cause);
    }
  }

  async #openError(clip: ListedClip, cause: unknown): Promise<RecorderError> {
    const details = { clipName: clip.name, cause };
    if (!(await this.isPresent())) {
      return new RecorderError(
        'RECORDER_GONE',
        `the volume went away before ${clip.name} was opened`,
        details,
      );
    }
    const code = errnoOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return new RecorderError('CLIP_MISSING', `${clip.name} is no longer on the recorder`, details);
    }
    if (code === 'ELOOP') {
      return new RecorderError('CLIP_CHANGED', `${clip.name} became a symbolic link`, details);
    }
    return new RecorderError('CLIP_READ_FAILED', `cannot open ${clip.name}: ${cause}`, {
      ...details,
      positionBytes: 0,
    });
  }

  /** Turns any file system error into RECORDER_GONE where the whole volume is gone. */
  async #guard<Value>(work: Promise<Value>): Promise<Value> {
    try {
      return await work;
    } catch (cause) {
      if (cause instanceof RecorderError || !(cause instanceof Error) || errnoOf(cause) === undefined)
        throw cause;
      if (!(await this.isPresent())) {
        throw new RecorderError('RECORDER_GONE', 'the volume went away while it was listed', { cause });
      }
      throw new RecorderError('CLIP_READ_FAILED', `the card cannot be listed: ${cause.message}`, { cause });
    }
  }
}

/** Which folder, on which file system, a path leads to now; `null` where it leads to none that can be read. */
async function instanceOf(directory: string): Promise<string | null> {
  try {
    const stats = await stat(directory, { bigint: true });
    await readdir(directory);
    return stats.isDirectory() ? `${stats.dev}:${stats.ino}` : null;
  } catch {
    return null;
  }
}

function assertAsListed(clip: ListedClip, stats: BigIntStats): void {
  const unchanged =
    stats.isFile() &&
    Number(stats.size) === clip.sizeBytes &&
    (clip.modifiedAt === null || fileTime(stats)?.text === clip.modifiedAt.text);
  if (!unchanged) {
    throw new RecorderError('CLIP_CHANGED', `${clip.name} is not the file that was listed`, {
      clipName: clip.name,
    });
  }
}

function eraseError(clip: ListedClip, cause: unknown): unknown {
  if (cause instanceof RecorderError) return cause;
  const details = { clipName: clip.name, cause };
  if (errnoOf(cause) === 'ENOENT') {
    return new RecorderError('CLIP_MISSING', `${clip.name} is no longer on the recorder`, details);
  }
  return new RecorderError('ERASE_REFUSED', `cannot erase ${clip.name}: ${cause}`, details);
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
