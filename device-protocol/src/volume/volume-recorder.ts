import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, readdir, stat, statfs } from 'node:fs/promises';
import type { Attachment, RecorderDriver } from '../attachment.ts';
import { notSupported, RecorderError } from '../errors.ts';
import { type NameProfile, nameProfiles } from '../names/name-profiles.ts';
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
import { VolumeEraser } from './volume-eraser.ts';
import { identifyVolume, isIdentityFile } from './volume-identity.ts';
import { openBelow, splitPath } from './volume-path.ts';
import { VolumeClipReader } from './volume-reader.ts';
import type { WriteAccess } from './write-access.ts';

export interface VolumeDriverOptions {
  /** Habits of naming, most telling first. Default: those of the field. */
  nameProfiles?: readonly NameProfile[];
  /** For volumes that are mounted read-only. Default: none, and nothing is erased from them. */
  writeAccess?: WriteAccess;
}

/** Driver for recorders that show their card as a file system, mounted (or lying) in a folder. */
export function createVolumeDriver(options: VolumeDriverOptions = {}): RecorderDriver {
  return {
    name: 'volume',
    async open({ target, portPath }: Attachment): Promise<Recorder> {
      if (target.type !== 'volume') {
        throw new RecorderError('NOT_SUPPORTED', 'the volume driver opens folders only');
      }
      const instance = await instanceOf(target.directory);
      if (instance === null) throw new RecorderError('RECORDER_GONE', `${target.directory} is not there`);
      return new VolumeRecorder(target.directory, instance, portPath, options);
    },
  };
}

export const volumeDriver: RecorderDriver = createVolumeDriver();

class VolumeRecorder implements Recorder {
  readonly driver = 'volume';
  readonly capabilities: ReadonlySet<Capability> = new Set<Capability>(['capacity', 'erase']);
  readonly firmware = null;
  readonly parallelReads = 4;
  readonly #root: string;
  /** The folder as it was opened: under an unplugged volume its empty mount point comes to light, which is another. */
  readonly #instance: string;
  readonly #nameProfiles: readonly NameProfile[];
  readonly #eraser: VolumeEraser;

  constructor(root: string, instance: string, portPath: string, options: VolumeDriverOptions) {
    this.#root = root;
    this.#instance = instance;
    this.#nameProfiles = options.nameProfiles ?? nameProfiles;
    const isSameVolume = async (directory: string) => (await instanceOf(directory)) === instance;
    this.#eraser = new VolumeEraser(root, portPath, options.writeAccess ?? null, isSameVolume);
  }

  identify(signal: AbortSignal): Promise<RecorderIdentity> {
    return this.#guard(identifyVolume(this.#root, listVolume(this.#root, this.#nameProfiles, signal)));
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
    const listings = listVolume(this.#root, this.#nameProfiles, signal);
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

  async erase(clip: ListedClip, proof: EraseProof, signal: AbortSignal): Promise<void> {
    try {
      const proven = { ...clip, sizeBytes: proof.sizeBytes };
      await this.#eraser.erase(clip, (stats) => assertAsListed(proven, stats), signal);
    } catch (cause) {
      signal.throwIfAborted();
      throw await this.#eraseError(clip, cause);
    }
  }

  endRelease(): Promise<void> {
    return this.#eraser.end();
  }

  async isPresent(): Promise<boolean> {
    return (await instanceOf(this.#root)) === this.#instance;
  }

  async close(): Promise<void> {
    await this.#eraser.end();
  }

  async #openFile(clip: ListedClip, flags: number): Promise<FileHandle> {
    try {
      return await openBelow(this.#root, splitPath(clip.pathBytes), flags);
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
    const known = entryError(clip, cause);
    if (known !== null) return known;
    return new RecorderError('CLIP_READ_FAILED', `cannot open ${clip.name}: ${cause}`, {
      ...details,
      positionBytes: 0,
    });
  }

  async #eraseError(clip: ListedClip, cause: unknown): Promise<unknown> {
    if (cause instanceof RecorderError) return cause;
    const details = { clipName: clip.name, cause };
    if (!(await this.isPresent())) {
      return new RecorderError(
        'RECORDER_GONE',
        `the volume went away before ${clip.name} was erased`,
        details,
      );
    }
    return (
      entryError(clip, cause) ??
      new RecorderError('ERASE_REFUSED', `cannot erase ${clip.name}: ${cause}`, details)
    );
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

/** What an error says of the entry itself; `null` where it says nothing of it. */
function entryError(clip: ListedClip, cause: unknown): RecorderError | null {
  const details = { clipName: clip.name, cause };
  const code = errnoOf(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RecorderError('CLIP_MISSING', `${clip.name} is no longer on the recorder`, details);
  }
  if (code === 'ELOOP') {
    return new RecorderError('CLIP_CHANGED', `${clip.name} became a symbolic link`, details);
  }
  return null;
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

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
