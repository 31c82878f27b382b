import { CaseBook } from './cases/case-book.ts';
import type { CustodyLog } from './custody/custody-log.ts';
import { DutyLists } from './duties/duty-lists.ts';
import type { IndexDatabase } from './index-store/index-database.ts';
import { Reckoner, type ReckonerOptions } from './reckoning/reckoner.ts';
import { Statistics } from './statistics/statistics.ts';

export interface CaseWorkOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  onReckonError: ReckonerOptions['onError'];
  /** IANA zone in which days begin and end. */
  zone?: string;
  /** Hours after a recording or its activity within which footage is handed in. */
  uploadHours?: number;
}

/**
 * Everything that turns clips into the record of cases: who, which case, which step, how far duties are answered, what
 * is due, what may be deleted, what may be told. Built once over an opened index.
 */
export class CaseWork {
  readonly book: CaseBook;
  readonly dutyLists: DutyLists;
  readonly statistics: Statistics;
  /** Keeps all of it true to the facts; run as one part of the gateway. */
  readonly reckoner: Reckoner;

  constructor({
    database,
    custody,
    onReckonError,
    zone = 'Asia/Shanghai',
    uploadHours = 24,
  }: CaseWorkOptions) {
    this.book = new CaseBook(database, custody);
    this.dutyLists = new DutyLists(database, custody, zone);
    this.statistics = new Statistics(database, { zone, uploadHours });
    this.reckoner = new Reckoner({
      database,
      // Figures come last: they count what the others found.
      reckonings: [...this.statistics.reckonings],
      onError: onReckonError,
    });
  }
}
