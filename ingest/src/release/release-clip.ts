import { isRecorderError, type Recorder, RecorderError } from '@docket/device-protocol';
import {
  notDockedElsewhere,
  type RegisteredClip,
  type RegistrationContext,
  requireClip,
} from '../clip/clip-index.ts';
import { moveClip } from '../clip/clip-moves.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { digestReader } from '../pull/digest-reader.ts';
import type { StoreServices } from '../pull/taking.ts';
import { announceStep } from '../step-channel.ts';
import { readReleaseFacts } from './release-facts.ts';
import { type ReleaseRule, type ReleaseVerdict, releaseVerdict } from './release-policy.ts';

export interface ReleaseContext {
  recorder: Recorder;
  dockingId: string;
  rule: ReleaseRule;
  signal: AbortSignal;
  /** It may go, and is about to. */
  onReleasing(clip: RegisteredClip): void;
}

/**
 * Frees the recorder's copy of one clip where policy and receipts allow it. A copy pulled in an earlier docking is
 * read again whole and compared first: what the recorder carried meanwhile nobody saw. The intent is recorded before
 * the erasure, so that a crash between the two is understood later. Throws RecorderError.
 */
export async function releaseClip(
  services: StoreServices,
  context: ReleaseContext,
  registered: RegisteredClip,
): Promise<ReleaseVerdict> {
  const clip = await requireClip(services.database, registered.clipId);
  const verdict = releaseVerdict(await readReleaseFacts(services.database, clip, context.rule), context.rule);
  if (!verdict.mayRelease || clip.sha256 === null) return verdict;
  context.onReleasing(registered);
  if (clip.pulledIn !== context.dockingId) await assertStillSame(services, context, registered, clip.blake3);
  await recordIntent(services, context.dockingId, clip.clipId);
  const proof = { sizeBytes: clip.sizeBytes, sha256: clip.sha256 };
  let how: 'erased' | 'found-erased' = 'erased';
  try {
    await context.recorder.erase(registered.listed, proof, context.signal);
  } catch (error) {
    if (!isRecorderError(error) || error.code !== 'CLIP_MISSING') throw error;
    how = 'found-erased';
  }
  announceStep('recorder.erased', clip.clipId);
  await recordRelease(services.database, services.custody, context.dockingId, clip.clipId, how);
  return verdict;
}

async function assertStillSame(
  services: StoreServices,
  context: ReleaseContext,
  registered: RegisteredClip,
  blake3: string | null,
): Promise<void> {
  const reader = await context.recorder.open(registered.listed, context.signal);
  try {
    const digests = await digestReader(reader, 'blake3', services.pool, {
      clipName: registered.listed.name,
      stallTimeoutMs: services.stallTimeoutMs,
      signal: context.signal,
    });
    if (digests.blake3 === blake3) return;
  } finally {
    await reader.close();
  }
  throw new RecorderError(
    'CLIP_CHANGED',
    `${registered.listed.name} on the recorder is not the clip that was archived`,
    {
      clipName: registered.listed.name,
    },
  );
}

async function recordIntent(services: StoreServices, dockingId: string, clipId: string): Promise<void> {
  await services.database.write(async (transaction) => {
    await transaction.run('UPDATE clip SET release_started_at = ? WHERE clip_id = ?', [
      new Date().toISOString(),
      clipId,
    ]);
    await services.custody.append(transaction, { action: 'release-started', clipId, dockingId });
  });
  announceStep('clip.release-started', clipId);
}

async function recordRelease(
  database: IndexDatabase,
  custody: CustodyLog,
  dockingId: string,
  clipId: string,
  how: 'erased' | 'found-erased',
): Promise<void> {
  await database.write((transaction) =>
    moveClip(transaction, custody, {
      clipId,
      to: 'released',
      columns: { released_at: new Date().toISOString() },
      dockingId,
      details: { how },
    }),
  );
}

/** Clips whose erasure was begun, and which are no longer on the recorder: the crash came after the erasure. */
export async function settleInterruptedReleases(
  database: IndexDatabase,
  custody: CustodyLog,
  context: RegistrationContext,
  present: ReadonlySet<string>,
): Promise<void> {
  const rows = await database.read(
    `SELECT clip_id FROM clip WHERE recorder_id = ? AND state = 'receipted' AND release_started_at IS NOT NULL AND live_session_id IS NULL
     AND ${notDockedElsewhere}`,
    [context.recorderId, context.dockingId],
  );
  for (const row of rows) {
    const clipId = String(row.clip_id);
    if (!present.has(clipId))
      await recordRelease(database, custody, context.dockingId, clipId, 'found-erased');
  }
}
