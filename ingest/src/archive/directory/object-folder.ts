import { readdir, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { v4 as uuidv4 } from 'uuid';
import { errnoOf } from '../../errors.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import { chunkBytes } from '../../pull/page-aligned-ring.ts';
import { pullStream } from '../../pull/pull-stream.ts';
import { readBackFile } from '../../pull/read-back.ts';
import { announceStep } from '../../step-channel.ts';
import { makeFolder, syncFolder } from '../../store/durable-files.ts';
import { ArchiveRefusal, isArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit, ContentDigest, DepositLine } from '../archive-target.ts';
import { folderRefusal } from './folder-refusal.ts';
import { makeImmutable, makeMutable } from './immutable-flag.ts';
import { finishPlacing, placeFile, placeWithoutLink } from './place-file.ts';
import { soundPrefixBytes } from './sound-prefix.ts';
import { StoredFileReader } from './stored-file-reader.ts';

/** The longest wait for one buffer of our own store's disk. */
const storeStallTimeoutMs = 600_000;

export interface ObjectFolderOptions {
  archive: string;
  /** Where this dock's unfinished files lie, on the file system of the objects. */
  incoming: string;
  pool: HashPool;
  /** Whether each object is made immutable once it is proven. */
  isImmutable: boolean;
}

/** Content on its way to its name. */
export interface ObjectToKeep {
  clipId: string;
  path: string;
  content: ArchiveDeposit['content'];
}

/**
 * Files that are kept under the name of what they hold: written beside, made durable, read back past the cache, and only then
 * given their name, which is never overwritten. A file cut off on the way is gone on with where it is the clip's beginning.
 */
export class ObjectFolder {
  readonly #options: ObjectFolderOptions;
  /** Names of files under way in this process. */
  readonly #underWay = new Set<string>();

  constructor(options: ObjectFolderOptions) {
    this.#options = options;
  }

  get incoming(): string {
    return this.#options.incoming;
  }

  /** Keeps the content, or finds it kept, and proves it by reading. Safe to repeat. Throws ArchiveRefusal, YieldLine, or the signal's reason. */
  async keep(object: ObjectToKeep, line: DepositLine, signal: AbortSignal): Promise<ContentDigest> {
    const name = nameOfSession(line.session) ?? `${object.clipId}-${uuidv4()}.part`;
    this.#underWay.add(name);
    const unfinished = join(this.#options.incoming, name);
    try {
      const held = await this.#held(object, signal);
      const stored = held ?? (await this.#store(object, name, line, signal));
      await rm(unfinished, { force: true });
      if (this.#options.isImmutable) await makeImmutable(object.path);
      line.progress(stored.sizeBytes);
      const hasSession = line.session !== null || (held === null && isWorthResuming(object));
      if (hasSession) await line.keepSession(null);
      return stored;
    } catch (error) {
      const refusal = folderRefusal(this.#options.archive, error, signal);
      if (isWorthless(refusal)) {
        await rm(unfinished, { force: true });
        await line.keepSession(null);
      }
      throw refusal;
    } finally {
      this.#underWay.delete(name);
    }
  }

  /** Removes an object and its encryptions, taking immutable flags off first. Safe to repeat. */
  async remove(path: string): Promise<void> {
    const folder = dirname(path);
    const names = await readdir(folder).catch((error: unknown) => {
      // Nothing was ever there: no folder either.
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    });
    const own = names.filter((name) => name === basename(path) || name.startsWith(`${basename(path)}.`));
    for (const name of own) {
      await removeEvenImmutable(join(folder, name));
    }
    if (names.length > 0) await syncFolder(folder);
  }

  /** Removes what interrupted deposits left, but for files that a session owns or that are under way. */
  async sweep(sessions: ReadonlySet<string>): Promise<void> {
    const { incoming } = this.#options;
    for (const name of await readdir(incoming)) {
      if (sessions.has(name) || this.#underWay.has(name)) continue;
      await rm(join(incoming, name), { recursive: true, force: true });
    }
  }

  /** What lies under the name already, by reading it; `null` where nothing, or only the mark of a placing cut off. */
  async #held({ path, content }: ObjectToKeep, signal: AbortSignal): Promise<ContentDigest | null> {
    const found = await stat(path).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    });
    if (found === null || (found.size === 0 && content.sizeBytes > 0)) return null;
    const held = await this.#prove(path, content, signal);
    // Placed by a run that may have ended before its name was durable.
    await syncFolder(dirname(path));
    return held;
  }

  async #store(
    object: ObjectToKeep,
    name: string,
    line: DepositLine,
    signal: AbortSignal,
  ): Promise<ContentDigest> {
    const { clipId, content, path } = object;
    const unfinished = join(this.#options.incoming, name);
    const media = await StoredFileReader.open(content);
    try {
      if (line.session !== name && isWorthResuming(object)) await line.keepSession(name);
      await this.#write(unfinished, media, content, { line, signal, clipId });
    } finally {
      await media.close();
    }
    announceStep('archive.written', clipId);
    const stored = await this.#prove(unfinished, content, signal);
    await makeFolder(dirname(path));
    if (!(await this.#place(unfinished, object))) return (await this.#held(object, signal)) ?? stored;
    announceStep('archive.linked', clipId);
    await syncFolder(dirname(path));
    return stored;
  }

  async #write(
    unfinished: string,
    media: StoredFileReader,
    content: ObjectToKeep['content'],
    { line, signal, clipId }: { line: DepositLine; signal: AbortSignal; clipId: string },
  ): Promise<void> {
    const prefixBytes = await soundPrefixBytes(unfinished, media, signal);
    if (prefixBytes === 0) await rm(unfinished, { force: true });
    let heldBytes = 0;
    const { sha256 } = await pullStream(media, unfinished, this.#options.pool, {
      clipName: clipId,
      digests: 'sha256',
      stallTimeoutMs: storeStallTimeoutMs,
      signal,
      prefix: prefixBytes === 0 ? null : { sizeBytes: prefixBytes },
      beforePiece: (sizeBytes) => line.take(sizeBytes),
      onProgress: (bytes) => {
        heldBytes += bytes;
        line.progress(heldBytes);
      },
    });
    if (sha256 === content.sha256) return;
    const found = await readBackFile(content.file, 'sha256', this.#options.pool, signal);
    // What was gone on with may have turned between two readings of the archive's disk.
    throw found.sha256 === content.sha256
      ? this.#otherBytes(unfinished, sha256, content)
      : new ArchiveRefusal(
          'clip-damaged',
          `${content.file} has SHA-256 ${found.sha256}, not ${content.sha256}`,
        );
  }

  /** False where somebody else placed the same content meanwhile. */
  async #place(unfinished: string, { path, content }: ObjectToKeep): Promise<boolean> {
    // An immutable file keeps all its names: it must not have two.
    const place = this.#options.isImmutable ? placeWithoutLink : placeFile;
    if (await place(unfinished, path)) return true;
    const { size } = await stat(path);
    if (size > 0 || content.sizeBytes === 0) return false;
    await finishPlacing(unfinished, path);
    return true;
  }

  async #prove(path: string, content: ContentDigest, signal: AbortSignal): Promise<ContentDigest> {
    const { sha256, sizeBytes } = await readBackFile(path, 'sha256', this.#options.pool, signal);
    if (sha256 === content.sha256 && sizeBytes === content.sizeBytes) return { sha256, sizeBytes };
    throw this.#otherBytes(path, sha256, content);
  }

  #otherBytes(path: string, sha256: string, content: ContentDigest): ArchiveRefusal {
    return new ArchiveRefusal(
      'holds-other-bytes',
      `archive ${this.#options.archive} reads SHA-256 ${sha256} at ${path}, not ${content.sha256} of ${content.sizeBytes} bytes`,
    );
  }
}

/** `unlink` and not `rm`, which takes EPERM for a folder. */
async function removeEvenImmutable(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    if (errnoOf(error) !== 'EPERM') throw error;
    await makeMutable(path);
    await unlink(path);
  }
}

/** What fits in one piece is written anew. */
function isWorthResuming({ content }: ObjectToKeep): boolean {
  return content.sizeBytes > chunkBytes;
}

/** A session is the name of a file of ours, whatever the index says. */
function nameOfSession(session: string | null): string | null {
  return session !== null && /^[0-9A-Za-z-]{1,128}\.part$/u.test(session) ? session : null;
}

/** Where an unfinished file is of no use any more, or takes the room that is missing. */
function isWorthless(refusal: unknown): boolean {
  return (
    isArchiveRefusal(refusal, 'clip-damaged') ||
    isArchiveRefusal(refusal, 'holds-other-bytes') ||
    isArchiveRefusal(refusal, 'full')
  );
}
