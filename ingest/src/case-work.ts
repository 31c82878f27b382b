import { CaseBook } from './cases/case-book.ts';
import { Coverage, type CoveragePolicy } from './coverage/coverage.ts';
import { Exceptions } from './coverage/exceptions.ts';
import type { CustodyLog } from './custody/custody-log.ts';
import { type DeadlinePolicy, usualDeadlines } from './deadlines/deadline-policy.ts';
import { Deadlines } from './deadlines/deadlines.ts';
import { type CalendarOptions, WorkingCalendar } from './deadlines/working-calendar.ts';
import { Disclosure, type DisclosurePolicy } from './disclosure/disclosure.ts';
import { DutyLists } from './duties/duty-lists.ts';
import type { IndexDatabase } from './index-store/index-database.ts';
import { LiveAlarms } from './live/live-alarms.ts';
import { Reconciliation } from './live/reconcile/reconciliation.ts';
import { defaultMappingPolicy, type MappingPolicy } from './mapping/link-evidence.ts';
import { Mapping } from './mapping/mapping.ts';
import { Operations } from './operations/operations.ts';
import { Reckoner, type ReckonerOptions, type Reckoning } from './reckoning/reckoner.ts';
import { RetentionBook, type RetentionOptions } from './retention/retention-book.ts';
import { LegalReview } from './review/legal-review.ts';
import { Publication } from './review/publication.ts';
import { Statistics } from './statistics/statistics.ts';
import { askStatistics } from './statistics/statistics-queries.ts';

export interface CaseWorkOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  onReckonError: ReckonerOptions['onError'];
  /** IANA zone in which days begin and end. */
  zone?: string;
  /** Hours after a recording or its activity within which footage is handed in. */
  uploadHours?: number;
  /** How duties are judged, beside the zone and the hours. */
  coverage?: Partial<Omit<CoveragePolicy, 'zone' | 'uploadWithinMs'>>;
  /** The dock's clock in Unix milliseconds. */
  now?: () => number;
  /** What the public is told, and by which ways. */
  disclosure?: DisclosurePolicy;
  mapping?: MappingPolicy;
  /** Holidays and working days of the operator, beside the State Council's notices. */
  calendar?: Pick<CalendarOptions, 'holidays' | 'workdays'>;
  deadlines?: Omit<DeadlinePolicy, 'handInHours'>;
  retention?: Pick<RetentionOptions, 'policy' | 'isByTwoPersons' | 'isClockSure'>;
  /** What else rests on the record of cases, reckoned after it. */
  reckonedLast?: readonly Reckoning[];
}

const tellsNobody: DisclosurePolicy = { ways: [], kinds: [], statisticsEvery: null };

/**
 * Everything that turns clips into the record of cases: who, which case, which step, how far duties are answered, what
 * is due, what may be deleted, what may be told. Built once over an opened index.
 */
export class CaseWork {
  readonly book: CaseBook;
  readonly dutyLists: DutyLists;
  /** Which clip belongs where. */
  readonly mapping: Mapping;
  readonly coverage: Coverage;
  readonly exceptions: Exceptions;
  readonly deadlines: Deadlines;
  readonly retention: RetentionBook;
  readonly statistics: Statistics;
  readonly review: LegalReview;
  /** Says which decisions may be published. */
  readonly publication: Publication;
  readonly disclosure: Disclosure;
  /** On-site operations. */
  readonly operations: Operations;
  /** What is wrong with live streams. */
  readonly liveAlarms: LiveAlarms;
  /** Holds live segments against the originals of docked recorders. */
  readonly reconciliation: Reconciliation;
  /** Keeps all of it true to the facts; run as one part of the gateway. */
  readonly reckoner: Reckoner;

  constructor({
    database,
    custody,
    onReckonError,
    zone = 'Asia/Shanghai',
    uploadHours = 24,
    mapping = defaultMappingPolicy,
    coverage,
    now = Date.now,
    disclosure = tellsNobody,
    calendar = {},
    deadlines = usualDeadlines,
    retention = {},
    reckonedLast = [],
  }: CaseWorkOptions) {
    this.book = new CaseBook(database, custody);
    this.dutyLists = new DutyLists(database, custody, zone);
    this.mapping = new Mapping(database, custody, mapping);
    this.coverage = new Coverage(
      { database, custody, dutyLists: this.dutyLists },
      { ...coverage, zone, uploadWithinMs: uploadHours * 3_600_000 },
      now,
    );
    this.exceptions = new Exceptions(database, custody, () => this.reckoner.wake());
    this.review = new LegalReview(database, custody);
    this.disclosure = new Disclosure(
      database,
      custody,
      {
        dutyLists: this.dutyLists,
        coverageByCategory: (from, to) =>
          askStatistics(database, { measure: 'coverage', by: ['category'], from, to, filter: {} }),
      },
      disclosure,
    );
    this.publication = new Publication(database, custody, this.disclosure);
    this.deadlines = new Deadlines({
      database,
      custody,
      zone,
      calendar: new WorkingCalendar(calendar),
      policy: { ...deadlines, handInHours: uploadHours },
    });
    this.retention = new RetentionBook({ database, custody, zone, ...retention });
    this.statistics = new Statistics(database, { zone, uploadHours });
    this.liveAlarms = new LiveAlarms(database, custody);
    this.reconciliation = new Reconciliation({ database, custody, alarms: this.liveAlarms });
    this.reckoner = new Reckoner({
      database,
      // Figures come last: they count what the others found.
      reckonings: [
        this.mapping.reckoning,
        ...this.reconciliation.reckonings,
        ...this.coverage.reckonings,
        this.retention.reckoning,
        this.publication,
        this.deadlines,
        ...this.statistics.reckonings,
        ...reckonedLast,
      ],
      onError: onReckonError,
    });
    this.mapping.onChange(() => this.reckoner.wake());
    this.operations = new Operations(database, custody, now);
    this.operations.onChange(() => this.reckoner.wake());
  }
}
