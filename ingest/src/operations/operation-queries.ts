import type { CaseStep } from '../cases/case-terms.ts';
import type { SqlRow, SqlValue } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { Bookmark, BookmarkKind, Operation, OperationFile, OperationPart } from './operation.ts';

export interface OperationFilter {
  isOpen?: boolean;
  caseId?: string;
  activityId?: string;
  /** Operations in which the recorder took part at any time. */
  recorderId?: string;
  /** Part of the title or the place. */
  text?: string;
}

const select = `SELECT operation.*,
    (SELECT json_group_array(recorder_id) FROM operation_recorder
      WHERE operation_recorder.operation_id = operation.operation_id AND left_at IS NULL) AS recorder_ids,
    (SELECT count(*) FROM operation_bookmark WHERE operation_bookmark.operation_id = operation.operation_id
      AND bookmark_id NOT IN (SELECT bookmark_id FROM operation_bookmark_strike)) AS bookmarks
  FROM operation`;

const bookmarkSelect = `SELECT operation_bookmark.*, struck_by, struck_at, strike.reason AS strike_reason
  FROM operation_bookmark LEFT JOIN operation_bookmark_strike AS strike USING (bookmark_id)`;

/** Newest first. `before` is the operation the page starts after. */
export async function listOperations(
  index: IndexReader,
  filter: OperationFilter,
  page: { before: string | null; limit: number },
): Promise<{ operations: Operation[]; next: string | null }> {
  const clauses = ['TRUE'];
  const parameters: SqlValue[] = [];
  const add = (clause: string, value: string | null | undefined) => {
    if (value === undefined || value === null) return;
    clauses.push(clause);
    parameters.push(value);
  };
  if (filter.isOpen !== undefined) clauses.push(`closed_at IS ${filter.isOpen ? '' : 'NOT '}NULL`);
  add('case_id = ?', filter.caseId);
  add('activity_id = ?', filter.activityId);
  add(
    'operation_id IN (SELECT operation_id FROM operation_recorder WHERE recorder_id = ?)',
    filter.recorderId,
  );
  add(
    "title || ' ' || coalesce(place, '') LIKE ? ESCAPE '!'",
    filter.text === undefined ? undefined : likeText(filter.text),
  );
  add('operation_id < ?', page.before);
  const rows = await index.read(
    `${select} WHERE ${clauses.join(' AND ')} ORDER BY operation_id DESC LIMIT ?`,
    [...parameters, page.limit + 1],
  );
  const operations = rows.slice(0, page.limit).map(operationOf);
  return { operations, next: rows.length > page.limit ? (operations.at(-1)?.operationId ?? null) : null };
}

export async function readOperation(index: IndexReader, operationId: string): Promise<Operation | null> {
  const [row] = await index.read(`${select} WHERE operation_id = ?`, [operationId]);
  return row === undefined ? null : operationOf(row);
}

/** `null` where there is no such operation. */
export async function readOperationFile(
  index: IndexReader,
  operationId: string,
): Promise<OperationFile | null> {
  const operation = await readOperation(index, operationId);
  if (operation === null) return null;
  const parts = await index.read(
    'SELECT * FROM operation_recorder WHERE operation_id = ? ORDER BY joined_at, recorder_id',
    [operationId],
  );
  const bookmarks = await index.read(`${bookmarkSelect} WHERE operation_id = ? ORDER BY at, bookmark_id`, [
    operationId,
  ]);
  return { operation, parts: parts.map(partOf), bookmarks: bookmarks.map(bookmarkOf) };
}

/** Operations of a case, of its own or by an activity of it, the first opened first; a thousand at most. */
export async function readOperationsOfCase(index: IndexReader, caseId: string): Promise<OperationFile[]> {
  const rows = await index.read(
    `${select} WHERE case_id = ?1 OR activity_id IN (SELECT activity_id FROM activity WHERE case_id = ?1)
     ORDER BY operation_id LIMIT 1000`,
    [caseId],
  );
  const files: OperationFile[] = [];
  for (const row of rows) {
    const file = await readOperationFile(index, String(row.operation_id));
    if (file !== null) files.push(file);
  }
  return files;
}

/** The part that each recorder takes now. */
export async function readPartsNow(index: IndexReader): Promise<OperationPart[]> {
  const rows = await index.read(
    'SELECT * FROM operation_recorder WHERE left_at IS NULL ORDER BY recorder_id',
  );
  return rows.map(partOf);
}

/** Bookmarks of operations in which a recorder takes part, that mark a moment in `[from, to]` while it did. */
export async function readBookmarksAbout(
  index: IndexReader,
  recorderId: string,
  from: string,
  to: string,
): Promise<Bookmark[]> {
  const rows = await index.read(
    `${bookmarkSelect} WHERE operation_id IN (SELECT operation_id FROM operation_recorder WHERE recorder_id = ?1
       AND joined_at <= ?3 AND (left_at IS NULL OR left_at >= ?2))
     AND at >= ?2 AND at <= ?3 AND coalesce(recorder_id, ?1) = ?1
     AND EXISTS (SELECT 1 FROM operation_recorder AS part WHERE part.operation_id = operation_bookmark.operation_id
       AND part.recorder_id = ?1 AND part.joined_at <= at AND (part.left_at IS NULL OR at <= part.left_at))
     ORDER BY at, bookmark_id LIMIT 1000`,
    [recorderId, from, to],
  );
  return rows.map(bookmarkOf);
}

export function operationOf(row: SqlRow): Operation {
  return {
    operationId: String(row.operation_id),
    title: String(row.title),
    caseId: textOrNull(row.case_id),
    activityId: textOrNull(row.activity_id),
    step: textOrNull(row.step) as CaseStep | null,
    place: textOrNull(row.place),
    officerIds: JSON.parse(String(row.officer_ids)) as string[],
    openedAt: String(row.opened_at),
    openedBy: String(row.opened_by),
    closedAt: textOrNull(row.closed_at),
    closedBy: textOrNull(row.closed_by),
    recorderIds: JSON.parse(String(row.recorder_ids)) as string[],
    bookmarks: Number(row.bookmarks),
  };
}

export function partOf(row: SqlRow): OperationPart {
  return {
    operationId: String(row.operation_id),
    recorderId: String(row.recorder_id),
    officerId: textOrNull(row.officer_id),
    joinedAt: String(row.joined_at),
    leftAt: textOrNull(row.left_at),
  };
}

function bookmarkOf(row: SqlRow): Bookmark {
  return {
    bookmarkId: String(row.bookmark_id),
    operationId: String(row.operation_id),
    kind: row.kind as BookmarkKind,
    text: textOrNull(row.text),
    at: String(row.at),
    recorderId: textOrNull(row.recorder_id),
    madeBy: String(row.made_by),
    madeAt: String(row.made_at),
    struck:
      row.struck_at === null
        ? null
        : { by: String(row.struck_by), at: String(row.struck_at), reason: String(row.strike_reason) },
  };
}

function likeText(text: string): string {
  return `%${text.replace(/[!%_]/gu, '!$&')}%`;
}

function textOrNull(value: SqlValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
