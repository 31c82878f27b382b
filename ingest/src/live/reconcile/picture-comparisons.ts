import { readClip } from '../../clip/clip-queries.ts';
import type { ClipRecord } from '../../clip/clip-record.ts';
import { canonicalJson, type JsonValue } from '../../custody/canonical-json.ts';
import type { IndexDatabase, Transaction } from '../../index-store/index-database.ts';
import { markDue } from '../../reckoning/due.ts';
import type { ClipTimes } from '../../time/clip-times.ts';
import type { Alignment } from './align-pictures.ts';

/** One original and live segments its pictures are to be compared with. */
export interface WaitingComparison {
  original: ClipRecord;
  live: WaitingSegment[];
}

/** A live segment, with how long it is. */
export interface WaitingSegment {
  clip: ClipRecord;
  lengthMs: number;
}

/** What comparing came to. `other-format`: codec or size of the pictures differ; `unreadable`: those of one of them cannot be had. */
export type ComparisonResult =
  | { state: 'compared'; alignments: readonly Alignment[] }
  | { state: 'other-format' | 'unreadable' };

/** Segments that are compared with one original in one go. */
const mostAtOnce = 64;

/** Which pictures are still to be compared, and what was found. */
export class PictureComparisons {
  readonly #database: IndexDatabase;
  readonly #times: Pick<ClipTimes, 'revise'>;

  constructor(database: IndexDatabase, times: Pick<ClipTimes, 'revise'>) {
    this.#database = database;
    this.#times = times;
  }

  /** The newest original that waits, with segments it waits for; both have been looked into. `null`: none waits. */
  async next(): Promise<WaitingComparison | null> {
    const rows = await this.#database.read(
      `SELECT original_clip_id, picture_comparison.clip_id, coalesce(live.live_to_ms - live.live_from_ms, live.media ->> '$.durationMs') AS length_ms FROM picture_comparison INDEXED BY picture_comparison_waiting
       JOIN clip AS original ON original.clip_id = original_clip_id
       JOIN clip AS live ON live.clip_id = picture_comparison.clip_id
       WHERE picture_comparison.state = 'waiting' AND original.preview_state != 'waiting' AND live.preview_state != 'waiting'
       ORDER BY original_clip_id DESC, picture_comparison.clip_id LIMIT ?`,
      [mostAtOnce],
    );
    const originalClipId = rows[0]?.original_clip_id;
    const original =
      originalClipId === undefined ? null : await readClip(this.#database, String(originalClipId));
    if (original === null) return null;
    const live: WaitingSegment[] = [];
    for (const row of rows.filter((one) => one.original_clip_id === originalClipId)) {
      const clip = await readClip(this.#database, String(row.clip_id));
      if (clip !== null) live.push({ clip, lengthMs: Number(row.length_ms ?? 0) });
    }
    return { original, live };
  }

  /** Keeps what was found; the sessions are decided anew, and the original's time is told by pictures that are equal. */
  async keep(
    originalClipId: string,
    results: readonly { clipId: string; result: ComparisonResult }[],
  ): Promise<void> {
    const equal = results.filter(({ result }) => result.state === 'compared' && result.alignments.length > 0);
    await this.#database.write(async (transaction) => {
      for (const { clipId, result } of results) {
        const alignments = result.state === 'compared' ? result.alignments : [];
        await transaction.run(
          `UPDATE picture_comparison SET state = ?, alignments = ?, compared_at = ?
           WHERE clip_id = ? AND original_clip_id = ?`,
          [
            result.state,
            canonicalJson(alignments as unknown as JsonValue),
            new Date().toISOString(),
            clipId,
            originalClipId,
          ],
        );
      }
      await markSessionsOf(
        transaction,
        results.map(({ clipId }) => clipId),
      );
      // What they cover together is told by their pictures, even where no time is.
      await markDue(
        transaction,
        'clip',
        equal.map(({ clipId }) => clipId),
      );
    });
    if (equal.length > 0) await this.#times.revise(originalClipId);
  }
}

async function markSessionsOf(transaction: Transaction, clipIds: readonly string[]): Promise<void> {
  const rows = await transaction.all(
    `SELECT DISTINCT live_session_id FROM json_each(?) AS named JOIN clip ON clip.clip_id = named.value
     WHERE live_session_id IS NOT NULL`,
    [JSON.stringify(clipIds)],
  );
  await markDue(
    transaction,
    'live-session',
    rows.map((row) => String(row.live_session_id)),
  );
}
