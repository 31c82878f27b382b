import { readClip } from '../../clip/clip-queries.ts';
import type { ClipRecord } from '../../clip/clip-record.ts';
import { isStored } from '../../clip/clip-states.ts';
import type { SqlRow } from '../../index-store/connection.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import { readLinks } from '../../mapping/clip-link.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import type { ClipTime } from '../../time/clip-time.ts';
import type { ClockStatement } from '../../time/clock-statement.ts';
import { type IndexRecordBody, mostCustodyEntries } from './index-record-schema.ts';

/** What a record says of its clip, before it has its place in the chain. */
export type RecordContent = Omit<IndexRecordBody, 'sequence' | 'previousSha256' | 'at' | 'revises'>;

/** What is known of a clip now; `null` while it is not sealed, or is none. */
export async function composeRecord(
  index: IndexReader,
  clipId: string,
  { dock, organisation }: { dock: string; organisation: string | null },
): Promise<RecordContent | null> {
  const clip = await readClip(index, clipId);
  if (clip === null || !(isStored(clip.state) || clip.state === 'deleted')) return null;
  const { sha256, recordSha256 } = clip;
  if (sha256 === null || recordSha256 === null) return null;
  const isOnHold = await isHeld(index, clipId);
  const grounds = [...(clip.marked ? ['marked' as const] : []), ...(isOnHold ? ['on-hold' as const] : [])];
  return {
    v: 1,
    dock,
    organisation,
    clip: {
      id: clipId,
      sha256,
      sm3: null,
      sizeBytes: clip.sizeBytes,
      kind: clip.kind,
      name: clip.name,
      state: clip.state as RecordContent['clip']['state'],
      quarantine: clip.quarantine?.reason ?? null,
      sealedRecordSha256: recordSha256,
      media: mediaOf(clip),
    },
    recorder: await recorderOf(index, clip),
    officer: { number: clip.officerNumber, id: await wearerOf(index, clipId) },
    links: (await readLinks(index, { clipId })).map(({ caseId, step, activityId, source, confidence }) => ({
      caseId,
      step,
      activityId,
      source,
      confidence,
    })),
    time: clip.time === null ? null : timeOf(clip.time),
    importance: { isImportant: grounds.length > 0, grounds },
    retention: { ...(await retentionOf(index, clipId)), isOnHold },
    custody: await custodyOf(index, clipId),
    receipts: await receiptsOf(index, clipId),
  };
}

function mediaOf({ media }: ClipRecord): RecordContent['clip']['media'] {
  if (media === null) return null;
  const { container, durationMs, width, height, videoCodec, audioCodec } = media;
  return { container, durationMs, width, height, videoCodec, audioCodec };
}

async function recorderOf(index: IndexReader, clip: ClipRecord): Promise<RecordContent['recorder']> {
  const [row] = await index.read('SELECT vendor, model FROM recorder WHERE recorder_id = ?', [
    clip.recorderId,
  ]);
  return {
    id: clip.recorderId,
    serialNumber: clip.recorderSerialNumber,
    vendor: textOrNull(row?.vendor),
    model: textOrNull(row?.model),
    clock: clockOf(clip.clock),
  };
}

function clockOf(clock: ClockStatement): RecordContent['recorder']['clock'] {
  if (clock.state === 'unreadable') return { state: 'unreadable', reason: clock.reason };
  const { offsetMs, halfWidthMs, kind, method, readAt } = clock;
  return { state: 'measured', offsetMs, halfWidthMs, kind, method, readAt };
}

async function wearerOf(index: IndexReader, clipId: string): Promise<string | null> {
  const [row] = await index.read('SELECT officer_id FROM clip_mapping WHERE clip_id = ?', [clipId]);
  return textOrNull(row?.officer_id);
}

function timeOf({ start, end, sources, conflicts, doubts }: ClipTime): NonNullable<RecordContent['time']> {
  const byRecorder = ['recorder-clock', 'utc-by-recorder-clock'];
  return {
    start: { ...start },
    end: { ...end },
    isCorrected: sources.some(({ reading, notBefore }) => byRecorder.includes(reading) && notBefore !== null),
    sources: sources.map(({ kind, raw, reading, zone, tells, notBefore, notAfter }) => ({
      kind,
      raw,
      reading,
      zone,
      tells,
      notBefore,
      notAfter,
    })),
    conflicts: conflicts.map(({ between, apartMs, zoneHours }) => ({
      between: [...between],
      apartMs,
      zoneHours,
    })),
    doubts: [...doubts],
  };
}

/** On hold itself, or by a case it is or ever was linked to. */
async function isHeld(index: IndexReader, clipId: string): Promise<boolean> {
  const [row] = await index.read(
    `SELECT 1 FROM hold WHERE lifted_at IS NULL AND (clip_id = ?
       OR case_id IN (SELECT case_id FROM clip_link_entry WHERE clip_id = ?)) LIMIT 1`,
    [clipId, clipId],
  );
  return row !== undefined;
}

async function retentionOf(
  index: IndexReader,
  clipId: string,
): Promise<Pick<RecordContent['retention'], 'class' | 'until'>> {
  const [row] = await index.read('SELECT class, keep_until FROM clip_retention WHERE clip_id = ?', [clipId]);
  return {
    class: (row?.class ?? null) as RecordContent['retention']['class'],
    until: textOrNull(row?.keep_until),
  };
}

async function custodyOf(index: IndexReader, clipId: string): Promise<RecordContent['custody']> {
  const [counted] = await index.read('SELECT count(*) AS n FROM custody_entry WHERE clip_id = ?', [clipId]);
  const rows = await index.read(
    `SELECT sequence, action, at, actor, leaf_hash FROM custody_entry WHERE clip_id = ?
     ORDER BY sequence DESC LIMIT ?`,
    [clipId, mostCustodyEntries],
  );
  return {
    count: Number(counted?.n ?? 0),
    entries: rows.reverse().map((row) => ({
      sequence: Number(row.sequence),
      action: String(row.action),
      at: String(row.at),
      actor: String(row.actor),
      leafHash: Buffer.from(row.leaf_hash as Buffer).toString('hex'),
    })),
  };
}

async function receiptsOf(index: IndexReader, clipId: string): Promise<RecordContent['receipts']> {
  const rows = await index.read('SELECT * FROM receipt WHERE clip_id = ? ORDER BY target', [clipId]);
  return rows.map((row) => ({
    target: String(row.target),
    object: String(row.object),
    grade: String(row.grade),
    issuedBy: String(row.issued_by),
    storedAt: String(row.stored_at),
    noteSha256: sha256Hex(String(row.body)),
    recordSha256: textOrNull(row.record_sha256),
  }));
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
