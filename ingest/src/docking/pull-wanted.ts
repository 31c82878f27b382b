import { setTimeout as delay } from 'node:timers/promises';
import { isRecorderError, isRecorderLost, type ListedClip, RecorderError } from '@docket/device-protocol';
import { insertClip, type RegisteredClip, relistClip } from '../clip/clip-index.ts';
import { moveClip } from '../clip/clip-moves.ts';
import type { QuarantineReason } from '../clip/quarantine.ts';
import { isIngestError } from '../errors.ts';
import { dropInterrupted } from '../pull/interrupted-copy.ts';
import { smallClipBytes } from '../pull/pull-small.ts';
import { takeClip } from '../pull/take-clip.ts';
import type { StoreServices, TakingContext } from '../pull/taking.ts';
import type { ProgressMeter } from './docking-progress.ts';

/** Copies of one clip that may fail before it is set aside for a person. */
const maxTries = 3;

/** How often a full store is looked at again. */
const fullStoreLookMs = 2000;

export interface PullObserver {
  meter: ProgressMeter;
  onTaken(clip: RegisteredClip): void;
  onStoreFull(detail: string): void;
  onStoreHasRoom(): void;
}

/** A clip the store had no room for. */
interface Unfitting {
  clip: RegisteredClip;
  detail: string;
}

/**
 * Takes every wanted clip: marked clips first, small ones side by side, large ones one by one. A clip that cannot be
 * taken is set aside with its reason and the others go on; one the store has no room for waits until there is. Throws
 * where the recorder is lost, the store fails, or the signal aborts.
 */
export async function pullWanted(
  services: StoreServices,
  context: TakingContext,
  wanted: readonly RegisteredClip[],
  observer: PullObserver,
): Promise<void> {
  const isSmall = (clip: RegisteredClip) => clip.listed.sizeBytes <= smallClipBytes;
  let waiting: Unfitting[] = [];
  const pull = async (clip: RegisteredClip) => {
    const detail = await pullOne(services, context, clip, observer);
    if (detail !== null) waiting.push({ clip, detail });
  };
  for (const marked of [true, false]) {
    const clips = wanted.filter((clip) => clip.listed.marked === marked);
    await inLanes(clips.filter(isSmall), context.recorder.parallelReads, pull);
    await inLanes(
      clips.filter((clip) => !isSmall(clip)),
      1,
      pull,
    );
  }
  for (let [first] = waiting; first !== undefined; [first] = waiting) {
    observer.onStoreFull(first.detail);
    await delay(fullStoreLookMs, undefined, { signal: context.signal });
    observer.onStoreHasRoom();
    const again = waiting.map(({ clip }) => clip);
    waiting = [];
    await inLanes(again, 1, pull);
  }
}

/** Runs work on all items, a few at a time; the first error stops every lane and is thrown once all have stopped. */
async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined && failures.length === 0; item = queue.shift()) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
}

/** Takes one clip or sets it aside; resolves with what the store said where it has no room, else `null`. */
async function pullOne(
  services: StoreServices,
  context: TakingContext,
  first: RegisteredClip,
  observer: PullObserver,
): Promise<string | null> {
  let clip = first;
  for (let tries = 1; ; tries += 1) {
    context.signal.throwIfAborted();
    let copiedBytes = 0;
    const onProgress = (bytes: number) => {
      copiedBytes += bytes;
      context.onProgress(bytes);
    };
    try {
      if (!(await takeClip(services, { ...context, onProgress }, clip))) {
        clip = await ownRow(services, context, clip);
        continue;
      }
      observer.meter.clipsDone += 1;
      observer.onTaken(clip);
      return null;
    } catch (failure) {
      context.onProgress(-copiedBytes);
      const error = await blameClip(failure, clip, context);
      if (context.signal.aborted || isRecorderLost(error)) throw error;
      if (isIngestError(error, 'STORE_FULL')) return error.message;
      const reason = reasonToSetAside(error);
      if (reason === null) {
        if (tries < maxTries && isIngestError(error, 'COPY_MISMATCH')) continue;
        throw error;
      }
      if (tries >= maxTries || reason === 'lost-before-pull' || error !== failure) {
        await setAside(services, context, clip, reason, error);
        observer.meter.quarantined.add(clip.clipId);
        return null;
      }
      clip = await relisted(services, context, clip, observer.meter);
    }
  }
}

/** Another recorder of the same name took the clip of this row: this one's gets a row of its own. */
function ownRow(
  services: StoreServices,
  context: TakingContext,
  clip: RegisteredClip,
): Promise<RegisteredClip> {
  const { recorderId, officerNumber } = context.claims;
  const registration = { recorderId, officerNumber, dockingId: context.dockingId };
  return services.database.write((transaction) =>
    insertClip(transaction, services.custody, registration, clip.listed),
  );
}

/** How long a recorder that fell silent over one clip may take to show that it is still there. */
const presenceLookMs = 5_000;

/**
 * A recorder that stalls over one clip and still answers otherwise has a bad spot, and its other clips must not wait for
 * it: the stall then counts as a read error of the clip.
 */
async function blameClip(failure: unknown, clip: RegisteredClip, context: TakingContext): Promise<unknown> {
  if (!isRecorderError(failure) || failure.code !== 'RECORDER_SILENT') return failure;
  const isPresent = await Promise.race([
    context.recorder.isPresent(),
    delay(presenceLookMs, false, { signal: context.signal, ref: false }),
  ]);
  if (!isPresent) return failure;
  return new RecorderError('CLIP_READ_FAILED', failure.message, {
    clipName: clip.listed.name,
    cause: failure,
  });
}

/** The quarantine reason of an error that is about this clip alone; `null` for all others. */
function reasonToSetAside(error: unknown): QuarantineReason | null {
  if (!isRecorderError(error)) return null;
  if (error.code === 'CLIP_READ_FAILED') return 'read-error';
  if (error.code === 'CLIP_CHANGED') return 'changed-while-read';
  if (error.code === 'CLIP_MISSING') return 'lost-before-pull';
  return null;
}

async function setAside(
  services: StoreServices,
  context: TakingContext,
  clip: RegisteredClip,
  reason: QuarantineReason,
  error: unknown,
): Promise<void> {
  const detail = error instanceof Error ? error.message : String(error);
  await dropInterrupted(services.layout, clip.clipId);
  await services.database.write((transaction) =>
    moveClip(transaction, services.custody, {
      clipId: clip.clipId,
      to: reason === 'lost-before-pull' ? 'lost' : 'unreadable',
      dockingId: context.dockingId,
      quarantine: { reason, detail },
    }),
  );
}

/** The clip as the recorder lists it now: it may have grown since. */
async function relisted(
  services: StoreServices,
  context: TakingContext,
  clip: RegisteredClip,
  meter: ProgressMeter,
): Promise<RegisteredClip> {
  const now = await findListed(context, clip.listed.pathBytes);
  if (now === null || sameFile(now, clip.listed)) return clip;
  await services.database.write((transaction) =>
    relistClip(transaction, services.custody, clip.clipId, now, context.claims.officerNumber),
  );
  meter.bytesTotal += now.sizeBytes - clip.listed.sizeBytes;
  return { ...clip, listed: now };
}

async function findListed(context: TakingContext, pathBytes: Uint8Array): Promise<ListedClip | null> {
  for await (const listing of context.recorder.list(context.signal)) {
    if (listing.type === 'clip' && Buffer.compare(listing.clip.pathBytes, pathBytes) === 0)
      return listing.clip;
  }
  return null;
}

function sameFile(left: ListedClip, right: ListedClip): boolean {
  return left.sizeBytes === right.sizeBytes && left.modifiedAt?.text === right.modifiedAt?.text;
}
