import type { MediaFacts } from '../clip/clip-record.ts';
import { storedStates } from '../clip/clip-states.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import type { ClipTime } from '../time/clip-time.ts';
import { dayInZone } from '../time/day-in-zone.ts';
import { type FactRow, replaceFacts, rowsBy } from './fact-rows.ts';
import type { StatisticsPolicy } from './statistics-policy.ts';

const table = {
  name: 'clip_fact',
  id: 'clip_id',
  columns: [
    'day',
    'clip_id',
    'recorder_id',
    'officer_id',
    'unit_id',
    'category',
    'step',
    'activity_kind',
    'is_random_inspection',
    'mapping',
    'is_late',
    'duration_ms',
    'size_bytes',
    'is_marked',
    'is_quarantined',
  ],
};

const storedList = storedStates.map((state) => `'${state}'`).join(', ');

const clipsQuery = `SELECT clip.clip_id, clip.recorder_id, clip.kind, clip.size_bytes, clip.marked, clip.quarantine_reason,
  clip.listed_at, clip.time, clip.media,
  (SELECT min(at) FROM custody_entry WHERE custody_entry.clip_id = clip.clip_id AND action = 'sealed') AS sealed_at, clip_mapping.state AS mapping, clip_mapping.officer_id, officer.unit_id
  FROM json_each(?) AS wanted CROSS JOIN clip ON clip.clip_id = wanted.value
  LEFT JOIN clip_mapping ON clip_mapping.clip_id = clip.clip_id
  LEFT JOIN officer ON officer.officer_id = clip_mapping.officer_id
  WHERE clip.state IN (${storedList}) AND clip.kind != 'sidecar'`;

const linksQuery = `SELECT clip_link.clip_id, enforcement_case.category, enforcement_case.unit_id,
  coalesce(clip_link.step, activity.step) AS step, activity.kind AS activity_kind,
  activity.ended_ms + coalesce(activity.facts ->> 'timeDoubtMs', 0) AS ended_ms,
  coalesce(activity.facts ->> 'isRandomInspection', 0) OR coalesce(enforcement_case.facts ->> 'isRandomInspection', 0)
    AS is_random_inspection
  FROM json_each(?) AS wanted CROSS JOIN clip_link ON clip_link.clip_id = wanted.value
  LEFT JOIN enforcement_case ON enforcement_case.case_id = clip_link.case_id
  LEFT JOIN activity ON activity.activity_id = clip_link.activity_id
  ORDER BY clip_link.sequence`;

/** Keeps one row of facts for every stored clip: what it is, when and by whom it was recorded, and what it belongs to. */
export class ClipFacts implements Reckoning {
  readonly kind = 'clip';
  readonly #database: IndexDatabase;
  readonly #policy: StatisticsPolicy;

  constructor(database: IndexDatabase, policy: StatisticsPolicy) {
    this.#database = database;
    this.#policy = policy;
  }

  async reckon(clipIds: readonly string[]): Promise<void> {
    const wanted = [JSON.stringify(clipIds)];
    const [clips, links] = await Promise.all([
      this.#database.read(clipsQuery, wanted),
      this.#database.read(linksQuery, wanted),
    ]);
    const linksOf = rowsBy(links, 'clip_id');
    const rows = clips.map((clip) => this.#factsOf(clip, linksOf.get(String(clip.clip_id)) ?? []));
    await replaceFacts(this.#database, table, clipIds, rows);
  }

  #factsOf(clip: SqlRow, links: readonly SqlRow[]): FactRow {
    const time = clip.time === null ? null : (JSON.parse(String(clip.time)) as ClipTime);
    const media = clip.media === null ? null : (JSON.parse(String(clip.media)) as MediaFacts);
    const collectedMs = Date.parse(String(clip.listed_at));
    const sealedMs = clip.sealed_at === null ? collectedMs : Date.parse(String(clip.sealed_at));
    return {
      day: dayInZone(recordedMs(time, collectedMs), this.#policy.zone),
      clip_id: String(clip.clip_id),
      recorder_id: String(clip.recorder_id),
      officer_id: textOrNull(clip.officer_id),
      unit_id: links.length === 0 ? textOrNull(clip.unit_id) : onlyOne(links, 'unit_id'),
      category: onlyOne(links, 'category'),
      step: onlyOne(links, 'step'),
      activity_kind: onlyOne(links, 'activity_kind'),
      is_random_inspection: Number(links.some((link) => link.is_random_inspection === 1)),
      mapping: textOrNull(clip.mapping) ?? 'waiting',
      is_late: this.#isLate(time, links, sealedMs),
      duration_ms: media?.durationMs == null ? null : Math.round(media.durationMs),
      size_bytes: Number(clip.size_bytes),
      is_marked: Number(clip.marked),
      is_quarantined: Number(clip.quarantine_reason !== null),
    };
  }

  /** Whether it was sealed later than the hours after the activity that it shows, or else after its own end. */
  #isLate(time: ClipTime | null, links: readonly SqlRow[], sealedMs: number): number | null {
    const endsMs = links.flatMap(({ ended_ms: endedMs }) => (endedMs === null ? [] : [Number(endedMs)]));
    const ownEnd = time?.end.value ?? time?.start.value ?? null;
    const endMs = endsMs.length > 0 ? Math.max(...endsMs) : ownEnd === null ? null : Date.parse(ownEnd);
    if (endMs === null) return null;
    return Number(sealedMs > endMs + this.#policy.uploadHours * 3_600_000);
  }
}

/** How long before it was docked a clip can have been recorded, where only a clock that nobody read tells. */
const longestOnRecorderMs = 31 * 86_400_000;

/** The best guess of when a clip began; where a clock that nobody read says what cannot be, when it was docked. */
function recordedMs(time: ClipTime | null, collectedMs: number): number {
  if (time === null || time.start.value === null) return collectedMs;
  const startMs = Date.parse(time.start.value);
  if (time.start.halfWidthMs !== null) return startMs;
  return startMs <= collectedMs && startMs >= collectedMs - longestOnRecorderMs ? startMs : collectedMs;
}

/** What all links say; `several` where they differ, `null` where they say nothing. */
function onlyOne(links: readonly SqlRow[], column: string): string | null {
  const said = new Set(links.flatMap((link) => textOrNull(link[column]) ?? []));
  if (said.size > 1) return 'several';
  return said.values().next().value ?? null;
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
