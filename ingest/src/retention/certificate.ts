import type { RemovalOutcome } from '../archive/archive-target.ts';
import { readClip } from '../clip/clip-queries.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { readDeletionRequest } from './deletion-record.ts';
import type { RetentionClass } from './retention.ts';

/** What was deleted, why and by whom: the last word on a clip, as it stands in the custody log. */
export interface DeletionCertificate {
  v: 1;
  clipId: string;
  requestId: string;
  name: string;
  pathBase64: string;
  recorderId: string;
  recorderSerialNumber: string | null;
  sizeBytes: number;
  sha256: string;
  blake3: string | null;
  recordSha256: string | null;
  /** When it was recorded, as last understood. */
  recordedFrom: string | null;
  recordedTo: string | null;
  collectedAt: string;
  sealedAt: string;
  releasedAt: string | null;
  receipts: { target: string; object: string; storedAt: string; issuedBy: string }[];
  class: RetentionClass;
  /** Until when it was kept. */
  keptUntil: string;
  reason: string;
  requestedBy: string;
  requestedAt: string;
  approvedBy: string;
  approvedAt: string;
  approvalReason: string | null;
  isByTwoPersons: boolean;
  startedAt: string;
  doneAt: string;
  archives: ArchivedCopy[];
}

/** What became of the copy in one archive. */
export interface ArchivedCopy {
  target: string;
  outcome: RemovalOutcome;
}

/** What was found when the deletion was begun; kept beside it. */
export interface DeletionGrounds {
  class: RetentionClass;
  keptUntil: string;
  sealedAt: string;
}

/** Draws up the certificate of a deletion whose bytes are gone. */
export async function drawUpCertificate(
  index: IndexReader,
  { clipId, requestId }: { clipId: string; requestId: string },
  archives: DeletionCertificate['archives'],
): Promise<DeletionCertificate> {
  const clip = await readClip(index, clipId);
  const request = await readDeletionRequest(index, requestId);
  const [row] = await index.read(
    'SELECT grounds, started_at FROM deletion WHERE request_id = ? AND clip_id = ?',
    [requestId, clipId],
  );
  if (clip === null || clip.sha256 === null || request === null || row === undefined) {
    throw new RangeError(`no deletion of clip ${clipId} was begun`);
  }
  return {
    v: 1,
    clipId,
    requestId,
    name: clip.name,
    pathBase64: clip.pathBytes.toString('base64'),
    recorderId: clip.recorderId,
    recorderSerialNumber: clip.recorderSerialNumber,
    sizeBytes: clip.sizeBytes,
    sha256: clip.sha256,
    blake3: clip.blake3,
    recordSha256: clip.recordSha256,
    recordedFrom: clip.time?.start.value ?? null,
    recordedTo: clip.time?.end.value ?? null,
    collectedAt: clip.collectedAt,
    releasedAt: clip.releasedAt,
    receipts: clip.receipts.map(({ target, object, storedAt, issuedBy }) => ({
      target,
      object,
      storedAt,
      issuedBy,
    })),
    ...(JSON.parse(String(row.grounds)) as DeletionGrounds),
    reason: request.reason,
    requestedBy: request.requestedBy,
    requestedAt: request.requestedAt,
    approvedBy: request.decidedBy ?? request.requestedBy,
    approvedAt: request.decidedAt ?? request.requestedAt,
    approvalReason: request.decisionReason,
    isByTwoPersons: request.needsSecondPerson,
    startedAt: String(row.started_at),
    doneAt: new Date().toISOString(),
    archives,
  };
}

/** The certificate of a deleted clip; `null` where none is deleted whole. */
export async function readCertificate(
  index: IndexReader,
  clipId: string,
): Promise<DeletionCertificate | null> {
  const [row] = await index.read("SELECT certificate FROM deletion WHERE clip_id = ? AND state = 'done'", [
    clipId,
  ]);
  return row === undefined ? null : (JSON.parse(String(row.certificate)) as DeletionCertificate);
}
