import type { CustodyAction, CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import type { LedgerAct, RecorderStanding, RecorderState } from './register-record.ts';
import { readStanding } from './standing.ts';
import { registerStated, type StatedRecorder } from './stated-recorder.ts';

/** Who does an act, and why. */
export interface ActGround {
  operator: string;
  reason: string;
}

export interface IssueTo {
  officerNumber: string;
  officerName: string;
  /** What the recorder calls this officer, where that is not `officerNumber`. */
  numberOnRecorder: string | null;
}

interface LedgerLine {
  act: LedgerAct;
  officer: IssueTo | null;
  state: RecorderState | null;
}

export type LedgerListener = (recorderId: string, standing: RecorderStanding) => void;

const custodyActions: Record<LedgerAct, CustodyAction> = {
  issued: 'recorder-issued',
  returned: 'recorder-returned',
  'state-changed': 'recorder-state-changed',
};

/**
 * Who was issued which recorder, when, by whom and why; and which recorders are out of service. Lines are only added,
 * each in one transaction with its custody entry. Acts throw IngestError RECORDER_UNKNOWN, RECORDER_ANONYMOUS and what
 * each names.
 */
export class RecorderLedger {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #listeners = new Set<LedgerListener>();

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /**
   * Takes in a recorder that was never docked here, by what a person says of it; when it is docked under this serial
   * number it is the same recorder. Resolves with its id. Throws SERIAL_NUMBER_TAKEN where it is known already.
   */
  async register(stated: StatedRecorder, ground: ActGround): Promise<string> {
    const recorderId = await this.#database.write((transaction) =>
      registerStated(transaction, this.#custody, stated, ground),
    );
    for (const listener of this.#listeners) listener(recorderId, { state: 'in-service', issuedTo: null });
    return recorderId;
  }

  /** Hands a recorder out (发放). Throws RECORDER_ISSUED, RECORDER_OUT_OF_SERVICE. */
  issue(recorderId: string, officer: IssueTo, ground: ActGround): Promise<RecorderStanding> {
    return this.#act(recorderId, ground, ({ state, issuedTo }) => {
      if (issuedTo !== null) {
        throw new IngestError('RECORDER_ISSUED', `it is issued to ${issuedTo.officerNumber}`);
      }
      if (state !== 'in-service') {
        throw new IngestError('RECORDER_OUT_OF_SERVICE', `its state is ${state}`);
      }
      return { act: 'issued', officer, state: null };
    });
  }

  /** Takes a recorder back (归还), whatever its state. Throws RECORDER_NOT_ISSUED. */
  takeBack(recorderId: string, ground: ActGround): Promise<RecorderStanding> {
    return this.#act(recorderId, ground, ({ issuedTo }) => {
      if (issuedTo === null) throw new IngestError('RECORDER_NOT_ISSUED', 'it is issued to nobody');
      return { act: 'returned', officer: issuedTo, state: null };
    });
  }

  /** Takes a recorder out of service or back into it. A binding stays until the recorder is returned. */
  changeState(recorderId: string, state: RecorderState, ground: ActGround): Promise<RecorderStanding> {
    return this.#act(recorderId, ground, () => ({ act: 'state-changed', officer: null, state }));
  }

  /** Calls `listener` after each act, until the returned function is called. */
  onAct(listener: LedgerListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #act(
    recorderId: string,
    ground: ActGround,
    decide: (standing: RecorderStanding) => LedgerLine,
  ): Promise<RecorderStanding> {
    const standing = await this.#database.write(async (transaction) => {
      const before = await this.#standingOf(transaction, recorderId);
      await this.#append(transaction, recorderId, decide(before), ground);
      return this.#standingOf(transaction, recorderId);
    });
    for (const listener of this.#listeners) listener(recorderId, standing);
    return standing;
  }

  async #standingOf(transaction: Transaction, recorderId: string): Promise<RecorderStanding> {
    const standing = await readStanding(transaction.all, recorderId);
    if (standing === null) throw new IngestError('RECORDER_UNKNOWN', `there is no recorder ${recorderId}`);
    const [row] = await transaction.all('SELECT serial_number FROM recorder WHERE recorder_id = ?', [
      recorderId,
    ]);
    if (row?.serial_number === null) {
      throw new IngestError(
        'RECORDER_ANONYMOUS',
        'a recorder that names no serial number is no one recorder',
      );
    }
    return standing;
  }

  async #append(
    transaction: Transaction,
    recorderId: string,
    { act, officer, state }: LedgerLine,
    { operator, reason }: ActGround,
  ): Promise<void> {
    const [next] = await transaction.all(
      'SELECT coalesce(max(sequence) + 1, 0) AS sequence FROM recorder_ledger',
    );
    const sequence = Number(next?.sequence);
    const { officerNumber = null, officerName = null, numberOnRecorder = null } = officer ?? {};
    await transaction.run(
      `INSERT INTO recorder_ledger (sequence, recorder_id, at, operator, act, officer_number, officer_name, number_on_recorder, state, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        sequence,
        recorderId,
        new Date().toISOString(),
        operator,
        act,
        officerNumber,
        officerName,
        numberOnRecorder,
        state,
        reason,
      ],
    );
    await this.#custody.append(transaction, {
      action: custodyActions[act],
      actor: `operator:${operator}`,
      recorderId,
      details: {
        ledger: sequence,
        reason,
        ...(officer === null ? {} : { officerNumber, officerName, numberOnRecorder }),
        ...(state === null ? {} : { state }),
      },
    });
  }
}
