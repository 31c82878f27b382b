import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyAction, CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { Transaction } from '../index-store/index-database.ts';
import type { Operation } from './operation.ts';
import { readOperation } from './operation-queries.ts';

/** One act of a person on an operation: a transaction, and what of it stands in the custody log. */
export class OperationAct {
  readonly transaction: Transaction;
  readonly operationId: string;
  readonly person: string;
  readonly #custody: CustodyLog;
  readonly #now: () => number;

  constructor(
    transaction: Transaction,
    custody: CustodyLog,
    about: { operationId: string; person: string; now: () => number },
  ) {
    this.transaction = transaction;
    this.operationId = about.operationId;
    this.person = about.person;
    this.#custody = custody;
    this.#now = about.now;
  }

  get nowMs(): number {
    return this.#now();
  }

  /** The moment as it is kept, in UTC. */
  get instant(): string {
    return new Date(this.nowMs).toISOString();
  }

  /** Throws IngestError OPERATION_UNKNOWN. */
  async operation(): Promise<Operation> {
    const { transaction, operationId } = this;
    const reader = { read: (sql: string, parameters = []) => transaction.all(sql, parameters) };
    const operation = await readOperation(reader, operationId);
    if (operation === null)
      throw new IngestError('OPERATION_UNKNOWN', `there is no operation ${operationId}`);
    return operation;
  }

  /** Throws IngestError OPERATION_UNKNOWN, OPERATION_CLOSED. */
  async requireOpen(): Promise<void> {
    const { closedAt } = await this.operation();
    if (closedAt !== null) throw new IngestError('OPERATION_CLOSED', `it was closed at ${closedAt}`);
  }

  async tell(
    action: CustodyAction,
    details: { readonly [key: string]: JsonValue },
    recorderId: string | null = null,
  ): Promise<void> {
    await this.#custody.append(this.transaction, {
      action,
      actor: `operator:${this.person}`,
      ...(recorderId === null ? {} : { recorderId }),
      details: { operationId: this.operationId, ...details },
    });
  }
}
