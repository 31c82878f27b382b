import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { Alignment } from '../live/reconcile/align-pictures.ts';
import { startByOriginal } from '../live/reconcile/live-match-time.ts';
import type { ClipTime } from '../time/clip-time.ts';
import { type Interval, intersection, widened } from '../time/interval.ts';
import { provenSpan } from '../time/span.ts';
import { type Footage, isBounded } from './footage.ts';

/** A live segment and an original that hold the same coded pictures. */
export interface SharedPictures {
  liveClipId: string;
  originalClipId: string;
  isOriginalSound: boolean;
  alignments: readonly Alignment[];
  /** When the original began; `null` where nothing but the segment itself, or an assumed delay, bounds it. */
  originalStart: Interval | null;
}

/** Media time of a stream and true time part by no more. */
const liveRateShare = 2e-4;

/** Pictures that these live segments share with originals. */
export async function readSharedPictures(
  index: IndexReader,
  liveClipIds: readonly string[],
): Promise<SharedPictures[]> {
  if (liveClipIds.length === 0) return [];
  const rows = await index.read(
    `SELECT picture_comparison.clip_id, original_clip_id, alignments, original.time, original.quarantine_reason
     FROM json_each(?) AS wanted CROSS JOIN picture_comparison ON picture_comparison.clip_id = wanted.value
     JOIN clip AS original ON original.clip_id = original_clip_id WHERE alignments != '[]'`,
    [JSON.stringify([...new Set(liveClipIds)])],
  );
  return rows.map((row) => ({
    liveClipId: String(row.clip_id),
    originalClipId: String(row.original_clip_id),
    isOriginalSound: isSound(row.quarantine_reason),
    alignments: JSON.parse(String(row.alignments)) as Alignment[],
    originalStart: provenStart(row),
  }));
}

/** False for reasons of quarantine for which a clip’s bytes prove nothing. */
export function isSound(quarantineReason: unknown): boolean {
  return quarantineReason !== 'device-hash-differs' && quarantineReason !== 'store-mismatch';
}

function provenStart({ time: text }: SqlRow): Interval | null {
  const time = text === null ? null : (JSON.parse(String(text)) as ClipTime);
  const start = time === null || time.doubts.includes('delay-assumed') ? null : provenSpan(time)?.start;
  return start !== null && start !== undefined && isBounded(start) ? start : null;
}

/**
 * Footage with what shared pictures say of it: which clips hold the same, and, where the delay of live footage is but assumed,
 * when it was captured by originals whose own time is proven. One such segment tells it for all on its media time.
 */
export function withSharedPictures(
  footage: readonly Footage[],
  shared: readonly SharedPictures[],
): Footage[] {
  const sound = shared.filter(({ isOriginalSound }) => isOriginalSound);
  const measured = footage.map((clip) => ({ clip, start: measuredStart(clip, sound) }));
  return footage.map((clip) => {
    const sharesPicturesWith = sound.flatMap(({ liveClipId, originalClipId }) =>
      liveClipId === clip.clipId ? [originalClipId] : [],
    );
    return timed({ ...clip, sharesPicturesWith }, startOnLine(clip, measured));
  });
}

interface Measured {
  clip: Footage;
  start: Interval | null;
}

/** By originals of proven time, and no later than it arrived. */
function measuredStart(clip: Footage, shared: readonly SharedPictures[]): Interval | null {
  if (!clip.doubts.includes('delay-assumed')) return null;
  const starts = shared.flatMap(({ liveClipId, originalStart, alignments }) =>
    liveClipId === clip.clipId && originalStart !== null
      ? (startByOriginal(originalStart, alignments) ?? [])
      : [],
  );
  if (starts.length === 0) return null;
  return intersection({ lowMs: Number.NEGATIVE_INFINITY, highMs: clip.span.start.highMs }, ...starts);
}

/** Its own, else that of the nearest on the same media time. */
function startOnLine(clip: Footage, measured: readonly Measured[]): Interval | null {
  const { ownClock, recorderId, clockId, doubts } = clip;
  if (!doubts.includes('delay-assumed') || ownClock === null) return null;
  const [nearest] = measured
    .flatMap(({ clip: other, start }) =>
      start !== null &&
      other.ownClock !== null &&
      other.recorderId === recorderId &&
      other.clockId === clockId
        ? [{ start, apartMs: ownClock.fromMs - other.ownClock.fromMs }]
        : [],
    )
    .sort((left, right) => Math.abs(left.apartMs) - Math.abs(right.apartMs));
  if (nearest === undefined) return null;
  const { start, apartMs } = nearest;
  return widened(
    { lowMs: start.lowMs + apartMs, highMs: start.highMs + apartMs },
    liveRateShare * Math.abs(apartMs),
  );
}

function timed(clip: Footage, start: Interval | null): Footage {
  const { ownClock, doubts } = clip;
  if (start === null || ownClock === null) return clip;
  const lengthMs = ownClock.toMs - ownClock.fromMs;
  const end = widened(
    { lowMs: start.lowMs + lengthMs, highMs: start.highMs + lengthMs },
    liveRateShare * lengthMs,
  );
  return {
    ...clip,
    span: { start, end },
    doubts: doubts.filter((doubt) => doubt !== 'delay-assumed'),
  };
}
