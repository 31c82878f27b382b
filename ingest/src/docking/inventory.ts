import {
  type ClipReader,
  isRecorderError,
  isRecorderLost,
  type ListedClip,
  type Recorder,
  type RefusedEntry,
} from '@docket/device-protocol';
import {
  insertClip,
  moveLostClips,
  type RegisteredClip,
  type RegistrationContext,
  registerClip,
  registerRefused,
  requireClip,
} from '../clip/clip-index.ts';
import { type ClipState, isStored } from '../clip/clip-states.ts';
import { digestReader } from '../pull/digest-reader.ts';
import { readSamples } from '../pull/sample-digest.ts';
import type { StoreServices } from '../pull/taking.ts';
import { settleInterruptedReleases } from '../release/release-clip.ts';

/** Listed entries registered in one transaction. */
const entriesPerTransaction = 100;

/** What was found on a recorder. */
export interface Inventory {
  /** Clips whose bytes must still be taken. */
  wanted: RegisteredClip[];
  /** Clips that stand in the store already: same recorder, path, length and time, and the same sampled bytes. */
  known: RegisteredClip[];
  refused: number;
  /** True where the recorder named itself and no folder or entry was hidden. */
  isWhole: boolean;
}

/** Lists a recorder and registers every entry in the index before any byte is copied. */
export async function takeInventory(
  services: StoreServices,
  recorder: Recorder,
  context: RegistrationContext & { isIdentified: boolean },
  signal: AbortSignal,
): Promise<Inventory> {
  const inventory: Inventory = { wanted: [], known: [], refused: 0, isWhole: false };
  const seen = new Set<string>();
  let isWhole = true;
  for await (const batch of batches(recorder, signal)) {
    const registered = await registerBatch(services, context, batch);
    inventory.refused += batch.refused.length;
    if (batch.refused.some(hidesEntries)) isWhole = false;
    for (const clip of registered) {
      if (seen.has(clip.clipId)) continue;
      const settled = await settle(services, recorder, context, clip, signal);
      seen.add(clip.clipId).add(settled.clipId);
      (isKnown(settled.state) ? inventory.known : inventory.wanted).push(settled);
    }
  }
  // What lies in a folder that could not be read is neither gone nor erased, as far as anybody knows.
  inventory.isWhole = context.isIdentified && isWhole;
  if (inventory.isWhole) {
    await moveLostClips(services.database, services.custody, context, seen);
    await settleInterruptedReleases(services.database, services.custody, context, seen);
  }
  return inventory;
}

/** Nothing of it is to be taken: it stands in the store, or was deleted from it and stays so. */
function isKnown(state: ClipState): boolean {
  return isStored(state) || state === 'deleted';
}

async function settle(
  services: StoreServices,
  recorder: Recorder,
  context: RegistrationContext,
  clip: RegisteredClip,
  signal: AbortSignal,
): Promise<RegisteredClip> {
  if (isStored(clip.state)) return confirmKnown(services, recorder, context, clip, signal);
  if (clip.state === 'deleted') return confirmDeleted(services, recorder, context, clip, signal);
  return clip;
}

/** True where an entry may stand for clips that were there at an earlier docking. */
function hidesEntries({ reason }: RefusedEntry): boolean {
  return reason === 'folder-unreadable' || reason === 'entry-unreadable';
}

interface Batch {
  clips: ListedClip[];
  refused: RefusedEntry[];
}

async function* batches(recorder: Recorder, signal: AbortSignal): AsyncGenerator<Batch> {
  let batch: Batch = { clips: [], refused: [] };
  for await (const listing of recorder.list(signal)) {
    if (listing.type === 'clip') batch.clips.push(listing.clip);
    else batch.refused.push(listing.entry);
    if (batch.clips.length + batch.refused.length < entriesPerTransaction) continue;
    yield batch;
    batch = { clips: [], refused: [] };
  }
  yield batch;
}

function registerBatch(
  services: StoreServices,
  context: RegistrationContext,
  batch: Batch,
): Promise<RegisteredClip[]> {
  return services.database.write(async (transaction) => {
    for (const entry of batch.refused) await registerRefused(transaction, services.custody, context, entry);
    const registered: RegisteredClip[] = [];
    for (const clip of batch.clips) {
      registered.push(await registerClip(transaction, services.custody, context, clip));
    }
    return registered;
  });
}

/**
 * A clip that looks known is compared by a sample of its bytes: cameras with a dead clock and files of fixed length
 * make name, length and time too weak. Where it differs, or cannot be read, it is another clip, with a row of its own.
 */
async function confirmKnown(
  services: StoreServices,
  recorder: Recorder,
  context: RegistrationContext,
  clip: RegisteredClip,
  signal: AbortSignal,
): Promise<RegisteredClip> {
  const sample = await sampleOf(services, recorder, clip.listed, signal);
  if (sample !== null && sample === clip.sampleBlake3) return clip;
  return services.database.write((transaction) =>
    insertClip(transaction, services.custody, context, clip.listed),
  );
}

/**
 * A clip that looks like one whose time was over is read whole: only where every byte is the same does it stay deleted, and
 * that it was seen again is told. Anything else is footage, and taken.
 */
async function confirmDeleted(
  services: StoreServices,
  recorder: Recorder,
  context: RegistrationContext,
  clip: RegisteredClip,
  signal: AbortSignal,
): Promise<RegisteredClip> {
  const { blake3 } = await requireClip(services.database, clip.clipId);
  const sample = await sampleOf(services, recorder, clip.listed, signal);
  const isSame =
    sample === clip.sampleBlake3 && (await digestOf(services, recorder, clip.listed, signal)) === blake3;
  return services.database.write(async (transaction) => {
    if (!isSame) return insertClip(transaction, services.custody, context, clip.listed);
    const { clipId } = clip;
    const { dockingId, recorderId } = context;
    await services.custody.append(transaction, {
      action: 'deleted-clip-seen',
      clipId,
      dockingId,
      recorderId,
    });
    return clip;
  });
}

/** BLAKE3 of a clip's samples on the recorder; `null` where this one clip cannot be read. */
function sampleOf(
  services: StoreServices,
  recorder: Recorder,
  listed: ListedClip,
  signal: AbortSignal,
): Promise<string | null> {
  return readOf(recorder, listed, signal, async (reader) =>
    services.pool.digestSample(await readSamples(reader, readingOf(services, listed, signal))),
  );
}

/** BLAKE3 of a whole clip on the recorder; `null` where this one clip cannot be read. */
function digestOf(
  services: StoreServices,
  recorder: Recorder,
  listed: ListedClip,
  signal: AbortSignal,
): Promise<string | null> {
  return readOf(recorder, listed, signal, async (reader) => {
    const digests = await digestReader(reader, 'blake3', services.pool, readingOf(services, listed, signal));
    return digests.blake3 ?? null;
  });
}

function readingOf({ stallTimeoutMs }: StoreServices, listed: ListedClip, signal: AbortSignal) {
  return { clipName: listed.name, stallTimeoutMs, signal };
}

async function readOf(
  recorder: Recorder,
  listed: ListedClip,
  signal: AbortSignal,
  read: (reader: ClipReader) => Promise<string | null>,
): Promise<string | null> {
  try {
    const reader = await recorder.open(listed, signal);
    try {
      return await read(reader);
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (signal.aborted || isRecorderLost(error) || !isRecorderError(error)) throw error;
    return null;
  }
}
