import { hull, type Interval, widened } from '../time/interval.ts';
import { possiblePart } from '../time/span.ts';
import {
  type OfficerWindow,
  readActivitiesNear,
  readActivitiesOf,
  readNamedActivities,
} from './activity-facts.ts';
import { type CandidateActivity, longestOpenMs } from './activity-span.ts';
import type { ClipFacts, Query } from './clip-facts.ts';
import type { ClipEvidence, MappingPolicy, Naming } from './link-evidence.ts';
import { type OperationOfClip, readOperationsOfClips } from './operation-facts.ts';
import { latestStartMs, type RecordedSpan, recordedSpan } from './recorded-span.ts';
import type { Wearer } from './wearer.ts';
import { readWearers } from './wearer-facts.ts';

/** Looked at where nobody tells who wore the recorder: for a person to choose from. */
const strangersActivities = 20;
/** Doubts of activities are minutes; a window is widened by this, and the rules look closer. */
const widestDoubtMs = 3_600_000;

interface Known {
  clip: ClipFacts;
  recorded: RecordedSpan | null;
  wearer: Wearer;
  namings: Naming[];
}

/** All that is known of where clips may belong, in the order of the clips; a handful of queries for all of them. */
export async function readClipEvidence(
  query: Query,
  clips: readonly ClipFacts[],
  policy: MappingPolicy,
): Promise<ClipEvidence[]> {
  const dated = clips.map((clip) => ({ clip, recorded: recordedSpan(clip.time, clip.collectedMs) }));
  const wearers = await readWearers(query, dated);
  const operations = await readOperationsOfClips(query, clips);
  const namings = await readNamings(query, clips, operations);
  const known = dated.map(({ clip, recorded }, position): Known => {
    const officerId = operations.get(clip.clipId)?.officerId ?? null;
    const wearer: Wearer =
      officerId === null
        ? (wearers[position] as Wearer)
        : { state: 'known', officerId, grounds: ['operation'] };
    return { clip, recorded, wearer, namings: namings.get(clip.clipId) ?? [] };
  });
  const windows = officerWindows(known, policy);
  const ofOfficers = byOfficer(await readActivitiesOf(query, windows));
  const named = await readNamedActivities(
    query,
    known.flatMap((one) => one.namings.flatMap(({ activityId }) => activityId ?? [])),
    known.flatMap((one) =>
      one.namings.flatMap(({ activityId, caseId }) => (activityId === null ? (caseId ?? []) : [])),
    ),
  );
  const evidence: ClipEvidence[] = [];
  for (const one of known) {
    const activities = [
      ...officersOf(one.wearer).flatMap((officerId) => ofOfficers.get(officerId) ?? []),
      ...named.filter((activity) => isNamed(activity, one.namings)),
      ...(await strangers(query, one, policy)),
    ];
    evidence.push({
      recorded: one.recorded,
      latestStartMs: latestStartMs(one.clip.time),
      wearer: one.wearer,
      activities: near(distinct(activities), one, policy),
      namings: one.namings,
    });
  }
  return evidence;
}

function officersOf(wearer: Wearer): string[] {
  return wearer.state === 'known' ? [wearer.officerId] : wearer.candidateIds;
}

function isNamed({ activityId, caseId }: CandidateActivity, namings: readonly Naming[]): boolean {
  return namings.some((naming) =>
    naming.activityId === null ? naming.caseId === caseId : naming.activityId === activityId,
  );
}

/** One window an officer, over all clips of the batch that the officer may have recorded. */
function officerWindows(known: readonly Known[], policy: MappingPolicy): OfficerWindow[] {
  const windows = new Map<string, OfficerWindow>();
  for (const { recorded, wearer } of known) {
    const window = windowOf(recorded, policy);
    if (window === null) continue;
    for (const officerId of officersOf(wearer)) {
      const before = windows.get(officerId);
      windows.set(officerId, { officerId, ...(before === undefined ? window : hull(before, window)) });
    }
  }
  return [...windows.values()];
}

function windowOf(recorded: RecordedSpan | null, { nearMs }: MappingPolicy): Interval | null {
  return recorded === null ? null : widened(possiblePart(recorded.span), nearMs + widestDoubtMs);
}

/** Windows are those of a whole batch; each clip is given what lies about it, what is named, and what has no time. */
function near(
  activities: readonly CandidateActivity[],
  { recorded, namings }: Known,
  policy: MappingPolicy,
): CandidateActivity[] {
  const window = windowOf(recorded, policy);
  return activities.filter((activity) => {
    const { startedMs, endedMs, timeDoubtMs } = activity;
    if (window === null || (startedMs === null && endedMs === null)) return true;
    if (isNamed(activity, namings)) return true;
    const fromMs = (startedMs ?? (endedMs ?? 0) - longestOpenMs) - timeDoubtMs;
    const toMs = (endedMs ?? (startedMs ?? 0) + longestOpenMs) + timeDoubtMs;
    return fromMs <= window.highMs && toMs >= window.lowMs;
  });
}

async function strangers(
  query: Query,
  { recorded, wearer, namings }: Known,
  policy: MappingPolicy,
): Promise<CandidateActivity[]> {
  const window = windowOf(recorded, policy);
  if (window === null || officersOf(wearer).length > 0 || namings.length > 0) return [];
  if (!Number.isFinite(window.highMs)) return [];
  return readActivitiesNear(query, window, strangersActivities);
}

function byOfficer(activities: readonly CandidateActivity[]): Map<string, CandidateActivity[]> {
  const found = new Map<string, CandidateActivity[]>();
  for (const activity of activities) {
    for (const officerId of activity.officerIds) {
      const before = found.get(officerId);
      if (before === undefined) found.set(officerId, [activity]);
      else before.push(activity);
    }
  }
  return found;
}

function distinct(activities: readonly CandidateActivity[]): CandidateActivity[] {
  return [...new Map(activities.map((activity) => [activity.activityId, activity])).values()];
}

/**
 * Codes that were shown to the camera, the operation that the clip came live from, and live sessions of the recorder; of
 * these the operation says enough where the clip is its own.
 */
async function readNamings(
  query: Query,
  clips: readonly ClipFacts[],
  operations: ReadonlyMap<string, OperationOfClip>,
): Promise<Map<string, Naming[]>> {
  const found = new Map<string, Naming[]>();
  const add = (clipId: string, naming: Naming) => found.set(clipId, [...(found.get(clipId) ?? []), naming]);
  const codes = await query(
    `SELECT DISTINCT clip_id, named_kind, named_id, activity.case_id AS of_case,
       CASE named_kind WHEN 'case' THEN enforcement_case.case_id IS NOT NULL ELSE activity.activity_id IS NOT NULL END AS is_known
     FROM clip_code
     LEFT JOIN activity ON named_kind = 'activity' AND activity.activity_id = named_id AND NOT activity.is_withdrawn
     LEFT JOIN enforcement_case ON named_kind = 'case' AND enforcement_case.case_id = named_id
       AND NOT enforcement_case.is_withdrawn
     WHERE clip_id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify(clips.map(({ clipId }) => clipId))],
  );
  for (const row of codes) {
    const namesActivity = row.named_kind === 'activity';
    add(String(row.clip_id), {
      source: 'qr',
      activityId: namesActivity ? String(row.named_id) : null,
      caseId: namesActivity ? (row.of_case === null ? null : String(row.of_case)) : String(row.named_id),
      isKnown: row.is_known === 1,
      during: null,
      isOfOperation: false,
      step: null,
    });
  }
  for (const [clipId, { caseId, activityId, step, isKnown }] of operations) {
    add(clipId, { source: 'live', caseId, activityId, isKnown, during: null, isOfOperation: true, step });
  }
  const sessions = await query(
    `SELECT session.*, activity.case_id AS of_case FROM live_session_case AS session
     LEFT JOIN activity ON activity.activity_id = session.activity_id AND NOT activity.is_withdrawn
     WHERE recorder_id IN (SELECT value FROM json_each(?))`,
    [JSON.stringify([...new Set(clips.map(({ recorderId }) => recorderId))])],
  );
  for (const clip of clips.filter(({ clipId }) => !operations.has(clipId))) {
    for (const row of sessions.filter((session) => session.recorder_id === clip.recorderId)) {
      const [fromMs, toMs, doubtMs] = [Number(row.from_ms), Number(row.to_ms), Number(row.doubt_ms)];
      const caseId = row.of_case ?? row.case_id ?? null;
      add(clip.clipId, {
        source: 'live',
        activityId: row.activity_id === null ? null : String(row.activity_id),
        caseId: caseId === null ? null : String(caseId),
        isKnown: caseId !== null,
        during: {
          start: { lowMs: fromMs - doubtMs, highMs: fromMs + doubtMs },
          end: { lowMs: toMs - doubtMs, highMs: toMs + doubtMs },
        },
        isOfOperation: false,
        step: null,
      });
    }
  }
  return found;
}
