import type { ClipRecord } from '@docket/ingest';
import type { Clip } from '../contract/index.ts';

function receiptAnswer(receipt: ClipRecord['receipts'][number]): Clip['receipts'][number] {
  const { target, object, sha256, sizeBytes, storedAt, issuedBy, grade, verified, worm, retainUntil } =
    receipt;
  return { target, object, sha256, sizeBytes, storedAt, issuedBy, grade, verified, worm, retainUntil };
}

/** A clip as the API shows it. Field by field, so that nothing of the index leaks by being added there. */
export function clipAnswer(record: ClipRecord): Clip {
  return {
    clipId: record.clipId,
    name: record.name,
    nameEncoding: record.nameEncoding,
    path: record.path,
    kind: record.kind,
    sizeBytes: record.sizeBytes,
    state: record.state,
    marked: record.marked,
    markedSource: record.markedSource,
    quarantine: record.quarantine,
    recorderId: record.recorderId,
    recorderSerialNumber: record.recorderSerialNumber,
    officerNumber: record.officerNumber,
    dockingId: record.pulledIn ?? record.dockingId,
    liveSessionId: record.liveSessionId,
    slot: record.slot,
    startedAt: record.startedAt,
    modifiedAt: record.modifiedAt,
    clock: record.clock,
    utcStart: record.time?.start ?? null,
    utcEnd: record.time?.end ?? null,
    timeSources: record.time?.sources ?? [],
    timeConflicts: record.time?.conflicts ?? [],
    timeDoubts: record.time?.doubts ?? [],
    collectedAt: record.collectedAt,
    sha256: record.sha256,
    blake3: record.blake3,
    readBack: record.readBack,
    media: record.media,
    hasThumbnail: record.hasThumbnail,
    receipts: record.receipts.map(receiptAnswer),
    releasedAt: record.releasedAt,
    localRemovedAt: record.localRemovedAt,
  };
}
