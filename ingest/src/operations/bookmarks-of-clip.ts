import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ClipInstant, ClipTime } from '../time/clip-time.ts';
import type { Bookmark } from './operation.ts';
import { readBookmarksAbout } from './operation-queries.ts';

/** A bookmark with its place in a clip. */
export interface ClipBookmark extends Bookmark {
  /** How far into the clip the marked moment lies, by the best guess of when the clip began. */
  positionMs: number;
  /** By how much that may be wrong; `null` while the clip is still being recorded. */
  doubtMs: number | null;
}

/** When a clip began and by when it ended, as far as a bookmark can be placed in it. */
interface Placed {
  startMs: number;
  doubtMs: number | null;
  fromMs: number;
  toMs: number;
}

/**
 * Bookmarks of the operations in which the clip's recorder took part, that mark a moment which lies or may lie in the clip;
 * those that were struck out too. None where nothing tells when the clip was recorded. `null`: there is no such clip.
 */
export async function readBookmarksOfClip(
  index: IndexReader,
  clipId: string,
): Promise<ClipBookmark[] | null> {
  const [row] = await index.read('SELECT recorder_id, state, time, listed_at FROM clip WHERE clip_id = ?', [
    clipId,
  ]);
  if (row === undefined) return null;
  const placed = placedOf(row);
  if (placed === null) return [];
  const { startMs, doubtMs, fromMs, toMs } = placed;
  const about = await readBookmarksAbout(index, String(row.recorder_id), instant(fromMs), instant(toMs));
  return about.map((bookmark) => ({
    ...bookmark,
    positionMs: Math.max(0, Math.round(Date.parse(bookmark.at) - startMs)),
    doubtMs: doubtMs === null ? null : Math.ceil(doubtMs),
  }));
}

function placedOf(row: SqlRow): Placed | null {
  const listedMs = Date.parse(String(row.listed_at));
  if (row.state === 'recording') {
    return { startMs: listedMs, doubtMs: null, fromMs: listedMs, toMs: Date.now() };
  }
  const time = typeof row.time === 'string' ? (JSON.parse(row.time) as ClipTime) : null;
  const start = time === null ? null : boundsOf(time.start);
  if (time === null || start === null) return null;
  // A clip whose length is not known ended by the time it was collected.
  const end = boundsOf(time.end)?.highMs ?? listedMs;
  return { startMs: start.middleMs, doubtMs: start.halfWidthMs, fromMs: start.lowMs, toMs: end };
}

/** `null` where the clock was never read: a guess of the hour places nothing. */
function boundsOf({ value, halfWidthMs, notBefore, notAfter }: ClipInstant) {
  if (value === null || halfWidthMs === null) return null;
  const middleMs = Date.parse(value);
  return {
    middleMs,
    halfWidthMs,
    lowMs: notBefore === null ? middleMs - halfWidthMs : Date.parse(notBefore),
    highMs: notAfter === null ? middleMs + halfWidthMs : Date.parse(notAfter),
  };
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
