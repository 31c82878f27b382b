import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { makeBookmark, type NewBookmark, strikeBookmark } from './bookmarks.ts';
import { requireSubject } from './check-subject.ts';
import { markLiveClips } from './mark-clips.ts';
import type { Operation, OperationFile, OperationPart, OperationSubject } from './operation.ts';
import { OperationAct } from './operation-act.ts';
import {
  listOperations,
  type OperationFilter,
  readOperation,
  readOperationFile,
  readPartsNow,
} from './operation-queries.ts';
import { beginPart, endPart, type JoiningRecorder, nameOriginals, partsOf } from './parts.ts';

export interface NewOperation extends OperationSubject {
  title: string;
  place: string | null;
  officerIds: readonly string[];
  recorders: readonly JoiningRecorder[];
}

export type OperationListener = (operationId: string) => void;

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
    const { title, place, recorders } = wanted;
    const officerIds = [...new Set(wanted.officerIds)];
    return this.#do(uuidv7(), person, async (act) => {
      const subject = await requireSubject(act.transaction, wanted);
      const { caseId, activityId, step } = subject;
      await act.transaction.run(
        `INSERT INTO operation (operation_id, title, case_id, activity_id, step, place, officer_ids, opened_at, opened_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          act.operationId,
          title,
          caseId,
          activityId,
          step,
          place,
          JSON.stringify(officerIds),
          act.instant,
          person,
        ],
      );
      await act.tell('operation-opened', { title, ...subject, place, officerIds });
      for (const recorder of recorders) await beginPart(act, recorder);
    });
  }

  /**
   * Says what the operation is about, also after it was closed: footage it brought is linked there, and no longer where it
   * was. Throws IngestError OPERATION_UNKNOWN, LINK_TARGET_UNKNOWN.
   */
  relate(operationId: string, wanted: OperationSubject, person: string): Promise<Operation> {
    return this.#do(operationId, person, async (act) => {
      await act.operation();
      const subject = await requireSubject(act.transaction, wanted);
      await act.transaction.run(
        'UPDATE operation SET case_id = ?, activity_id = ?, step = ? WHERE operation_id = ?',
        [subject.caseId, subject.activityId, subject.step, operationId],
      );
      await act.tell('operation-related', { ...subject });
      await markLiveClips(act.transaction, operationId);
      for (const part of await partsOf(act)) {
        if (part.leftAt !== null) await nameOriginals(act, part);
      }
    });
  }

  /**
   * Throws IngestError OPERATION_UNKNOWN, OPERATION_CLOSED, RECORDER_UNKNOWN, RECORDER_ANONYMOUS, RECORDER_IN_OPERATION.
   */
  join(operationId: string, recorder: JoiningRecorder, person: string): Promise<Operation> {
    return this.#do(operationId, person, async (act) => {
      await act.requireOpen();
      await beginPart(act, recorder);
    });
  }

  /** Throws IngestError OPERATION_UNKNOWN, OPERATION_CLOSED, RECORDER_NOT_IN_OPERATION. */
  leave(operationId: string, recorderId: string, person: string): Promise<Operation> {
    return this.#do(operationId, person, async (act) => {
      await act.requireOpen();
      const part = (await partsOf(act)).find((one) => one.recorderId === recorderId && one.leftAt === null);
      if (part === undefined) {
        throw new IngestError('RECORDER_NOT_IN_OPERATION', `${recorderId} takes no part in it`);
      }
      await endPart(act, part);
    });
  }

  /**
   * Marks a moment: now, or one that is past, also of an operation that is closed. Resolves with the id of the bookmark.
   * Throws IngestError OPERATION_UNKNOWN, BOOKMARK_OUTSIDE.
   */
  async bookmark(operationId: string, wanted: NewBookmark, person: string): Promise<string> {
    let bookmarkId = '';
    await this.#do(operationId, person, async (act) => {
      bookmarkId = await makeBookmark(act, wanted);
    });
    return bookmarkId;
  }

  /** Strikes a bookmark out; it stays to be seen. Throws IngestError OPERATION_UNKNOWN, BOOKMARK_UNKNOWN, BOOKMARK_STRUCK. */
  strike(operationId: string, bookmarkId: string, reason: string, person: string): Promise<Operation> {
    return this.#do(operationId, person, (act) => strikeBookmark(act, bookmarkId, reason));
  }

  /** All recorders leave, and nothing more belongs to it. Throws IngestError OPERATION_UNKNOWN, OPERATION_CLOSED. */
  close(operationId: string, person: string): Promise<Operation> {
    return this.#do(operationId, person, async (act) => {
      await act.requireOpen();
      for (const part of await partsOf(act)) {
        if (part.leftAt === null) await endPart(act, part);
      }
      await act.transaction.run('UPDATE operation SET closed_at = ?, closed_by = ? WHERE operation_id = ?', [
        act.instant,
        person,
        operationId,
      ]);
      await act.tell('operation-closed', {});
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

  /** One act from its transaction to those who listen. Resolves with the operation as it then stands. */
  async #do(
    operationId: string,
    person: string,
    act: (act: OperationAct) => Promise<void>,
  ): Promise<Operation> {
    const about = { operationId, person, now: this.#now };
    await this.#database.write((transaction) => act(new OperationAct(transaction, this.#custody, about)));
    for (const listener of this.#listeners) listener(operationId);
    return (await readOperation(this.#database, operationId)) as Operation;
  }
}
