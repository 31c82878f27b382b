import { CaseBook } from './cases/case-book.ts';
import type { CustodyLog } from './custody/custody-log.ts';
import { DutyLists } from './duties/duty-lists.ts';
import type { IndexDatabase } from './index-store/index-database.ts';
import { Reckoner, type ReckonerOptions } from './reckoning/reckoner.ts';

export interface CaseWorkOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  onReckonError: ReckonerOptions['onError'];
  /** IANA zone in which days begin and end. */
  zone?: string;
}

/**
 * Everything that turns clips into the record of cases: who, which case, which step, how far duties are answered, what
 * is due, what may be deleted, what may be told. Built once over an opened index.
 */
export class CaseWork {
  readonly book: CaseBook;
  readonly dutyLists: DutyLists;
  /** Keeps all of it true to the facts; run as one part of the gateway. */
  readonly reckoner: Reckoner;

  constructor({ database, custody, onReckonError, zone = 'Asia/Shanghai' }: CaseWorkOptions) {
    this.book = new CaseBook(database, custody);
    this.dutyLists = new DutyLists(database, custody, zone);
    this.reckoner = new Reckoner({ database, reckonings: [], onError: onReckonError });
  }
}
