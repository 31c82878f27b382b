import { type ClipState, isStored } from '../../clip/clip-states.ts';
import type { SqlRow } from '../../index-store/connection.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import type { ClipTime } from '../../time/clip-time.ts';
import { provenSpan, type Span } from '../../time/span.ts';
import type { Alignment } from './align-pictures.ts';
import type { ExpectedTime } from './decide-docked-only.ts';
import type { OriginalFacts, SegmentFacts, WholeListing } from './decide-segment.ts';
import type { LinePlace } from './picture-place.ts';
import { startWhateverDelay } from './start-whatever-delay.ts';

/** A segment, with when it is told to have begun: for showing, never for deciding. */
export interface ToldSegment extends SegmentFacts {
  toldFromMs: number;
  /** `null` where that is not known. */
  onLine: LinePlace | null;
}

/** All that deciding one session rests on. */
export interface SessionFacts {
  sessionId: string;
  recorderId: string;
  segments: ToldSegment[];
  /** Clips of the recorder that may hold what was sent live; what is known of pictures depends on the segment. */
  originals: Omit<OriginalFacts, 'comparison' | 'alignments' | 'place'>[];
  comparisons: Comparison[];
  listings: WholeListing[];
  expected: ExpectedTime[];
}

export interface Comparison extends Pick<OriginalFacts, 'comparison' | 'alignments'> {
  clipId: string;
  originalClipId: string;
}

/** What does not turn up in so many dockings after a session is not looked for any more. */
const searchedDockings = 8;

const unknownSpan: Span = {
  start: { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY },
  end: { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY },
};
/** Reasons of quarantine for which a clip's bytes prove nothing. */
const unsoundReasons: readonly unknown[] = ['device-hash-differs', 'store-mismatch'];

/** Reads what is known of a session and of its recorder's dockings since. `null` where there is no such session. */
export async function readSessionFacts(index: IndexReader, sessionId: string): Promise<SessionFacts | null> {
  const [session] = await index.read('SELECT * FROM live_session WHERE session_id = ?', [sessionId]);
  if (session === undefined) return null;
  const recorderId = String(session.recorder_id);
  const { segments, begunAt } = await readSegments(index, sessionId);
  const dockings = await readDockings(index, recorderId, begunAt);
  return {
    sessionId,
    recorderId,
    segments,
    originals: await readOriginals(index, recorderId, dockings),
    comparisons: await readComparisons(index, sessionId),
    listings: dockings.filter(({ isWhole }) => isWhole),
    expected: [...(await readGaps(index, sessionId)), ...(await readOperations(index, recorderId, session))],
  };
}

async function readSegments(
  index: IndexReader,
  sessionId: string,
): Promise<{ segments: ToldSegment[]; begunAt: number }> {
  const rows = await index.read(
    `SELECT clip_id, time, live_line, live_from_ms, live_to_ms, (SELECT min(sequence) FROM custody_entry WHERE custody_entry.clip_id = clip.clip_id) AS begun_at,
       (SELECT min(sequence) FROM custody_entry WHERE custody_entry.clip_id = clip.clip_id AND action = 'sealed') AS sealed_at
     FROM clip WHERE live_session_id = ? AND kind = 'video' ORDER BY clip_id`,
    [sessionId],
  );
  const begun = rows.map((row) => Number(row.begun_at ?? 0));
  return {
    segments: rows.flatMap((row) => segmentOf(row) ?? []),
    begunAt: begun.length === 0 ? 0 : Math.min(...begun),
  };
}

/** `null` for one that is not sealed, or whose length nobody can tell. */
function segmentOf(row: SqlRow): ToldSegment | null {
  if (row.sealed_at === null || row.time === null) return null;
  const time = JSON.parse(String(row.time)) as ClipTime;
  const toldFromMs = Date.parse(time.start.value ?? '');
  // One that was finished after a crash does not know its place on the media time.
  const lengthMs =
    row.live_to_ms === null
      ? Date.parse(time.end.value ?? '') - toldFromMs
      : Math.round(Number(row.live_to_ms) - Number(row.live_from_ms));
  if (Number.isNaN(toldFromMs) || !(lengthMs > 0)) return null;
  return {
    clipId: String(row.clip_id),
    lengthMs,
    start: startWhateverDelay(time),
    sealedAt: Number(row.sealed_at),
    toldFromMs,
    onLine:
      row.live_from_ms === null ? null : { line: Number(row.live_line), fromMs: Number(row.live_from_ms) },
  };
}

interface LaterDocking extends WholeListing {
  isWhole: boolean;
}

/** The last docking that began before the session, whose recorder may have been slow to list, and those after. */
async function readDockings(
  index: IndexReader,
  recorderId: string,
  begunAt: number,
): Promise<LaterDocking[]> {
  const rows = await index.read(
    `SELECT docking_id, listed_whole AND safe_at IS NOT NULL AS is_whole,
       (SELECT min(sequence) FROM custody_entry WHERE custody_entry.docking_id = docking.docking_id) AS attached_at
     FROM docking WHERE recorder_id = ? ORDER BY attached_at`,
    [recorderId],
  );
  const dockings = rows.map((row) => ({
    dockingId: String(row.docking_id),
    attachedAt: Number(row.attached_at ?? 0),
    isWhole: row.is_whole === 1,
  }));
  const firstAfter = dockings.findIndex(({ attachedAt }) => attachedAt > begunAt);
  const from = firstAfter < 0 ? dockings.length - 1 : firstAfter - 1;
  return dockings.slice(Math.max(0, from), Math.max(0, from) + 1 + searchedDockings);
}

/** Films of those dockings, and what could not even be opened: it may be one. */
async function readOriginals(
  index: IndexReader,
  recorderId: string,
  dockings: readonly LaterDocking[],
): Promise<SessionFacts['originals']> {
  const attachedAt = new Map(dockings.map((docking) => [docking.dockingId, docking.attachedAt]));
  const rows = await index.read(
    `SELECT clip_id, docking_id, state, time, media, quarantine_reason
     FROM json_each(?) AS docked CROSS JOIN clip ON clip.docking_id = docked.value
     WHERE recorder_id = ? AND (kind = 'video' OR (kind = 'sidecar' AND state = 'unreadable')) ORDER BY clip_id`,
    [JSON.stringify([...attachedAt.keys()]), recorderId],
  );
  return rows.map((row) => {
    const state = row.state as ClipState;
    const isTaken = isStored(state) || state === 'deleted';
    const time = row.time === null ? null : (JSON.parse(String(row.time)) as ClipTime);
    const media =
      row.media === null ? null : (JSON.parse(String(row.media)) as { durationMs: number | null });
    return {
      clipId: String(row.clip_id),
      span: (isTaken && time !== null ? provenSpan(time) : null) ?? unknownSpan,
      isStored: isTaken,
      isSound: !unsoundReasons.includes(row.quarantine_reason),
      firstListedAt: attachedAt.get(String(row.docking_id)) ?? 0,
      lengthMs: media?.durationMs ?? null,
    };
  });
}

async function readComparisons(index: IndexReader, sessionId: string): Promise<Comparison[]> {
  const rows = await index.read(
    `SELECT clip_id, original_clip_id, picture_comparison.state, alignments FROM clip
     JOIN picture_comparison USING (clip_id) WHERE live_session_id = ?`,
    [sessionId],
  );
  return rows.map((row) => ({
    clipId: String(row.clip_id),
    originalClipId: String(row.original_clip_id),
    comparison: row.state as Comparison['comparison'],
    alignments: JSON.parse(String(row.alignments)) as Alignment[],
  }));
}

/** Gaps that are over. */
async function readGaps(index: IndexReader, sessionId: string): Promise<ExpectedTime[]> {
  const rows = await index.read(
    'SELECT gap_id, cause, from_ms, to_ms FROM live_gap WHERE session_id = ? AND to_ms > from_ms ORDER BY from_ms',
    [sessionId],
  );
  return rows.map((row) => ({
    fromMs: Number(row.from_ms),
    toMs: Number(row.to_ms),
    evidence: { kind: 'gap', gapId: String(row.gap_id), cause: String(row.cause) },
  }));
}

/** Stays of the recorder in operations during which the session ran, once they are over. */
async function readOperations(
  index: IndexReader,
  recorderId: string,
  session: SqlRow,
): Promise<ExpectedTime[]> {
  if (session.ended_at === null) return [];
  const rows = await index.read(
    `SELECT operation_id, joined_at, coalesce(left_at, closed_at) AS left_at FROM operation_recorder
     JOIN operation USING (operation_id)
     WHERE recorder_id = ? AND joined_at < ? AND coalesce(left_at, closed_at) > ? ORDER BY joined_at`,
    [recorderId, session.ended_at ?? null, session.started_at ?? null],
  );
  return rows.map((row) => ({
    fromMs: Date.parse(String(row.joined_at)),
    toMs: Date.parse(String(row.left_at)),
    evidence: { kind: 'operation', operationId: String(row.operation_id) },
  }));
}
