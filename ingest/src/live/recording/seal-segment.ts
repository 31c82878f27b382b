import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { requireClip } from '../../clip/clip-index.ts';
import type { Quarantine } from '../../clip/quarantine.ts';
import type { JsonValue } from '../../custody/canonical-json.ts';
import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { HashPool } from '../../pull/hash-pool.ts';
import type { Digests } from '../../pull/hash-protocol.ts';
import { type ReadBack, readBackFile } from '../../pull/read-back.ts';
import { sampleRanges } from '../../pull/sample-ranges.ts';
import { Moves, sealClip } from '../../pull/take-clip.ts';
import { readClaims } from '../../store/recorder-claims.ts';
import { mediaFileName, type StoreLayout } from '../../store/store-layout.ts';
import type { ClipTime } from '../../time/clip-time.ts';

export interface SealServices {
  database: IndexDatabase;
  custody: CustodyLog;
  layout: StoreLayout;
  pool: HashPool;
  dockName: string;
}

type Facts = { readonly [key: string]: JsonValue };

/** A segment that stands on the disk, with what is known of it. */
export interface SegmentToSeal {
  clipId: string;
  /** Of the bytes as they were written; `null` where nobody was left who had hashed them. */
  written: (Digests & { sizeBytes: number }) | null;
  /** What every custody entry of it names: the session, its place in it, and the hash of the segment before it. */
  chain: { session: string; sequence: number; previousSha256: string | null };
  /** How it was recorded, as its sealed record tells. */
  live: Facts;
  time: ClipTime;
  /** Where it lies on the session's media time, in milliseconds. */
  line: { fromMs: number; toMs: number } | null;
  /** Told in the custody entries of a segment that was finished after a restart. */
  recovered?: Facts;
}

/**
 * Carries a segment from `recording` (or where a crash left it) to `sealed`: reads it back past the page cache, compares,
 * lays its record beside it and puts it in its place. What differs from what was written is sealed as it stands, in
 * quarantine: there is nowhere to take it from anew. Resolves with its SHA-256. Throws what disk and index throw; may be
 * repeated.
 */
export async function sealSegment(services: SealServices, segment: SegmentToSeal): Promise<string> {
  const { clipId, chain } = segment;
  const clip = await requireClip(services.database, clipId);
  const path = join(services.layout.incomingFolder(clipId), mediaFileName(clip.name));
  const moves = new Moves(services, undefined, { ...chain, ...(segment.recovered ?? {}) });
  const stored = await readStored(path, segment.written, services.pool);
  const written = segment.written ?? stored;
  const pulledAt = new Date().toISOString();
  const sampleBlake3 = await sampleOf(path, stored.sizeBytes, services.pool);
  if (clip.state === 'recording') {
    await moves.add({
      clipId,
      to: 'pulled',
      columns: {
        sha256: written.sha256,
        blake3: written.blake3,
        sample_blake3: sampleBlake3,
        size_bytes: written.sizeBytes,
        live_from_ms: segment.line?.fromMs ?? null,
        live_to_ms: segment.line?.toMs ?? null,
      },
      details: {
        sha256: written.sha256,
        blake3: written.blake3,
        sizeBytes: written.sizeBytes,
        live: segment.live,
      },
      later: false,
    });
  }
  const quarantine = clip.quarantine ?? mismatch(written, stored);
  if (clip.state !== 'verified') {
    await moves.add({
      clipId,
      to: 'verified',
      columns: {
        read_back: stored.readBack,
        sha256: stored.sha256,
        blake3: stored.blake3,
        sample_blake3: sampleBlake3,
        size_bytes: stored.sizeBytes,
      },
      quarantine,
      details: { blake3: stored.blake3, readBack: stored.readBack },
      later: false,
    });
  }
  const { readBack, sha256, blake3, sizeBytes } = stored;
  await sealClip(
    services,
    { ...clip, sizeBytes, sha256, blake3, sampleBlake3, quarantine, time: segment.time },
    {
      sizeBytes,
      sha256,
      blake3,
      sampleBlake3,
      readBack,
      pulledAt,
      verifiedAt: new Date().toISOString(),
      pulledIn: null,
      live: { ...segment.live, ...chain },
      hashedFrom: segment.written === null || quarantine !== null ? 'stored-file' : 'source-stream',
    },
    await readClaims(services.database, clip.recorderId),
    moves,
  );
  return sha256;
}

/** BLAKE3 tells whether these are the bytes that were written; where they are not, SHA-256 tells what they are. */
async function readStored(
  path: string,
  written: SegmentToSeal['written'],
  pool: HashPool,
): Promise<ReadBack> {
  if (written !== null) {
    const stored = await readBackFile(path, 'blake3', pool);
    if (mismatch(written, stored) === null) return { ...stored, sha256: written.sha256 };
  }
  return readBackFile(path, 'sha256+blake3', pool);
}

function mismatch(written: Digests & { sizeBytes: number }, stored: ReadBack): Quarantine | null {
  if (written.blake3 === stored.blake3 && written.sizeBytes === stored.sizeBytes) return null;
  return {
    reason: 'store-mismatch',
    detail: `${written.sizeBytes} bytes with SHA-256 ${written.sha256} were written, the store gives ${stored.sizeBytes} bytes with ${stored.sha256}`,
  };
}

async function sampleOf(path: string, sizeBytes: number, pool: HashPool): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (const { startBytes, endBytes } of sampleRanges(sizeBytes)) {
      const part = Buffer.alloc(endBytes - startBytes);
      const { bytesRead } = await handle.read(part, 0, part.length, startBytes);
      parts.push(part.subarray(0, bytesRead));
    }
    return await pool.digestSample(Buffer.concat(parts));
  } finally {
    await handle.close();
  }
}
