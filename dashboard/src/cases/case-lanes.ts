import type { ActivityCoverage, CaseCoverage, CoveringClip } from '@docket/gateway/contract';
import type { Stretch } from './folded-time.ts';
import type { SoftSpan } from './soft-span.ts';

/** What one recorder gave to an activity, in the order of time. */
export interface RecorderLane {
  recorderId: string;
  officerId: string | null;
  clips: CoveringClip[];
}

export function recorderLanes(clips: readonly CoveringClip[]): RecorderLane[] {
  const lanes = new Map<string, RecorderLane>();
  for (const clip of [...clips].sort((one, other) => beginning(one) - beginning(other))) {
    const { recorderId, officerId } = clip;
    const lane = lanes.get(recorderId) ?? { recorderId, officerId, clips: [] };
    lane.clips.push(clip);
    lane.officerId ??= officerId;
    lanes.set(recorderId, lane);
  }
  return [...lanes.values()];
}

function beginning({ sure, guess, possible }: CoveringClip): number {
  return sure?.fromMs ?? guess.fromMs ?? possible.fromMs ?? 0;
}

/** When the duty ran, with the doubt of the case system; `null`: nobody said when it began. */
export function dutySpan({ startedAt, endedAt, timeDoubtMs }: ActivityCoverage): SoftSpan | null {
  if (startedAt === null) return null;
  const startedMs = Date.parse(startedAt);
  const endedMs = endedAt === null ? null : Date.parse(endedAt);
  return {
    fromLowMs: startedMs - timeDoubtMs,
    fromHighMs: startedMs + timeDoubtMs,
    toLowMs: endedMs === null ? startedMs + timeDoubtMs : endedMs - timeDoubtMs,
    toHighMs: endedMs === null ? Number.POSITIVE_INFINITY : endedMs + timeDoubtMs,
  };
}

const leastAsideMs = 15 * 60_000;
const openDutyMs = 60 * 60_000;

/**
 * What has to be seen of an activity: its duty, and footage of it as far as it lies near. A clip that ran on for hours
 * must not press the duty into a corner.
 */
export function stretchOf(activity: ActivityCoverage): Stretch | null {
  const footage = (activity.judgement?.clips ?? []).flatMap(nearlyKnown);
  const from = Math.min(...footage.map(({ fromMs }) => fromMs));
  const to = Math.max(...footage.map(({ toMs }) => toMs));
  const duty = dutySpan(activity);
  if (duty === null) return footage.length === 0 ? null : { fromMs: from, toMs: to };
  const endMs = Number.isFinite(duty.toHighMs) ? duty.toHighMs : duty.fromHighMs + openDutyMs;
  const asideMs = Math.max(leastAsideMs, (endMs - duty.fromLowMs) / 3);
  return {
    fromMs: Math.max(duty.fromLowMs - asideMs, Math.min(duty.fromLowMs, from)),
    toMs: Math.min(endMs + asideMs, Math.max(endMs, to)),
  };
}

function nearlyKnown({ sure, guess }: CoveringClip): Stretch[] {
  if (sure !== null) return [sure];
  return guess.fromMs === null || guess.toMs === null ? [] : [{ fromMs: guess.fromMs, toMs: guess.toMs }];
}

export function stretchesOf({ steps }: CaseCoverage): Stretch[] {
  return steps
    .flatMap(({ activities }) => activities.map(stretchOf))
    .filter((stretch): stretch is Stretch => stretch !== null);
}
