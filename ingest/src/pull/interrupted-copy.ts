import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClipReader } from '@docket/device-protocol';
import { Check, type Static, Type } from '@docket/device-protocol/schema';
import type { RegisteredClip } from '../clip/clip-index.ts';
import { clipsInStates } from '../clip/clip-queries.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { syncFolder, writeNewFile } from '../store/durable-files.ts';
import { mediaFileName, type StoreLayout } from '../store/store-layout.ts';
import type { HashPool } from './hash-pool.ts';
import type { ClipPrefix, ReadOptions } from './pull-stream.ts';
import { readBackFile } from './read-back.ts';
import { withinStallTimeout } from './stall-guard.ts';

/** Says what a beginning is the beginning of, and what it hashed to as it came off the recorder. */
const InterruptedFile = Type.Object({
  v: Type.Literal(1),
  clipSizeBytes: Type.Integer({ minimum: 0 }),
  modifiedAt: Type.Union([Type.String(), Type.Null()]),
  prefix: Type.Object({
    sizeBytes: Type.Integer({ minimum: 1 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    blake3: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  }),
});
type InterruptedFile = Static<typeof InterruptedFile>;

const fileName = 'interrupted.json';
/** A beginning that nobody came back for is swept at the first start after so long. */
const keptMs = 7 * 24 * 60 * 60 * 1000;
/** Read again from the recorder to see that the clip there is still the one that was begun. */
const comparedBytes = 256 * 1024;

/** Puts the beginning of a clip aside, durable, for the next time its recorder is docked. */
export async function keepInterrupted(
  layout: StoreLayout,
  { clipId, listed }: RegisteredClip,
  prefix: ClipPrefix,
): Promise<void> {
  const incoming = layout.incomingFolder(clipId);
  const kept = layout.interruptedFolder(clipId);
  const content: InterruptedFile = {
    v: 1,
    clipSizeBytes: listed.sizeBytes,
    modifiedAt: listed.modifiedAt?.text ?? null,
    prefix,
  };
  await writeNewFile(join(incoming, fileName), JSON.stringify(content));
  await syncFolder(incoming);
  await rm(kept, { recursive: true, force: true });
  await rename(incoming, kept);
  await syncFolder(dirname(kept));
}

/**
 * Puts the beginning of a clip back among the incoming, where there is one of this very clip and the disk still gives
 * the bytes that came off the recorder; `null` where the copy has to begin anew.
 */
export async function takeUpInterrupted(
  { layout, pool }: { layout: StoreLayout; pool: HashPool },
  { clipId, listed }: RegisteredClip,
): Promise<ClipPrefix | null> {
  const kept = layout.interruptedFolder(clipId);
  const file = await readInterrupted(kept);
  if (file === null) return null;
  const media = mediaFileName(listed.name);
  const isSameClip =
    file.clipSizeBytes === listed.sizeBytes && file.modifiedAt === (listed.modifiedAt?.text ?? null);
  if (!isSameClip || !(await stillHolds(join(kept, media), file.prefix, pool))) {
    await dropInterrupted(layout, clipId);
    return null;
  }
  const incoming = layout.incomingFolder(clipId);
  await rm(join(kept, fileName));
  await rm(incoming, { recursive: true, force: true });
  await rename(kept, incoming);
  return file.prefix;
}

/** Forgets the beginning of a clip. */
export function dropInterrupted(layout: StoreLayout, clipId: string): Promise<void> {
  return rm(layout.interruptedFolder(clipId), { recursive: true, force: true });
}

/** True where the recorder's clip still ends its beginning with the bytes that stand in the file. */
export async function isPrefixOf(
  reader: ClipReader,
  path: string,
  { sizeBytes }: ClipPrefix,
  options: ReadOptions,
): Promise<boolean> {
  if (sizeBytes > reader.sizeBytes) return false;
  const lengthBytes = Math.min(comparedBytes, sizeBytes);
  for (let position = sizeBytes - lengthBytes; position < sizeBytes; ) {
    const there = new Uint8Array(Math.min(reader.pieceBytes, sizeBytes - position));
    const read = reader.read(there, position, options.signal);
    const readBytes = await withinStallTimeout(
      read,
      options.stallTimeoutMs,
      options.clipName,
      options.signal,
    );
    const here = await readAt(path, position, readBytes);
    if (readBytes === 0 || Buffer.compare(there.subarray(0, readBytes), here) !== 0) return false;
    position += readBytes;
  }
  return true;
}

/** Removes every beginning that no listed clip waits for, and those left for too long. */
export async function sweepInterrupted(database: IndexDatabase, layout: StoreLayout): Promise<void> {
  const listed = new Set((await clipsInStates(database, ['listed'])).map(({ clipId }) => clipId));
  for (const name of await readdir(layout.interrupted)) {
    const folder = join(layout.interrupted, name);
    const file = await readInterrupted(folder);
    const isAwaited = listed.has(name) && file !== null && Date.now() - (await stat(folder)).mtimeMs < keptMs;
    if (!isAwaited) await rm(folder, { recursive: true, force: true });
  }
}

async function readInterrupted(folder: string): Promise<InterruptedFile | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, fileName), 'utf8'));
    return Check(InterruptedFile, value) ? value : null;
  } catch {
    // Missing or cut off: then there is no beginning to go on from.
    return null;
  }
}

async function stillHolds(path: string, prefix: ClipPrefix, pool: HashPool): Promise<boolean> {
  try {
    const stored = await readBackFile(path, 'blake3', pool);
    return stored.sizeBytes === prefix.sizeBytes && stored.blake3 === prefix.blake3;
  } catch {
    return false;
  }
}

async function readAt(path: string, position: number, lengthBytes: number): Promise<Uint8Array> {
  const handle = await open(path);
  try {
    const bytes = new Uint8Array(lengthBytes);
    const { bytesRead } = await handle.read(bytes, 0, lengthBytes, position);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
