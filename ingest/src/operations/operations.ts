import { v7 as uuidv7 } from 'uuid';
import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyAction, CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { writeLiveSession } from '../mapping/live-session-case.ts';
import { requireRecorder, requireSubject } from './check-subject.ts';
import { markClipsOfPart, markLiveClips } from './mark-clips.ts';
import type { BookmarkKind, Operation, OperationFile, OperationPart, OperationSubject } from './operation.ts';
import {
  listOperations,
  type OperationFilter,
  partOf,
  readOperation,
  readOperationFile,
  readPartsNow,
} from './operation-queries.ts';

/** A recorder that shall take part, and who wears it. */
export interface JoiningRecorder {
  recorderId: string;
  officerId: string | null;
}

export interface NewOperation extends OperationSubject {
  title: string;
  place: string | null;
  officerIds: readonly string[];
  recorders: readonly JoiningRecorder[];
}

export interface NewBookmark {
  kind: BookmarkKind;
  text: string | null;
  /** The moment it marks; `null`: now. */
  at: string | null;
  recorderId: string | null;
}

export type OperationListener = (operationId: string) => void;

/** How far the moment of a tap may be from what it is about: operations name originals only beyond this. */
const tapDoubtMs = 1_000;

/**
 * On-site operations: opened and closed by people, joined and left by recorders, marked as they go. Each act is one
 * transaction with its custody entry. What a recorder sends while it takes part is linked to the operation's case as it
 * comes, and again where the operation turns out to be about another one; what it recorded meanwhile on its own card, when
 * it is docked.
 */
export class Operations {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #listeners = new Set<OperationListener>();
  readonly #now: () => number;

  constructor(database: IndexDatabase, custody: CustodyLog, now: () => number = Date.now) {
    this.#database = database;
    this.#custody = custody;
    this.#now = now;
  }

  /** Throws IngestError LINK_TARGET_UNKNOWN, RECORDER_UNKNOWN, RECORDER_ANONYMOUS, RECORDER_IN_OPERATION; then nothing of it stands. */
  open(wanted: NewOperation, person: string): Promise<Operation> {
    const operationId = uuidv7();
    return this.#act(operationId, async (transaction) => {
      const { title, place, officerIds, recorders } = wanted;
      const subject = await requireSubject(transaction, wanted);
      await transaction.run(
        `INSERT INTO operation (operation_id, title, case_id, activity_id, step, place, officer_ids, opened_at, opened_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          operationId,
          title,
          subject.caseId,
          subject.activityId,
          subject.step,
          place,
          JSON.stringify([...new Set(officerIds)]),
          this.#instant(),
          person,
        ],
      );
      await this.#tell(transaction, 'operation-opened', operationId, person, {
        title,
        ...subject,
        place,
        officerIds: [...new Set(officerIds)],
      });
      for (const recorder of recorders) await this.#join(transaction, operationId, recorder, person);
    });
  }

  /**
   * Says what the operation is about, also after it was closed: footage it brought is linked there, and no longer where it
   * was. Throws IngestError OPERATION_UNKNOWN, LINK_TARGET_UNKNOWN.
   */
  relate(operationId: string, wanted: OperationSubject, person: string): Promise<Operation> {
    return this.#act(operationId, async (transaction) => {
      await this.#require(transaction, operationId);
      const subject = await requireSubject(transaction, wanted);
      await transaction.run(
        'UPDATE operation SET case_id = ?, activity_id = ?, step = ? WHERE operation_id = ?',
        [subject.caseId, subject.activityId, subject.step, operationId],
      );
      await this.#tell(transaction, 'operation-related', operationId, person, { ...subject });
      await markLiveClips(transaction, operationId);
      for (const part of await partsOf(transaction, operationId)) {
        if (part.leftAt !== null) await this.#nameOriginals(transaction, part);
      }
    });
  }

  /**
   * Throws IngestError OPERATION_UNKNOWN, OPERATION_CLOSED, RECORDER_UNKNOWN, RECORDER_ANONYMOUS, RECORDER_IN_OPERATION.
   */
  join(operationId: string, recorder: JoiningRecorder, person: string): Promise<Operation> {
    return this.#act(operationId, async (transaction) => {
      await this.#requireOpen(transaction, operationId);
      await this.#join(transaction, operationId, recorder, person);
    });
  }

  /** Throws IngestError OPERATION_UNKNOWN, OPERATION_CLOSED, RECORDER_NOT_IN_OPERATION. */
  leave(operationId: string, recorderId: string, person: string): Promise<Operation> {
    return this.#act(operationId, async (transaction) => {
      await this.#requireOpen(transaction, operationId);
      const parts = await partsOf(transaction, operationId);
      const part = parts.find((one) => one.recorderId === recorderId && one.leftAt === null);
      if (part === undefined) {
        throw new IngestError('RECORDER_NOT_IN_OPERATION', `${recorderId} takes no part in it`);
      }
      await this.#leave(transaction, part, person);
    });
  }

  /**
   * Marks a moment: now, or one that is past, also of an operation that is closed. Throws IngestError OPERATION_UNKNOWN,
   * BOOKMARK_OUTSIDE.
   */
  async bookmark(operationId: string, wanted: NewBookmark, person: string): Promise<string> {
    const bookmarkId = uuidv7();
    await this.#act(operationId, async (transaction) => {
      const { openedAt, closedAt } = await this.#require(transaction, operationId);
      const madeAt = this.#instant();
      const at = wanted.at === null ? madeAt : new Date(wanted.at).toISOString();
      // A tap is now, whatever was done to the clock since the operation was opened.
      const isWithin = wanted.at === null ? closedAt === null : openedAt <= at && at <= (closedAt ?? madeAt);
      if (!isWithin) throw new IngestError('BOOKMARK_OUTSIDE', `${at} lies outside the operation`);
      const { kind, text, recorderId } = wanted;
      if (
        recorderId !== null &&
        !(await tookPart(transaction, operationId, recorderId, wanted.at === null ? null : at))
      ) {
        throw new IngestError('BOOKMARK_OUTSIDE', `${recorderId} took no part in the operation at ${at}`);
      }
      await transaction.run(
        `INSERT INTO operation_bookmark (bookmark_id, operation_id, kind, text, at, recorder_id, made_by, made_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [bookmarkId, operationId, kind, text, at, recorderId, person, madeAt],
      );
      const details = { bookmarkId, kind, text, at };
      await this.#tell(transaction, 'bookmark-made', operationId, person, details, recorderId);
    });
    return bookmarkId;
  }

  /** Strikes a bookmark out; it stays to be seen. Throws IngestError OPERATION_UNKNOWN, BOOKMARK_UNKNOWN, BOOKMARK_STRUCK. */
  strike(operationId: string, bookmarkId: string, reason: string, person: string): Promise<Operation> {
    return this.#act(operationId, async (transaction) => {
      await this.#require(transaction, operationId);
      const [row] = await transaction.all(
        `SELECT recorder_id, struck_at FROM operation_bookmark LEFT JOIN operation_bookmark_strike USING (bookmark_id)
         WHERE bookmark_id = ? AND operation_id = ?`,
        [bookmarkId, operationId],
      );
      if (row === undefined) throw new IngestError('BOOKMARK_UNKNOWN', `it has no bookmark ${bookmarkId}`);
      if (row.struck_at !== null) throw new IngestError('BOOKMARK_STRUCK', `struck out at ${row.struck_at}`);
      await transaction.run(
        'INSERT INTO operation_bookmark_strike (bookmark_id, reason, struck_by, struck_at) VALUES (?, ?, ?, ?)',
        [bookmarkId, reason, person, this.#instant()],
      );
      const recorderId = row.recorder_id === null ? null : String(row.recorder_id);
      await this.#tell(
        transaction,
        'bookmark-struck',
        operationId,
        person,
        { bookmarkId, reason },
        recorderId,
      );
    });
  }

  /** All recorders leave, and nothing more belongs to it. Throws IngestError OPERATION_UNKNOWN, OPERATION_CLOSED. */
  close(operationId: string, person: string): Promise<Operation> {
    return this.#act(operationId, async (transaction) => {
      await this.#requireOpen(transaction, operationId);
      for (const part of await partsOf(transaction, operationId)) {
        if (part.leftAt === null) await this.#leave(transaction, part, person);
      }
      await transaction.run('UPDATE operation SET closed_at = ?, closed_by = ? WHERE operation_id = ?', [
        this.#instant(),
        person,
        operationId,
      ]);
      await this.#tell(transaction, 'operation-closed', operationId, person, {});
    });
  }

  /** Newest first. */
  list(
    filter: OperationFilter,
    page: { before: string | null; limit: number },
  ): Promise<{ operations: Operation[]; next: string | null }> {
    return listOperations(this.#database, filter, page);
  }

  /** `null` where there is no such operation. */
  read(operationId: string): Promise<OperationFile | null> {
    return readOperationFile(this.#database, operationId);
  }

  /** The part that each recorder takes now; a recorder takes part in one operation at a time. */
  recordersNow(): Promise<OperationPart[]> {
    return readPartsNow(this.#database);
  }

  /** Calls the listener with the operation of each act, until the returned function is called. */
  onChange(listener: OperationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #act(operationId: string, act: (transaction: Transaction) => Promise<void>): Promise<Operation> {
    await this.#database.write(act);
    for (const listener of this.#listeners) listener(operationId);
    return (await readOperation(this.#database, operationId)) as Operation;
  }

  async #join(
    transaction: Transaction,
    operationId: string,
    { recorderId, officerId }: JoiningRecorder,
    person: string,
  ): Promise<void> {
    await requireRecorder(transaction, recorderId);
    const [other] = await transaction.all(
      'SELECT operation_id FROM operation_recorder WHERE recorder_id = ? AND left_at IS NULL',
      [recorderId],
    );
    if (other !== undefined) {
      throw new IngestError('RECORDER_IN_OPERATION', `${recorderId} takes part in ${other.operation_id}`);
    }
    await transaction.run(
      `INSERT INTO operation_recorder (operation_id, recorder_id, officer_id, joined_at) VALUES (?, ?, ?, ?)`,
      [operationId, recorderId, officerId, await this.#afterLastPart(transaction, operationId, recorderId)],
    );
    await this.#tell(transaction, 'operation-joined', operationId, person, { officerId }, recorderId);
  }

  /** A recorder that leaves and joins again in the same millisecond joins in the next: parts do not share a moment. */
  async #afterLastPart(transaction: Transaction, operationId: string, recorderId: string): Promise<string> {
    const [last] = await transaction.all(
      'SELECT max(left_at) AS left_at FROM operation_recorder WHERE operation_id = ? AND recorder_id = ?',
      [operationId, recorderId],
    );
    const leftMs = typeof last?.left_at === 'string' ? Date.parse(last.left_at) : Number.NEGATIVE_INFINITY;
    return new Date(Math.max(this.#now(), leftMs + 1)).toISOString();
  }

  async #leave(transaction: Transaction, part: OperationPart, person: string): Promise<void> {
    // Should the clock have been set back meanwhile, it left when it came.
    const leftAt = [this.#instant(), part.joinedAt].sort().at(-1) as string;
    await transaction.run(
      'UPDATE operation_recorder SET left_at = ? WHERE operation_id = ? AND recorder_id = ? AND left_at IS NULL',
      [leftAt, part.operationId, part.recorderId],
    );
    await this.#tell(transaction, 'operation-left', part.operationId, person, {}, part.recorderId);
    await this.#nameOriginals(transaction, { ...part, leftAt });
  }

  /** What the recorder recorded meanwhile on its own card belongs here too; it shows when the recorder is docked. */
  async #nameOriginals(transaction: Transaction, part: OperationPart): Promise<void> {
    const { operationId, recorderId, joinedAt, leftAt } = part;
    const { caseId, activityId } = await this.#require(transaction, operationId);
    await writeLiveSession(transaction, {
      sessionId: `${operationId} ${recorderId} ${joinedAt}`,
      recorderId,
      caseId: activityId === null ? caseId : null,
      activityId,
      fromMs: Date.parse(joinedAt),
      toMs: Date.parse(leftAt ?? joinedAt),
      doubtMs: tapDoubtMs,
    });
    await markClipsOfPart(transaction, part);
  }

  async #require(
    transaction: Transaction,
    operationId: string,
  ): Promise<Pick<Operation, 'openedAt' | 'closedAt' | 'caseId' | 'activityId'>> {
    const reader = { read: (sql: string, parameters = []) => transaction.all(sql, parameters) };
    const operation = await readOperation(reader, operationId);
    if (operation === null)
      throw new IngestError('OPERATION_UNKNOWN', `there is no operation ${operationId}`);
    return operation;
  }

  async #requireOpen(transaction: Transaction, operationId: string): Promise<void> {
    const { closedAt } = await this.#require(transaction, operationId);
    if (closedAt !== null) throw new IngestError('OPERATION_CLOSED', `it was closed at ${closedAt}`);
  }

  async #tell(
    transaction: Transaction,
    action: CustodyAction,
    operationId: string,
    person: string,
    details: { readonly [key: string]: JsonValue },
    recorderId: string | null = null,
  ): Promise<void> {
    await this.#custody.append(transaction, {
      action,
      actor: `operator:${person}`,
      ...(recorderId === null ? {} : { recorderId }),
      details: { operationId, ...details },
    });
  }

  #instant(): string {
    return new Date(this.#now()).toISOString();
  }
}

async function partsOf(transaction: Transaction, operationId: string): Promise<OperationPart[]> {
  const rows = await transaction.all(
    'SELECT * FROM operation_recorder WHERE operation_id = ? ORDER BY joined_at, recorder_id',
    [operationId],
  );
  return rows.map(partOf);
}

/** Whether the recorder took part at a moment; `null`: now. */
async function tookPart(
  transaction: Transaction,
  operationId: string,
  recorderId: string,
  at: string | null,
): Promise<boolean> {
  const rows = await transaction.all(
    `SELECT 1 FROM operation_recorder WHERE operation_id = ?1 AND recorder_id = ?2
     AND CASE WHEN ?3 IS NULL THEN left_at IS NULL ELSE joined_at <= ?3 AND (left_at IS NULL OR ?3 <= left_at) END`,
    [operationId, recorderId, at],
  );
  return rows.length > 0;
}
