import { CaseBook } from './cases/case-book.ts';
import type { CustodyLog } from './custody/custody-log.ts';
import type { IndexDatabase } from './index-store/index-database.ts';
import { Reckoner, type ReckonerOptions } from './reckoning/reckoner.ts';

export interface CaseWorkOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  onReckonError: ReckonerOptions['onError'];
}

/**
 * Everything that turns clips into the record of cases: who, which case, which step, how far duties are answered, what
 * is due, what may be deleted, what may be told. Built once over an opened index.
 */
export class CaseWork {
  readonly book: CaseBook;
  /** Keeps all of it true to the facts; run as one part of the gateway. */
  readonly reckoner: Reckoner;

  constructor({ database, custody, onReckonError }: CaseWorkOptions) {
    this.book = new CaseBook(database, custody);
    this.reckoner = new Reckoner({ database, reckonings: [], onError: onReckonError });
  }
}
