import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RegisteredClip, readClipState, requireClip } from '../clip/clip-index.ts';
import { type ClipMove, moveClip } from '../clip/clip-moves.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import { type ClipState, isStored } from '../clip/clip-states.ts';
import { IngestError } from '../errors.ts';
import { announceStep } from '../step-channel.ts';
import { syncFolder } from '../store/durable-files.ts';
import { type RecorderClaims, sealedRecord, sha256Hex, type TakenFacts } from '../store/sealed-record.ts';
import { mediaFileName, recordFileName } from '../store/store-layout.ts';
import { makeEmptyFolder, renameIntoDay } from './clip-folder.ts';
import { compareDeviceHash } from './compare-device-hash.ts';
import { copyBytes } from './copy-bytes.ts';
import { copyFailure } from './copy-failure.ts';
import { takeUpInterrupted } from './interrupted-copy.ts';
import type { ClipPrefix } from './pull-stream.ts';
import { readBackFile } from './read-back.ts';
import type { StoreServices, TakingContext } from './taking.ts';

/** A copy on the store's disk, compared with what was read from the recorder. */
type VerifiedCopy = TakenFacts;

/**
 * Takes one clip from `listed` to `sealed`: reads it once, writes and hashes from the same buffers, makes it durable,
 * reads it back past the page cache, compares, lays its record beside it and puts both in place with one rename.
 * Each move is durable before the next begins; the moves of a small clip share one commit at the end.
 *
 * Throws RecorderError (the recorder or the clip on it), IngestError STORE_FULL, STORE_FAILED, COPY_MISMATCH. Nothing
 * is left in `incoming` after a throw; the beginning of a large clip whose recorder went away waits in `interrupted`. Resolves with false, having done nothing, where another docking took the clip
 * meanwhile: what that one read was another recorder's.
 */
export function takeClip(
  services: StoreServices,
  context: TakingContext,
  registered: RegisteredClip,
): Promise<boolean> {
  return services.locks.hold(registered.clipId, async () => {
    if (!(await isStillWanted(services, registered.clipId))) return false;
    await takeWanted(services, context, registered);
    return true;
  });
}

/** False where another docking took the clip meanwhile. A copy that an earlier run could not finish is begun anew. */
async function isStillWanted(services: StoreServices, clipId: string): Promise<boolean> {
  const state = await readClipState(services.database, clipId);
  if (isStored(state)) return false;
  await returnUnfinished(services, clipId, state, 'taken anew from the recorder');
  return true;
}

async function takeWanted(
  services: StoreServices,
  context: TakingContext,
  registered: RegisteredClip,
): Promise<void> {
  const clip = { clipId: registered.clipId, name: registered.listed.name };
  const folder = services.layout.incomingFolder(clip.clipId);
  const room = await services.room.promise(registered.listed.sizeBytes);
  const onProgress = (bytes: number) => {
    room.written(bytes);
    context.onProgress(bytes);
  };
  try {
    // A copy whose last commit failed may stand in its place; nothing claims it.
    await rm(services.layout.sealedFolder(clip.clipId), { recursive: true, force: true });
    const prefix = await takeUpInterrupted(services, registered);
    if (prefix === null) await makeEmptyFolder(folder);
    await copyAndSeal(services, { ...context, onProgress }, registered, prefix);
  } catch (error) {
    await discardCopy(services, clip.clipId, folder);
    throw copyFailure(error, clip);
  } finally {
    room.giveBack();
  }
}

async function copyAndSeal(
  services: StoreServices,
  context: TakingContext,
  registered: RegisteredClip,
  prefix: ClipPrefix | null,
): Promise<void> {
  const moves = new Moves(services, context.dockingId);
  const taken = await copyVerified(services, context, registered, prefix, moves);
  const differs = services.compareDeviceHash
    ? await compareDeviceHash(context, registered, taken.sha256)
    : null;
  if (differs !== null) context.onQuarantined(registered);
  const clip = await requireClip(services.database, registered.clipId);
  const time = await services.clipTimes.reckon(clip, context.clockHistory);
  await sealClip(
    services,
    {
      ...clip,
      quarantine: clip.quarantine ?? differs,
      clock: context.clock,
      slot: context.slot,
      time,
    },
    taken,
    context.claims,
    moves,
  );
}

async function copyVerified(
  services: StoreServices,
  context: TakingContext,
  registered: RegisteredClip,
  prefix: ClipPrefix | null,
  moves: Moves,
): Promise<VerifiedCopy> {
  const { clipId } = registered;
  const folder = services.layout.incomingFolder(clipId);
  const media = join(folder, mediaFileName(registered.listed.name));
  context.onPhase('copying', registered);
  const { copied, stored, resumedAtBytes } = await copyBytes(services, context, registered, media, prefix);
  announceStep('file.synced', clipId);
  // The moves of a small clip wait for its sealing: until then nothing says that its copy stands here.
  if (stored === null) {
    await syncFolder(folder);
    await syncFolder(services.layout.incoming);
  }
  const { sizeBytes, sha256, blake3, sampleBlake3 } = copied;
  const facts = { sizeBytes, sha256, blake3, sampleBlake3, pulledAt: new Date().toISOString() };
  await moves.add({
    clipId,
    to: 'pulled',
    columns: {
      sha256,
      blake3,
      sample_blake3: sampleBlake3,
      size_bytes: sizeBytes,
      pulled_in: context.dockingId,
    },
    details: { sha256, blake3, sizeBytes, ...(resumedAtBytes === 0 ? {} : { resumedAtBytes }) },
    later: stored !== null,
  });
  context.onPhase('verifying', registered);
  // From here the recorder is not needed: a clip that is whole is finished although its recorder was pulled out.
  const readBack = stored ?? (await readBackFile(media, 'blake3', services.pool));
  assertSameCopy(clipId, copied, readBack);
  await moves.add({
    clipId,
    to: 'verified',
    columns: { read_back: readBack.readBack },
    details: { blake3: readBack.blake3, readBack: readBack.readBack },
    later: stored !== null,
  });
  return {
    ...facts,
    readBack: readBack.readBack,
    verifiedAt: new Date().toISOString(),
    pulledIn: context.dockingId,
  };
}

/** Throws IngestError COPY_MISMATCH unless the stored bytes are the ones that were read. */
export function assertSameCopy(
  clipId: string,
  read: { blake3: string; sizeBytes: number },
  stored: { blake3: string; sizeBytes: number },
): void {
  if (stored.blake3 === read.blake3 && stored.sizeBytes === read.sizeBytes) return;
  throw new IngestError(
    'COPY_MISMATCH',
    `read ${read.sizeBytes} bytes with BLAKE3 ${read.blake3}, the store gives ${stored.sizeBytes} bytes with ${stored.blake3}`,
    { clipId },
  );
}

/**
 * Lays the record beside the media and puts the folder in its place with one rename. Throws what the file system
 * throws; may be repeated after a crash at any point.
 */
export async function sealClip(
  services: Pick<StoreServices, 'layout' | 'dockName' | 'pool'>,
  clip: ClipRecord,
  taken: TakenFacts,
  claims: RecorderClaims,
  moves: Moves,
): Promise<void> {
  const { layout } = services;
  const incoming = layout.incomingFolder(clip.clipId);
  const record = sealedRecord(clip, taken, claims, services.dockName);
  await services.pool.writeRecord({ folder: incoming, name: recordFileName, content: record });
  announceStep('record.synced', clip.clipId);
  const sealed = layout.sealedFolder(clip.clipId);
  await renameIntoDay(incoming, sealed);
  announceStep('clip.renamed', clip.clipId);
  await Promise.all([syncFolder(dirname(sealed)), syncFolder(layout.incoming)]);
  const recordSha256 = sha256Hex(record);
  const storePath = layout.storePath(clip.clipId);
  await moves.add({
    clipId: clip.clipId,
    to: 'sealed',
    columns: {
      store_path: storePath,
      record_sha256: recordSha256,
      time: clip.time === null ? null : JSON.stringify(clip.time),
    },
    quarantine: clip.quarantine,
    details: { recordSha256, storePath },
    later: false,
  });
}

/** Removes a copy that did not come to stand; a clip that had moved on goes back to `listed`. */
async function discardCopy(services: StoreServices, clipId: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const state = await readClipState(services.database, clipId);
  await returnUnfinished(services, clipId, state, 'the copy did not come to stand');
}

async function returnUnfinished(
  services: StoreServices,
  clipId: string,
  state: ClipState,
  reason: string,
): Promise<void> {
  if (state !== 'pulled' && state !== 'verified') return;
  await services.database.write((transaction) =>
    moveClip(transaction, services.custody, { clipId, to: 'listed', details: { reason } }),
  );
}

/** Moves of one clip: durable one by one, or those marked `later` together with the next that is not. */
export class Moves {
  readonly #services: Pick<StoreServices, 'database' | 'custody'>;
  readonly #dockingId: string | undefined;
  readonly #details: ClipMove['details'];
  #waiting: ClipMove[] = [];

  /** `details` stand in the entry of every move, beside its own. */
  constructor(
    services: Pick<StoreServices, 'database' | 'custody'>,
    dockingId?: string,
    details?: ClipMove['details'],
  ) {
    this.#services = services;
    this.#dockingId = dockingId;
    this.#details = details;
  }

  async add({ later, ...move }: ClipMove & { later: boolean }): Promise<void> {
    this.#waiting.push({
      ...move,
      ...(this.#details === undefined ? {} : { details: { ...this.#details, ...move.details } }),
      ...(this.#dockingId === undefined ? {} : { dockingId: this.#dockingId }),
    });
    if (later) return;
    const moves = this.#waiting;
    this.#waiting = [];
    await this.#services.database.write(async (transaction) => {
      for (const waiting of moves) await moveClip(transaction, this.#services.custody, waiting);
    });
  }
}
