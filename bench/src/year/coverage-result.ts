import type { IndexDatabase } from '@docket/ingest';
import { type ExpectedState, expectedState, type TrueFootage } from './expected-state.ts';
import type { ClipLoader } from './load-clips.ts';
import type { TrueActivity, TrueYear } from './true-year.ts';

export interface CoverageResult {
  activities: number;
  /** Activities of each expected state. */
  expected: Partial<Record<ExpectedState, number>>;
  /** Those of which coverage says something else. */
  differing: { activityId: string; plan: string; expected: string; found: string }[];
  cases: number;
  /** Cases in which every activity is as expected. */
  agreeingCases: number;
}

/** Holds what coverage says of every activity against what the truth makes of it. */
export async function coverageResult(
  year: TrueYear,
  database: IndexDatabase,
  truth: ReadonlyMap<string, readonly TrueActivity[]>,
  loader: ClipLoader,
): Promise<CoverageResult> {
  const footageOf = new Map<string, TrueFootage[]>();
  for (const clip of year.clips) {
    const proven = loader.proven.get(clip.clipId);
    const sealedMs = loader.sealedMs.get(clip.clipId);
    if (proven === undefined || sealedMs === undefined) continue;
    for (const { activityId } of truth.get(clip.clipId) ?? []) {
      const footage = footageOf.get(activityId);
      if (footage === undefined) footageOf.set(activityId, [{ clip, proven, sealedMs }]);
      else footage.push({ clip, proven, sealedMs });
    }
  }
  const rows = await database.read('SELECT activity_id, state FROM judgement');
  const found = new Map(rows.map((row) => [String(row.activity_id), String(row.state)]));
  const expected: CoverageResult['expected'] = {};
  const differing: CoverageResult['differing'] = [];
  const differingCases = new Set<number>();
  const { activities } = year;
  for (const activity of activities) {
    const { activityId, caseIndex, plan } = activity;
    const state = expectedState(activity, footageOf.get(activityId) ?? []);
    expected[state] = (expected[state] ?? 0) + 1;
    const said = found.get(activityId) ?? 'not judged';
    if (said === state) continue;
    differing.push({ activityId, plan, expected: state, found: said });
    differingCases.add(caseIndex);
  }
  const cases = new Set(activities.map(({ caseIndex }) => caseIndex)).size;
  return {
    activities: activities.length,
    expected,
    differing,
    cases,
    agreeingCases: cases - differingCases.size,
  };
}
