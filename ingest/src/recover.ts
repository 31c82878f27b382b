import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { moveClip } from './clip/clip-moves.ts';
import { clipsInStates } from './clip/clip-queries.ts';
import type { ClipRecord } from './clip/clip-record.ts';
import { errnoOf, isIngestError } from './errors.ts';
import { type LiveRecoveryServices, recoverLive } from './live/recovery/recover-live.ts';
import { sweepInterrupted } from './pull/interrupted-copy.ts';
import { readBackFile } from './pull/read-back.ts';
import { assertSameCopy, Moves, sealClip } from './pull/take-clip.ts';
import type { StoreServices } from './pull/taking.ts';
import { makeFolder, syncFolder } from './store/durable-files.ts';
import { readClaims } from './store/recorder-claims.ts';
import { parseSealedFile } from './store/sealed-file.ts';
import { sha256Hex, type TakenFacts } from './store/sealed-record.ts';
import { mediaFileName, recordFileName } from './store/store-layout.ts';

/** What an interrupted run had left, and what became of it. */
export interface Recovery {
  /** Clips that stood whole on disk and were carried on to `sealed`. */
  finished: number;
  /** Clips whose copy was not whole; they will be pulled again. */
  returned: number;
  /** Copies that could not be looked at (disk full or failing); they stay as they are until the next start. */
  kept: number;
  /** Folders of copies that had not come to stand. */
  removed: number;
  /** Segments of live streams: finished with what of them was whole, or lost with nothing whole. */
  live: { finished: number; lost: number };
}

type Services = Omit<StoreServices, 'room' | 'locks' | 'stallTimeoutMs' | 'compareDeviceHash'> &
  LiveRecoveryServices;

/**
 * Brings store and index together after any stop, however hard: every clip is where it was or further on. Runs before
 * anything else touches the store.
 */
export async function recoverStore(services: Services): Promise<Recovery> {
  const { layout } = services;
  await makeFolder(layout.clips);
  await makeFolder(layout.incoming);
  await makeFolder(layout.interrupted);
  const { finished, lost, kept: keptLive } = await recoverLive(services);
  const recovery: Recovery = {
    finished: 0,
    returned: 0,
    kept: keptLive.length,
    removed: 0,
    live: { finished, lost },
  };
  const kept = new Set<string>(keptLive);
  for (const clip of await clipsInStates(services.database, ['pulled', 'verified'])) {
    if (clip.liveSessionId !== null) continue;
    const outcome = await finishOrReturn(services, clip);
    if (outcome === 'kept') kept.add(clip.clipId);
    recovery[outcome] += 1;
  }
  for (const clip of await clipsInStates(services.database, ['listed'])) {
    if (!(await exists(layout.sealedFolder(clip.clipId)))) continue;
    recovery[await adoptSealed(services, clip)] += 1;
  }
  await sweepInterrupted(services.database, layout);
  for (const name of await readdir(layout.incoming)) {
    if (kept.has(name)) continue;
    await rm(join(layout.incoming, name), { recursive: true, force: true });
    recovery.removed += 1;
  }
  return recovery;
}

/** Carries a clip on whose bytes were claimed to be on disk; where they are not, it goes back to `listed`. */
async function finishOrReturn(services: Services, clip: ClipRecord): Promise<Outcome> {
  const { layout } = services;
  try {
    if (await exists(layout.sealedFolder(clip.clipId))) await moveBack(services, clip);
    const media = join(layout.incomingFolder(clip.clipId), mediaFileName(clip.name));
    const stored = await readBackFile(media, 'blake3', services.pool);
    assertSameCopy(clip.clipId, { blake3: clip.blake3 ?? '', sizeBytes: clip.sizeBytes }, stored);
    const moves = new Moves(services);
    if (clip.state === 'pulled') {
      await moves.add({
        clipId: clip.clipId,
        to: 'verified',
        columns: { read_back: stored.readBack },
        details: { blake3: stored.blake3, readBack: stored.readBack, recovered: true },
        later: false,
      });
    }
    const time = await services.clipTimes.reckon(clip);
    await sealClip(
      services,
      { ...clip, time },
      await takenFacts(services, clip, stored.readBack),
      await readClaims(services.database, clip.recorderId),
      moves,
    );
    return 'finished';
  } catch (error) {
    if (!isNotWhole(error)) return 'kept';
    // What stands there is not the copy that was claimed: the recorder still has the clip.
    await returnToListed(services, clip);
    return 'returned';
  }
}

type Outcome = 'finished' | 'returned' | 'kept';

/** True where the copy itself is at fault; a full or failing disk says nothing about it. */
function isNotWhole(error: unknown): boolean {
  return (
    isIngestError(error, 'COPY_MISMATCH') || error instanceof NotSealedError || errnoOf(error) === 'ENOENT'
  );
}

/** A sealed folder whose record is missing, torn or another clip's. */
class NotSealedError extends Error {}

/** A crash between the rename and its commit: the folder stands in its place, the index does not know. */
async function moveBack(services: Services, clip: ClipRecord): Promise<void> {
  const { layout } = services;
  await rename(layout.sealedFolder(clip.clipId), layout.incomingFolder(clip.clipId));
}

async function returnToListed(services: Services, clip: ClipRecord): Promise<void> {
  await rm(services.layout.incomingFolder(clip.clipId), { recursive: true, force: true });
  await rm(services.layout.sealedFolder(clip.clipId), { recursive: true, force: true });
  await services.database.write((transaction) =>
    moveClip(transaction, services.custody, {
      clipId: clip.clipId,
      to: 'listed',
      details: { reason: 'the copy was not whole after a restart' },
    }),
  );
}

/** A small clip whose three moves were to be committed together: if its sealed folder stands whole, it is adopted. */
async function adoptSealed(services: Services, clip: ClipRecord): Promise<Outcome> {
  const folder = services.layout.sealedFolder(clip.clipId);
  try {
    const record = await readFile(join(folder, recordFileName), 'utf8');
    const sealed = parseSealedFile(record);
    if (sealed?.clipId !== clip.clipId) throw new NotSealedError('not the record of this clip');
    const { media } = sealed;
    const stored = await readBackFile(join(folder, mediaFileName(clip.name)), 'blake3', services.pool);
    assertSameCopy(clip.clipId, media, stored);
    await syncFolder(join(folder, '..'));
    const details = { recovered: true };
    const { clipId } = clip;
    const moves = new Moves(services, sealed.dockingId ?? undefined);
    const { sha256, blake3, sampleBlake3, sizeBytes } = media;
    const columns = {
      sha256,
      blake3,
      sample_blake3: sampleBlake3,
      size_bytes: sizeBytes,
      pulled_in: sealed.dockingId,
    };
    await moves.add({
      clipId,
      to: 'pulled',
      columns,
      details: { ...details, sha256, blake3, sizeBytes },
      later: true,
    });
    await moves.add({
      clipId,
      to: 'verified',
      columns: { read_back: stored.readBack },
      details,
      later: true,
    });
    const storePath = services.layout.storePath(clipId);
    const recordSha256 = sha256Hex(record);
    await moves.add({
      clipId,
      to: 'sealed',
      columns: { store_path: storePath, record_sha256: recordSha256 },
      details: { ...details, recordSha256, storePath },
      later: false,
    });
    return 'finished';
  } catch (error) {
    if (!isNotWhole(error)) return 'kept';
    // Nothing was claimed for this clip, and the recorder still has it.
    await rm(folder, { recursive: true, force: true });
    return 'returned';
  }
}

/** What was measured before the stop. The times of what was done then are the custody log's, not those of the restart. */
async function takenFacts(
  services: Services,
  clip: ClipRecord,
  readBack: 'media' | 'cache',
): Promise<TakenFacts> {
  return {
    sizeBytes: clip.sizeBytes,
    sha256: clip.sha256 ?? '',
    blake3: clip.blake3 ?? '',
    sampleBlake3: clip.sampleBlake3 ?? '',
    readBack,
    pulledAt: await timeOf(services, clip.clipId, 'pulled'),
    verifiedAt: await timeOf(services, clip.clipId, 'verified'),
    pulledIn: clip.pulledIn ?? clip.dockingId,
  };
}

async function timeOf(services: Services, clipId: string, action: 'pulled' | 'verified'): Promise<string> {
  const [row] = await services.database.read(
    'SELECT at FROM custody_entry WHERE clip_id = ? AND action = ? ORDER BY sequence DESC LIMIT 1',
    [clipId, action],
  );
  if (row === undefined) throw new NotSealedError(`no entry tells when clip ${clipId} was ${action}`);
  return String(row.at);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
