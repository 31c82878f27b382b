import type { SqlRow } from '../../index-store/connection.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import { recordedSpan } from '../../mapping/recorded-span.ts';
import type { ClipTime } from '../../time/clip-time.ts';
import type { Span } from '../../time/span.ts';
import type { ForwardFacts } from './forward-order.ts';

/** The facts of those of the clips that wait for an archive. */
export async function readForwardFacts(
  index: IndexReader,
  clipIds: readonly string[],
): Promise<ForwardFacts[]> {
  const asked = JSON.stringify(clipIds);
  const rows = await index.read(
    `SELECT clip.clip_id, clip.recorder_id, clip.time, clip.marked, clip.listed_at, clip.live_session_id,
       queued.queued_at, queued.demanded_at,
       (SELECT min(clip_link_entry.at) FROM clip_link JOIN clip_link_entry USING (sequence)
         WHERE clip_link.clip_id = clip.clip_id AND (clip_link.case_id IS NOT NULL OR clip_link.activity_id IS NOT NULL)) AS linked_at,
       (SELECT min(placed_at) FROM (
         SELECT placed_at FROM hold WHERE hold.clip_id = clip.clip_id AND lifted_at IS NULL
         UNION ALL SELECT placed_at FROM hold JOIN clip_link_entry USING (case_id)
           WHERE clip_link_entry.clip_id = clip.clip_id AND lifted_at IS NULL)) AS held_at
     FROM (SELECT clip_id, min(queued_at) AS queued_at, min(demanded_at) AS demanded_at FROM forward
       WHERE clip_id IN (SELECT value FROM json_each(?)) GROUP BY clip_id) AS queued JOIN clip USING (clip_id)`,
    [asked],
  );
  const facts: ForwardFacts[] = [];
  for (const row of rows) facts.push(await factsOf(index, row));
  return facts;
}

async function factsOf(index: IndexReader, row: SqlRow): Promise<ForwardFacts> {
  // A live segment is listed when it begins; it is whole when it is sealed, and queued in that moment.
  const recordedByMs = Date.parse(String(row.live_session_id === null ? row.listed_at : row.queued_at));
  const time = typeof row.time === 'string' ? (JSON.parse(row.time) as ClipTime) : null;
  const recorded = recordedSpan(time, recordedByMs);
  const isTrusted = recorded?.basis === 'proven' || recorded?.basis === 'assumed';
  return {
    clipId: String(row.clip_id),
    span: isTrusted ? recorded.span : null,
    recordedByMs,
    isMarked: row.marked === 1,
    isOfOperation: recorded !== null && (await isOfOperation(index, String(row.recorder_id), recorded.span)),
    linkedSinceMs: msOrNull(row.linked_at),
    heldSinceMs: msOrNull(row.held_at),
    demandedSinceMs: msOrNull(row.demanded_at),
  };
}

/** What may have been recorded in an operation counts: better one clip too early. */
async function isOfOperation(index: IndexReader, recorderId: string, { start, end }: Span): Promise<boolean> {
  if (![start.lowMs, end.highMs].every(isDay)) return false;
  const rows = await index.read(
    `SELECT 1 FROM operation_recorder WHERE recorder_id = ? AND joined_at <= ? AND (left_at IS NULL OR left_at >= ?) LIMIT 1`,
    [recorderId, new Date(end.highMs).toISOString(), new Date(start.lowMs).toISOString()],
  );
  return rows.length > 0;
}

/** What RFC 3339 can write. */
function isDay(ms: number): boolean {
  return ms >= 0 && ms < 253_402_300_800_000;
}

function msOrNull(value: SqlRow[string] | undefined): number | null {
  return typeof value === 'string' ? Date.parse(value) : null;
}
