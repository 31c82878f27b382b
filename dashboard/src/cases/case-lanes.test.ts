import type { ActivityCoverage, CoveringClip } from '@docket/gateway/contract';
import { expect, test } from 'vitest';
import { dutySpan, recorderLanes, stretchOf } from './case-lanes.ts';

const nine = Date.parse('2026-03-02T01:00:00.000Z');
const minute = 60_000;

function clip(clipId: string, recorderId: string, fromMs: number, toMs: number): CoveringClip {
  return {
    clipId,
    recorderId,
    officerId: null,
    mediaKind: 'video',
    sure: { fromMs, toMs },
    possible: { fromMs: fromMs - 1_000, toMs: toMs + 1_000 },
    guess: { fromMs, toMs, doubtMs: 1_000 },
    run: null,
    sealedAt: '2026-03-02T10:00:00.000Z',
    isLate: false,
    shortcoming: null,
  };
}

function activity(clips: CoveringClip[], times: Partial<ActivityCoverage> = {}): ActivityCoverage {
  const judgement = { clips } as ActivityCoverage['judgement'];
  return {
    activityId: 'oa/1',
    kind: 'on-site-inspection',
    step: 'investigation',
    place: null,
    officerIds: [],
    isRandomInspection: false,
    startedAt: new Date(nine).toISOString(),
    endedAt: new Date(nine + 45 * minute).toISOString(),
    timeDoubtMs: 30_000,
    judgedAt: null,
    exceptions: [],
    ...times,
    judgement,
  };
}

test('each recorder has a lane, its clips in the order of time', () => {
  const lanes = recorderLanes([
    clip('c', 'CAM002', nine + 5 * minute, nine + 6 * minute),
    clip('b', 'CAM001', nine + 2 * minute, nine + 3 * minute),
    clip('a', 'CAM001', nine, nine + minute),
  ]);
  expect(lanes.map(({ recorderId, clips }) => [recorderId, clips.map(({ clipId }) => clipId)])).toEqual([
    ['CAM001', ['a', 'b']],
    ['CAM002', ['c']],
  ]);
});

test('the doubt of the case system is on both sides of the duty', () => {
  expect(dutySpan(activity([]))).toEqual({
    fromLowMs: nine - 30_000,
    fromHighMs: nine + 30_000,
    toLowMs: nine + 45 * minute - 30_000,
    toHighMs: nine + 45 * minute + 30_000,
  });
  expect(dutySpan(activity([], { startedAt: null }))).toBeNull();
  expect(dutySpan(activity([], { endedAt: null }))?.toHighMs).toBe(Number.POSITIVE_INFINITY);
});

test('a clip that ran on for a day does not press its duty into a corner', () => {
  const stretch = stretchOf(activity([clip('a', 'CAM001', nine - 600 * minute, nine + 900 * minute)]));
  expect(stretch?.fromMs).toBe(nine - 30_000 - (46 * minute) / 3);
  expect(stretch?.toMs).toBe(nine + 45 * minute + 30_000 + (46 * minute) / 3);
});

test('footage shows an activity of which nobody told the times', () => {
  const clips = [clip('a', 'CAM001', nine, nine + minute)];
  const untold = activity(clips, { startedAt: null, endedAt: null });
  expect(stretchOf(untold)).toEqual({ fromMs: nine, toMs: nine + minute });
  expect(stretchOf({ ...untold, judgement: null })).toBeNull();
});
