import { rm } from 'node:fs/promises';
import { moveClip } from '../../clip/clip-moves.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import type { HostClock } from '../../time/host-clock/host-clock.ts';
import { type SealServices, sealSegment } from '../recording/seal-segment.ts';
import { cutBack } from './cut-back.ts';
import { endOpenSessions } from './end-open-sessions.ts';
import { type LeftSegment, leftSegments } from './left-segments.ts';
import { recoveredFacts } from './recovered-facts.ts';
import { recoveredTime } from './recovered-time.ts';

export interface LiveRecoveryServices extends SealServices {
  hostClock: { read(signal: AbortSignal): Promise<HostClock> };
  assumedDelayMs: number;
}

export interface LiveRecovery {
  /** Segments that were cut back to their last whole part and sealed. */
  finished: number;
  /** Of which nothing whole stood. */
  lost: number;
  /** Segments that could not be looked at (disk full or failing), by clip id; they wait for the next start. */
  kept: string[];
}

/**
 * Finishes what the last run was recording when it ended: each segment is cut back to its last whole part, hashed, and
 * sealed; what differs from what was claimed is sealed in quarantine, and nothing is thrown away. Sessions that were open
 * end, with a gap up to now.
 */
export async function recoverLive(services: LiveRecoveryServices): Promise<LiveRecovery> {
  const recovery: LiveRecovery = { finished: 0, lost: 0, kept: [] };
  for (const left of await leftSegments(services.database)) {
    try {
      if (await recoverSegment(services, left)) recovery.finished += 1;
      else recovery.lost += 1;
    } catch {
      recovery.kept.push(left.clip.clipId);
    }
  }
  await endOpenSessions(services);
  return recovery;
}

/** False where nothing of it was whole, and it is `lost`. */
async function recoverSegment(services: LiveRecoveryServices, left: LeftSegment): Promise<boolean> {
  const { clip, sessionId, start } = left;
  const { database, layout, hostClock, assumedDelayMs } = services;
  const found = await cutBack(layout, left);
  if (found === null || found.parts === 0) {
    await moveLost(services, left, found?.tornBytes ?? 0);
    return false;
  }
  const { sha256, blake3, sizeBytes } = clip;
  const host = await hostClock.read(new AbortController().signal);
  await sealSegment(services, {
    clipId: clip.clipId,
    written: sha256 === null || blake3 === null ? null : { sha256, blake3, sizeBytes },
    chain: {
      session: sessionId,
      sequence: start.sequence,
      previousSha256: await previousSha256(database, left),
    },
    live: await recoveredFacts(database, left, found),
    ...(await recoveredTime(database, left, found, { host, assumedDelayMs })),
    recovered: { recovered: true, tornBytes: found.tornBytes },
  });
  return true;
}

/** Throws where it had been whole once: then it is no loss, but a store that fails. */
async function moveLost(
  { database, custody, layout }: LiveRecoveryServices,
  { clip: { clipId, state }, sessionId, start }: LeftSegment,
  tornBytes: number,
): Promise<void> {
  if (state !== 'recording') throw new Error(`the media of clip ${clipId} is not there`);
  await database.write((transaction) =>
    moveClip(transaction, custody, {
      clipId,
      to: 'lost',
      details: {
        session: sessionId,
        sequence: start.sequence,
        tornBytes,
        reason: 'no part of it was whole when the gateway stopped',
      },
    }),
  );
  await rm(layout.incomingFolder(clipId), { recursive: true, force: true });
}

async function previousSha256(index: IndexReader, { sessionId, start }: LeftSegment): Promise<string | null> {
  const [row] = await index.read(
    `SELECT sha256 FROM clip WHERE live_session_id = ? AND live_sequence < ? AND sha256 IS NOT NULL
     ORDER BY live_sequence DESC LIMIT 1`,
    [sessionId, start.sequence],
  );
  return row === undefined ? null : String(row.sha256);
}
