import type { LiveWay } from '@docket/device-protocol/live';
import { clipsInStates } from '../../clip/clip-queries.ts';
import type { ClipRecord } from '../../clip/clip-record.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import type { SegmentStart } from '../live-index.ts';

/** A clip of a live session that a stop left on its way, with what the index keeps of its beginning. */
export interface LeftSegment {
  clip: ClipRecord;
  sessionId: string;
  way: LiveWay;
  start: SegmentStart;
}

/** In the order in which they were begun. */
export async function leftSegments(index: IndexReader): Promise<LeftSegment[]> {
  const clips = await clipsInStates(index, ['recording', 'pulled', 'verified']);
  const left: LeftSegment[] = [];
  for (const clip of clips) {
    if (clip.liveSessionId === null) continue;
    const [row] = await index.read(
      'SELECT live_start, way FROM clip JOIN live_session ON session_id = live_session_id WHERE clip_id = ?',
      [clip.clipId],
    );
    if (row === undefined) continue;
    const start = JSON.parse(String(row.live_start)) as SegmentStart;
    left.push({ clip, sessionId: clip.liveSessionId, way: row.way as LiveWay, start });
  }
  return left;
}
