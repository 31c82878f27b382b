import { parseDateTime } from '@docket/device-protocol';
import type { MediaFacts } from '../clip/clip-record.ts';
import { storedStates } from '../clip/clip-states.ts';
import { parseDeviceTime } from '../clip/device-time.ts';
import type { MediaKind } from '../duties/duty-list.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { ClipInstant, ClipTime } from '../time/clip-time.ts';
import { provenSpan, type Span } from '../time/span.ts';
import type { Footage } from './footage.ts';
import { isSound, readSharedPictures, withSharedPictures } from './shared-pictures.ts';

const storedList = storedStates.map((state) => `'${state}'`).join(', ');

/** Sealed footage of activities. When a clip was sealed is what the custody log says; it is not asked of anything else. */
const linkedQuery = `SELECT DISTINCT clip_link.activity_id, clip.clip_id, clip.recorder_id, clip.docking_id, clip.kind,
  clip.live_session_id, clip.live_line, clip.live_from_ms, clip.live_to_ms,
  clip.started_at, clip.time, clip.media, clip.quarantine_reason, clip_mapping.officer_id,
  coalesce((SELECT min(at) FROM custody_entry WHERE custody_entry.clip_id = clip.clip_id AND action = 'sealed'),
    CASE WHEN clip.state IN (${storedList}) THEN clip.listed_at END) AS sealed_at
  FROM json_each(?) AS wanted CROSS JOIN clip_link ON clip_link.activity_id = wanted.value
  JOIN clip ON clip.clip_id = clip_link.clip_id
  LEFT JOIN clip_mapping ON clip_mapping.clip_id = clip.clip_id
  WHERE clip.kind != 'sidecar' ORDER BY clip.clip_id`;

const nothingKnown: Span = {
  start: { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY },
  end: { lowMs: Number.NEGATIVE_INFINITY, highMs: Number.POSITIVE_INFINITY },
};

/** The sealed footage that stands linked to each of the activities. */
export async function readFootage(
  index: IndexReader,
  activityIds: readonly string[],
): Promise<Map<string, Footage[]>> {
  const rows = await index.read(linkedQuery, [JSON.stringify(activityIds)]);
  const found = new Map<string, Footage[]>();
  for (const row of rows) {
    if (row.sealed_at === null) continue;
    const activityId = String(row.activity_id);
    const known = found.get(activityId);
    if (known === undefined) found.set(activityId, [footageOf(row)]);
    else known.push(footageOf(row));
  }
  const shared = await readSharedPictures(
    index,
    rows.flatMap((row) => (row.live_session_id === null ? [] : [String(row.clip_id)])),
  );
  if (shared.length === 0) return found;
  return new Map([...found].map(([activityId, clips]) => [activityId, withSharedPictures(clips, shared)]));
}

function footageOf(row: SqlRow): Footage {
  const time = row.time === null ? null : (JSON.parse(String(row.time)) as ClipTime);
  const media = row.media === null ? null : (JSON.parse(String(row.media)) as MediaFacts);
  return {
    clipId: String(row.clip_id),
    recorderId: String(row.recorder_id),
    clockId: row.docking_id === null ? `${row.live_session_id} ${row.live_line}` : String(row.docking_id),
    officerId: row.officer_id === null ? null : String(row.officer_id),
    mediaKind: row.kind as MediaKind,
    span: (time === null ? null : provenSpan(time)) ?? nothingKnown,
    guess: guessOf(time),
    ownClock: mediaTime(row) ?? ownClock(row.started_at, media?.durationMs ?? null),
    sharesPicturesWith: [],
    doubts: time?.doubts ?? [],
    isHashSound: isSound(row.quarantine_reason),
    sealedMs: Date.parse(String(row.sealed_at)),
  };
}

function guessOf(time: ClipTime | null): Footage['guess'] {
  if (time === null) return { fromMs: null, toMs: null, doubtMs: null };
  const { start, end } = time;
  return {
    fromMs: milliseconds(start),
    toMs: milliseconds(end),
    doubtMs: start.halfWidthMs === null ? null : Math.max(start.halfWidthMs, end.halfWidthMs ?? 0),
  };
}

function milliseconds({ value }: ClipInstant): number | null {
  return value === null ? null : Date.parse(value);
}

/** Where a live segment lies on the media time of its session. */
function mediaTime({ live_from_ms: fromMs, live_to_ms: toMs }: SqlRow): Footage['ownClock'] {
  return typeof fromMs === 'number' && typeof toMs === 'number' ? { fromMs, toMs } : null;
}

/** The start that the clip’s name tells, and the end after its playing time: both by the recorder’s clock. */
function ownClock(startedAt: SqlRow[string] | undefined, durationMs: number | null): Footage['ownClock'] {
  if (typeof startedAt !== 'string' || durationMs === null) return null;
  const parsed = parseDateTime(parseDeviceTime(startedAt, 'name').text);
  if (parsed === null) return null;
  const fromMs = parsed.wallMs - (parsed.zoneOffsetMs ?? 0);
  return { fromMs, toMs: fromMs + durationMs };
}
