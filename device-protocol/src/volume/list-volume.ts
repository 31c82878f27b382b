import { type BigIntStats, constants, type Dirent } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { decodeName } from '../names/decode-name.ts';
import type { NameProfile } from '../names/name-profiles.ts';
import { isMarkedFolder, kindOfName, readNameFacts } from '../names/read-name.ts';
import type { DeviceTime, ListedClip, Listing, RefusedReason } from '../recorder.ts';
import { childPath, openChild } from './volume-path.ts';

const maxDepth = 32;
const maxPathBytes = 4096;

interface OpenedFolder {
  handle: FileHandle;
  entries: readonly Dirent<Buffer>[];
}

interface Folder extends OpenedFolder {
  profiles: readonly NameProfile[];
  pathBytes: Buffer;
  names: readonly string[];
}

/**
 * Walks a volume and yields every entry once, folder by folder in byte order of the names. Regular files come as
 * clips; links, pipes, sockets and devices come as refused and are never opened.
 */
export async function* listVolume(
  root: string,
  profiles: readonly NameProfile[],
  signal: AbortSignal,
): AsyncGenerator<Listing> {
  const handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  let entries: Dirent<Buffer>[];
  try {
    entries = await readEntries(handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
  yield* listEntries({ handle, entries, profiles, pathBytes: Buffer.alloc(0), names: [] }, signal);
}

async function readEntries(handle: FileHandle): Promise<Dirent<Buffer>[]> {
  const entries = await readdir(`/proc/self/fd/${handle.fd}`, { withFileTypes: true, encoding: 'buffer' });
  return entries.sort((left, right) => Buffer.compare(left.name, right.name));
}

/** Yields what an open folder holds, and closes it. */
async function* listEntries(folder: Folder, signal: AbortSignal): AsyncGenerator<Listing> {
  try {
    for (const entry of folder.entries) {
      signal.throwIfAborted();
      yield* listEntry(folder, entry, signal);
    }
  } finally {
    await folder.handle.close();
  }
}

async function* listEntry(
  folder: Folder,
  entry: Dirent<Buffer>,
  signal: AbortSignal,
): AsyncGenerator<Listing> {
  const pathBytes =
    folder.names.length === 0 ? entry.name : Buffer.concat([folder.pathBytes, Buffer.from('/'), entry.name]);
  const decoded = decodeName(entry.name);
  const refuse = (reason: RefusedReason): Listing => ({
    type: 'refused',
    entry: { pathBytes, name: decoded.name, reason },
  });

  if (pathBytes.length > maxPathBytes) return yield refuse('path-too-long');
  const stats = await statEntry(childPath(folder.handle, entry.name));
  if (stats === 'gone') return;
  if (stats === 'unreadable') return yield refuse('entry-unreadable');
  const reason = refusedReason(stats);
  if (reason !== null) return yield refuse(reason);
  if (stats.isFile()) {
    return yield { type: 'clip', clip: describeClip(pathBytes, entry.name, folder, stats) };
  }
  if (folder.names.length + 1 >= maxDepth) return yield refuse('folder-too-deep');
  const opened = await openFolder(folder.handle, entry.name);
  if (opened === null) return yield refuse('folder-unreadable');
  yield* listEntries(
    { ...opened, profiles: folder.profiles, pathBytes, names: [...folder.names, decoded.name] },
    signal,
  );
}

/** A folder with its entries, or `null` where a bad card gives neither. */
async function openFolder(parent: FileHandle, name: Uint8Array): Promise<OpenedFolder | null> {
  let handle: FileHandle | null = null;
  try {
    handle = await openChild(parent, name, constants.O_RDONLY | constants.O_DIRECTORY);
    return { handle, entries: await readEntries(handle) };
  } catch {
    await handle?.close();
    return null;
  }
}

/** `gone` where the entry was deleted since its folder was read: a recorder that still runs tidies up. */
async function statEntry(path: Buffer): Promise<BigIntStats | 'gone' | 'unreadable'> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'gone' : 'unreadable';
  }
}

function refusedReason(stats: BigIntStats): RefusedReason | null {
  if (stats.isSymbolicLink()) return 'symbolic-link';
  if (stats.isFIFO()) return 'named-pipe';
  if (stats.isSocket()) return 'socket';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'device-node';
  if (stats.size > BigInt(Number.MAX_SAFE_INTEGER)) return 'impossible-size';
  return null;
}

function describeClip(
  pathBytes: Uint8Array,
  nameBytes: Uint8Array,
  folder: Folder,
  stats: BigIntStats,
): ListedClip {
  const decoded = decodeName(nameBytes);
  const facts = readNameFacts(decoded.name, folder.profiles);
  const markedByFolder = isMarkedFolder(folder.names);
  return {
    pathBytes,
    name: decoded.name,
    nameEncoding: decoded.encoding,
    kind: kindOfName(decoded.name),
    sizeBytes: Number(stats.size),
    modifiedAt: fileTime(stats),
    startedAt: facts.startedAt,
    marked: facts.marked || markedByFolder,
    markedSource: facts.marked ? 'name' : markedByFolder ? 'folder' : null,
    deviceNumberInName: facts.deviceNumber,
    officerNumberInName: facts.officerNumber,
    concern: concernOf(decoded, stats),
  };
}

function concernOf(decoded: ReturnType<typeof decodeName>, stats: BigIntStats): ListedClip['concern'] {
  if (decoded.unsafe) return 'unsafe-name';
  if (decoded.encoding === 'bytes') return 'unreadable-name';
  return stats.size === 0n ? 'empty-file' : null;
}

/**
 * The file time as the recorder's wall clock. FAT keeps local time without a zone; volumes are mounted with
 * `tz=UTC`, so the UTC reading of the kernel's time is the text that stands on the card. `null` for a time beyond what
 * a calendar can say.
 */
export function fileTime(stats: { mtimeMs: bigint }): DeviceTime | null {
  const time = new Date(Number(stats.mtimeMs));
  if (Number.isNaN(time.getTime())) return null;
  return { text: time.toISOString().replace('Z', ''), source: 'file-time', assumedZone: null };
}
