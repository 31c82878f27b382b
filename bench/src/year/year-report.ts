import { type Machine, machineLine } from '../machine.ts';
import { table } from '../report/table.ts';
import type { CoverageResult } from './coverage-result.ts';
import type { MappingResult } from './mapping-result.ts';
import type { Timings } from './run-year.ts';
import type { AskedStatistic } from './statistics-cost.ts';
import type { YearBenchOptions } from './year-options.ts';

export interface YearReport {
  startedAt: string;
  machine: Machine;
  options: YearBenchOptions;
  clips: number;
  firstClips: number;
  activities: number;
  cases: number;
  dockings: number;
  mapping: MappingResult;
  workedThrough: number;
  brokenTimes: number;
  coverage: CoverageResult;
  timings: Timings;
  period: { from: string; to: string };
  first: AskedStatistic[];
  whole: AskedStatistic[];
  overYear: AskedStatistic[];
  peakMib: number;
  indexMib: number;
}

/** True where everything is as it must be. */
export function isSound({ mapping, coverage, brokenTimes, first, whole }: YearReport): boolean {
  return (
    mapping.wrongLinks.length === 0 &&
    coverage.differing.length === 0 &&
    brokenTimes === 0 &&
    differingAnswers(first, whole).length === 0
  );
}

/** Questions over the same period that were answered otherwise once there was more outside it. */
export function differingAnswers(
  first: readonly AskedStatistic[],
  whole: readonly AskedStatistic[],
): string[] {
  return first.flatMap(({ measure, by, answer }, index) =>
    whole[index]?.answer === answer ? [] : [`${measure} by ${by ?? 'nothing'}`],
  );
}

export function yearMarkdown(report: YearReport): string {
  const { mapping, coverage, options, timings } = report;
  const share = (part: number, of: number) => `${((100 * part) / Math.max(1, of)).toFixed(2)} %`;
  return [
    `Machine: ${machineLine(report.machine)}.`,
    `Seed ${options.seed}: ${report.clips} clips, ${report.dockings} dockings, ${report.activities} activities, ${report.cases} cases, ${options.officers} officers. Index ${report.indexMib.toFixed(0)} MiB, peak memory ${report.peakMib.toFixed(0)} MiB.`,
    '### Mapping against the truth',
    table(
      ['', ''],
      [
        ['wrong automatic links', String(mapping.wrongLinks.length)],
        ['automatic links, right', `${mapping.rightLinks} of ${mapping.automaticLinks}`],
        ['precision', mapping.precision.toFixed(6)],
        ['recall', `${mapping.recall.toFixed(4)} of ${mapping.truePairs} pairs of a clip and an activity`],
        ['in the queue', `${mapping.queued} clips, ${share(mapping.queued, mapping.clips)}`],
        ['clips of no activity', String(mapping.idle)],
        ['true times outside what is said to be proven', String(report.brokenTimes)],
      ],
    ),
    table(
      ['reason in the queue', 'clips', 'of all clips'],
      Object.entries(mapping.byReason).map(([reason, clips]) => [
        reason,
        String(clips),
        share(clips, mapping.clips),
      ]),
    ),
    '### Coverage against the truth',
    `After a person worked through ${report.workedThrough} clips of the queue: ${coverage.agreeingCases} of ${coverage.cases} cases and ${coverage.activities - coverage.differing.length} of ${coverage.activities} activities as expected.`,
    table(
      ['expected', 'activities'],
      Object.entries(coverage.expected).map(([state, activities]) => [state, String(activities)]),
    ),
    ...coverage.differing
      .slice(0, 20)
      .map(
        ({ activityId, plan, expected, found }) =>
          `- ${activityId} (${plan}): expected ${expected}, found ${found}`,
      ),
    '### Time',
    table(
      ['', 's', 'ms a clip'],
      Object.entries(timings).map(([name, seconds]) => [
        name,
        seconds.toFixed(1),
        ((seconds * 1000) / report.clips).toFixed(2),
      ]),
    ),
    '### Cost of each statistic',
    `Over ${report.period.from} to ${report.period.to}: with ${report.firstClips} clips in the index, none outside the period, and with ${report.clips}. Answers that differ: ${differingAnswers(report.first, report.whole).length}. Last column: over the whole year. Least of seven rounds.`,
    table(
      ['measure', 'by', `ms at ${report.firstClips}`, `ms at ${report.clips}`, 'ratio', 'whole year, ms'],
      costRows(report),
    ),
  ].join('\n\n');
}

/** Each measure in whole, and by all its groupings one after the other. */
function costRows({ first, whole, overYear }: YearReport): string[][] {
  return [...new Set(first.map(({ measure }) => measure))].flatMap((measure) =>
    [true, false].map((isWhole) => {
      const sum = (asked: readonly AskedStatistic[]) =>
        asked
          .filter((one) => one.measure === measure && (one.by === null) === isWhole)
          .reduce((total, { leastMs }) => total + leastMs, 0);
      const [before, after] = [sum(first), sum(whole)];
      return [
        measure,
        isWhole ? 'nothing' : 'each grouping, together',
        before.toFixed(2),
        after.toFixed(2),
        (after / Math.max(0.001, before)).toFixed(2),
        sum(overYear).toFixed(1),
      ];
    }),
  );
}
