import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeMachine } from '../machine.ts';
import { RunningYear } from './run-year.ts';
import { askEverything } from './statistics-cost.ts';
import { dayMs, firstDayMs, hourMs } from './true-year.ts';
import type { YearBenchOptions } from './year-options.ts';
import { isSound, type YearReport, yearMarkdown } from './year-report.ts';

/** Lives through a generated year, prints what came of it, and ends with exit code 1 where anything is not as it must be. */
export async function runYear(options: YearBenchOptions): Promise<void> {
  const workFolder = await mkdtemp(join(options.workFolder, 'docket-year-'));
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const report = await measure(options, join(workFolder, 'index.sqlite'), stopping.signal);
    const markdown = yearMarkdown(report);
    process.stdout.write(`${markdown}\n`);
    if (!isSound(report)) process.exitCode = 1;
    if (options.outFolder === undefined) return;
    await mkdir(options.outFolder, { recursive: true });
    await writeFile(join(options.outFolder, 'year.md'), `${markdown}\n`);
    await writeFile(join(options.outFolder, 'year.json'), `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function measure(options: YearBenchOptions, file: string, signal: AbortSignal): Promise<YearReport> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const machine = describeMachine();
  const startedAt = new Date().toISOString();
  const running = await RunningYear.open(file, options);
  try {
    const { year, caseWork } = running;
    const [firstDays, rest] = [year.days.slice(0, options.firstDays), year.days.slice(options.firstDays)];
    const period = { from: dayText(0), to: dayText(calendarDay(firstDays.length - 1)) };
    await running.live(firstDays, signal);
    say(`the first ${firstDays.length} days are there`);
    const first = await askEverything(caseWork.statistics, period);
    const firstClips = firstDays.reduce(
      (sum, { dockings }) => sum + dockings.reduce((clips, docking) => clips + docking.clips.length, 0),
      0,
    );
    for (let from = 0; from < rest.length; from += options.firstDays) {
      await running.live(rest.slice(from, from + options.firstDays), signal);
      signal.throwIfAborted();
      say(`${Math.min(rest.length, from + options.firstDays)} of ${rest.length} more days are there`);
    }
    const whole = await askEverything(caseWork.statistics, period);
    const overYear = await askEverything(caseWork.statistics, { from: '2025-01-01', to: '2025-12-31' });
    const mapping = await running.mapping();
    const workedThrough = await running.workThroughQueue(signal);
    const coverage = await running.coverage();
    return {
      startedAt,
      machine,
      options,
      clips: year.clips.length,
      firstClips,
      activities: year.activities.length,
      cases: coverage.cases,
      dockings: year.days.reduce((sum, { dockings }) => sum + dockings.length, 0),
      mapping,
      workedThrough,
      brokenTimes: running.brokenTimes(),
      coverage,
      timings: running.timings,
      period,
      first,
      whole,
      overYear,
      peakMib: process.resourceUsage().maxRSS / 1024,
      indexMib: (await stat(file)).size / 1024 ** 2,
    };
  } finally {
    await running.close();
  }
}

/** Working days are Monday to Friday. */
function calendarDay(working: number): number {
  return Math.floor(working / 5) * 7 + (working % 5);
}

function dayText(day: number): string {
  return new Date(firstDayMs + day * dayMs + 8 * hourMs).toISOString().slice(0, 10);
}
