import { CaseWork, CustodyLog, codeText, IndexDatabase } from '@docket/ingest';
import { CaseSystem } from './case-system.ts';
import { type CoverageResult, coverageResult } from './coverage-result.ts';
import { ClipLoader, LogTime } from './load-clips.ts';
import { type MappingResult, mappingResult } from './mapping-result.ts';
import { workThroughQueue } from './queue-worker.ts';
import { trueLinks } from './true-links.ts';
import { departmentId, type TrueActivity, type TrueDay, TrueYear, type YearOptions } from './true-year.ts';

/** How long each stretch of the work took. */
export type Timings = Record<string, number>;

/** A year in an index, with the product's own work on it. */
export class RunningYear {
  readonly year: TrueYear;
  readonly database: IndexDatabase;
  readonly caseWork: CaseWork;
  readonly truth: ReadonlyMap<string, readonly TrueActivity[]>;
  readonly timings: Timings = {};
  readonly #loader: ClipLoader;
  readonly #caseSystem: CaseSystem;
  readonly #errors: unknown[];

  private constructor(
    year: TrueYear,
    parts: { database: IndexDatabase; caseWork: CaseWork; loader: ClipLoader; errors: unknown[] },
  ) {
    this.year = year;
    this.database = parts.database;
    this.caseWork = parts.caseWork;
    this.#loader = parts.loader;
    this.#errors = parts.errors;
    this.#caseSystem = new CaseSystem(year, parts.caseWork);
    this.truth = trueLinks(year);
  }

  /** Opens an index in `file`, and tells it of the department, its list, its people and its cases. */
  static async open(file: string, options: YearOptions): Promise<RunningYear> {
    const year = new TrueYear(options);
    const database = await IndexDatabase.open(file);
    const logTime = new LogTime();
    const custody = await CustodyLog.open(database, 'gateway:year', logTime.now);
    const errors: unknown[] = [];
    const caseWork = new CaseWork({ database, custody, onReckonError: (error) => errors.push(error) });
    const loader = new ClipLoader(year, database, custody, logTime);
    const running = new RunningYear(year, { database, caseWork, loader, errors });
    await caseWork.dutyLists.adoptPreset(
      departmentId,
      { inForceFrom: '2025-01-01', reason: 'the year begins' },
      'year',
    );
    await loader.registerRecorders();
    await running.#timed('case system', () => running.#caseSystem.tellPeopleAndCases());
    return running;
  }

  /** Some days: what the case system tells in time, the clips, and what it tells later; each reckoned. */
  async live(days: readonly TrueDay[], signal: AbortSignal): Promise<void> {
    await this.#timed('case system', () => this.#caseSystem.tellActivities(days));
    await this.#timed('clips into the index', () => this.#loader.load(days));
    await this.#showCodes(days);
    await this.#timed('reckoning', () => this.#settle(signal));
    await this.#timed('case system', () => this.#caseSystem.tellTheRest(days));
    await this.#exempt(days);
    await this.#timed('reckoning', () => this.#settle(signal));
  }

  async workThroughQueue(signal: AbortSignal): Promise<number> {
    const worked = await this.#timed('queue by a person', () =>
      workThroughQueue(this.database, this.caseWork, this.truth),
    );
    await this.#timed('reckoning after the queue', () => this.#settle(signal));
    return worked;
  }

  mapping(): Promise<MappingResult> {
    return mappingResult(this.database, this.truth);
  }

  coverage(): Promise<CoverageResult> {
    return coverageResult(this.year, this.database, this.truth, this.#loader);
  }

  /** Clips whose true times lie outside what is said to be proven of them. */
  brokenTimes(): number {
    return this.year.clips.filter(({ clipId, startMs, endMs }) => {
      const proven = this.#loader.proven.get(clipId);
      if (proven === undefined) return false;
      const { startLowMs, startHighMs, endLowMs, endHighMs } = proven;
      return startMs < startLowMs || startMs > startHighMs || endMs < endLowMs || endMs > endHighMs;
    }).length;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  async #showCodes(days: readonly TrueDay[]): Promise<void> {
    for (const clip of days.flatMap(({ dockings }) => dockings.flatMap(({ clips }) => clips))) {
      if (clip.codeOf === null) continue;
      const text = codeText({ kind: 'activity', id: `year/activity-${clip.codeOf}` });
      await this.caseWork.mapping.takeCode(clip.clipId, 3000, text);
    }
  }

  /** Somebody asks that what could not be recorded be exempt, and another approves. */
  async #exempt(days: readonly TrueDay[]): Promise<void> {
    const { exceptions } = this.caseWork;
    for (const { activityId, plan } of days.flatMap(({ activities }) => activities)) {
      if (plan !== 'exempt') continue;
      const { exceptionId } = await exceptions.request(
        {
          kind: 'exemption',
          activityId,
          caseId: null,
          recorderId: null,
          from: null,
          to: null,
          reasonCode: 'emergency',
          reason: 'simulated',
          paperRecord: null,
        },
        'year',
      );
      await exceptions.decide(exceptionId, 'approved', { person: 'approver', reason: 'simulated' });
    }
  }

  async #settle(signal: AbortSignal): Promise<void> {
    await this.caseWork.reckoner.settle(signal);
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, 'reckoning failed');
  }

  async #timed<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const startedMs = performance.now();
    const result = await work();
    this.timings[name] = (this.timings[name] ?? 0) + (performance.now() - startedMs) / 1000;
    return result;
  }
}
