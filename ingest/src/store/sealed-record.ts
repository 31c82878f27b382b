import { createHash } from 'node:crypto';
import type { RecorderIdentity } from '@docket/device-protocol';
import type { ClipRecord } from '../clip/clip-record.ts';
import { deviceTimeText } from '../clip/device-time.ts';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import { mediaFileName } from './store-layout.ts';

/** What was measured while a clip was taken. */
export interface TakenFacts {
  sizeBytes: number;
  sha256: string;
  blake3: string;
  sampleBlake3: string;
  readBack: 'media' | 'cache';
  pulledAt: string;
  verifiedAt: string;
  /** The docking in which the bytes were taken; `null` where no docking brought them. */
  pulledIn: string | null;
  /** Of a live segment: how it was recorded. */
  live?: { readonly [key: string]: JsonValue };
  /** `stored-file`: nobody was left who had hashed the bytes as they came. */
  hashedFrom?: 'source-stream' | 'stored-file';
}

export type RecorderClaims = Omit<RecorderIdentity, 'source'> & { recorderId: string; driver: string };

/**
 * The record that lies beside a stored clip as `clip.json`: canonical JSON (RFC 8785) that explains the clip without
 * the index. Times are as found; `time` is how they were understood when the clip was sealed.
 */
export function sealedRecord(
  clip: ClipRecord,
  taken: TakenFacts,
  recorder: RecorderClaims,
  dockName: string,
): string {
  const record: JsonValue = {
    v: 1,
    clipId: clip.clipId,
    dock: dockName,
    slot: clip.slot,
    dockingId: taken.pulledIn,
    liveSessionId: clip.liveSessionId,
    recorder: { ...recorder },
    original: {
      pathBase64: clip.pathBytes.toString('base64'),
      path: clip.path,
      name: clip.name,
      nameEncoding: clip.nameEncoding,
      modifiedAt: clip.modifiedAt === null ? null : deviceTimeText(clip.modifiedAt),
      startedAtByName: clip.startedAt === null ? null : deviceTimeText(clip.startedAt),
    },
    kind: clip.kind,
    marked: clip.marked,
    markedSource: clip.markedSource,
    quarantine: clip.quarantine === null ? null : { ...clip.quarantine },
    officerNumber: clip.officerNumber,
    clock: { ...clip.clock } as JsonValue,
    time: clip.time as JsonValue,
    ...(taken.live === undefined ? {} : { live: taken.live }),
    media: {
      file: mediaFileName(clip.name),
      sizeBytes: taken.sizeBytes,
      sha256: taken.sha256,
      blake3: taken.blake3,
      sampleBlake3: taken.sampleBlake3,
      hashedFrom: taken.hashedFrom ?? 'source-stream',
      readBack: taken.readBack,
    },
    listedAt: clip.collectedAt,
    pulledAt: taken.pulledAt,
    verifiedAt: taken.verifiedAt,
  };
  return canonicalJson(record);
}

export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
