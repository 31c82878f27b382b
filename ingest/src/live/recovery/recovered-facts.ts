import type { JsonValue } from '../../custody/canonical-json.ts';
import type { IndexReader } from '../../index-store/index-database.ts';
import { gapOf } from '../live-index.ts';
import { segmentFacts } from '../recording/segment-facts.ts';
import type { LeftSegment } from './left-segments.ts';
import type { ReadSegment } from './segment-reader.ts';

const mostGapsNamed = 200;

/** How a segment was recorded, as far as its file and the index still tell. */
export async function recoveredFacts(
  index: IndexReader,
  { sessionId, way, start, clip }: LeftSegment,
  found: ReadSegment,
): Promise<{ readonly [key: string]: JsonValue }> {
  const arrivedFromMs = found.references[0]?.atMs ?? start.firstArrivedMs;
  const arrivedToMs = found.references.at(-1)?.atMs ?? arrivedFromMs;
  const gaps = await index.read(
    'SELECT * FROM live_gap WHERE session_id = ? AND from_ms BETWEEN ? AND ? ORDER BY from_ms LIMIT ?',
    [sessionId, Math.floor(arrivedFromMs), Math.ceil(arrivedToMs), mostGapsNamed],
  );
  return segmentFacts({
    way,
    start,
    parts: found.parts,
    arrivedFromMs,
    arrivedToMs,
    tracks: start.tracks.map(({ index: trackIndex, id, codec, clockRateHz }) => {
      const own = found.tracks.get(id);
      return {
        index: trackIndex,
        id,
        codec,
        clockRateHz,
        fromTicks: own?.fromTicks ?? null,
        toTicks: own?.endTicks ?? null,
        units: own?.units ?? 0,
      };
    }),
    gaps: gaps.map((row) => gapOf(row, clip.recorderId)),
    gapCount: gaps.length,
  });
}
