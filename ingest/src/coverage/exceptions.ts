import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import { checkClaim } from './check-claim.ts';
import { readException } from './exception-queries.ts';
import type { CoverageException, ExceptionClaim, ExceptionVerdict } from './exception-record.ts';

/** Verdicts that may follow what stands. */
const possibleVerdicts: Record<CoverageException['standing'], readonly ExceptionVerdict[]> = {
  requested: ['approved', 'refused', 'withdrawn'],
  approved: ['withdrawn'],
  refused: [],
  withdrawn: [],
};

/**
 * What people sign for where footage does not answer a duty: asked for by one person, approved or refused by another.
 * Requests and decisions are only added, each in one transaction with its custody entry; a decision has the activities
 * judged anew.
 */
export class Exceptions {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #onDecided: () => void;

  /** `onDecided` is called when activities have become due. */
  constructor(database: IndexDatabase, custody: CustodyLog, onDecided: () => void) {
    this.#onDecided = onDecided;
    this.#database = database;
    this.#custody = custody;
  }

  /** Throws IngestError EXCEPTION_INVALID, ACTIVITY_UNKNOWN, CASE_UNKNOWN, RECORDER_UNKNOWN. */
  async request(claim: ExceptionClaim, person: string): Promise<CoverageException> {
    checkClaim(claim);
    const exceptionId = uuidv7();
    await this.#database.write(async (transaction) => {
      await checkSubjects(transaction, claim);
      await transaction.run(
        `INSERT INTO coverage_exception (sequence, exception_id, kind, activity_id, case_id, recorder_id, from_at, to_at,
         reason_code, reason, paper_record, requested_at, requested_by)
         VALUES ((SELECT coalesce(max(sequence) + 1, 0) FROM coverage_exception), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          exceptionId,
          claim.kind,
          claim.activityId,
          claim.caseId,
          claim.recorderId,
          claim.from,
          claim.to,
          claim.reasonCode,
          claim.reason,
          claim.paperRecord,
          new Date().toISOString(),
          person,
        ],
      );
      await this.#custody.append(transaction, {
        action: 'exception-requested',
        actor: `operator:${person}`,
        ...(claim.recorderId === null ? {} : { recorderId: claim.recorderId }),
        details: { exceptionId, ...claim },
      });
    });
    return this.#read(exceptionId);
  }

  /**
   * Approves, refuses or withdraws. Whoever asked can withdraw, but not approve or refuse; an approval can be withdrawn
   * later. Throws IngestError EXCEPTION_UNKNOWN, EXCEPTION_DECIDED, SAME_PERSON.
   */
  async decide(
    exceptionId: string,
    verdict: ExceptionVerdict,
    { person, reason }: { person: string; reason: string },
  ): Promise<CoverageException> {
    await this.#database.write(async (transaction) => {
      const exception = await readException({ read: (...query) => transaction.all(...query) }, exceptionId);
      if (exception === null)
        throw new IngestError('EXCEPTION_UNKNOWN', `there is no exception ${exceptionId}`);
      if (!possibleVerdicts[exception.standing].includes(verdict)) {
        throw new IngestError('EXCEPTION_DECIDED', `the exception is ${exception.standing}`);
      }
      if (verdict !== 'withdrawn' && exception.requestedBy === person) {
        throw new IngestError('SAME_PERSON', 'another person than the one who asked must decide');
      }
      await transaction.run(
        `INSERT INTO coverage_exception_decision (sequence, exception_id, verdict, at, "by", reason)
         VALUES ((SELECT coalesce(max(sequence) + 1, 0) FROM coverage_exception_decision), ?, ?, ?, ?, ?)`,
        [exceptionId, verdict, new Date().toISOString(), person, reason],
      );
      await this.#custody.append(transaction, {
        action: 'exception-decided',
        actor: `operator:${person}`,
        details: { exceptionId, kind: exception.kind, verdict, reason },
      });
      await markDue(transaction, 'activity', await concerned(transaction, exception));
    });
    this.#onDecided();
    return this.#read(exceptionId);
  }

  async #read(exceptionId: string): Promise<CoverageException> {
    const exception = await readException(this.#database, exceptionId);
    if (exception === null)
      throw new IngestError('EXCEPTION_UNKNOWN', `there is no exception ${exceptionId}`);
    return exception;
  }
}

async function checkSubjects(
  transaction: Transaction,
  { activityId, caseId, recorderId }: ExceptionClaim,
): Promise<void> {
  const isKnown = async (table: string, column: string, id: string) =>
    (await transaction.all(`SELECT 1 FROM ${table} WHERE ${column} = ?`, [id])).length > 0;
  if (activityId !== null && !(await isKnown('activity', 'activity_id', activityId))) {
    throw new IngestError('ACTIVITY_UNKNOWN', `no case system has told of the activity ${activityId}`);
  }
  if (caseId !== null && !(await isKnown('enforcement_case', 'case_id', caseId))) {
    throw new IngestError('CASE_UNKNOWN', `no case system has told of the case ${caseId}`);
  }
  if (recorderId !== null && !(await isKnown('recorder', 'recorder_id', recorderId))) {
    throw new IngestError('RECORDER_UNKNOWN', `no recorder ${recorderId} was ever docked here`);
  }
}

/** The activities an exception bears on. */
async function concerned(
  transaction: Transaction,
  { activityId, caseId }: CoverageException,
): Promise<string[]> {
  if (activityId !== null) return [activityId];
  const rows = await transaction.all('SELECT activity_id FROM activity WHERE case_id = ?', [caseId]);
  return rows.map((row) => String(row.activity_id));
}
