import { v7 as uuidv7 } from 'uuid';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';

/** 作为证据、诉讼复议、投诉、调查、其他. */
export const holdGrounds = ['evidence', 'litigation', 'complaint', 'inquiry', 'other'] as const;
export type HoldGround = (typeof holdGrounds)[number];

/** Somebody wants a clip, or all clips of a case, kept whatever their time. */
export interface Hold {
  holdId: string;
  clipId: string | null;
  caseId: string | null;
  ground: HoldGround;
  reason: string;
  placedBy: string;
  placedAt: string;
  liftedBy: string | null;
  liftedAt: string | null;
  liftReason: string | null;
}

/** Who does something, and why. */
export interface PersonGround {
  person: string;
  reason: string;
}

export type HoldSubject = { clipId: string } | { caseId: string };

/** Holds: placed by one person, lifted by another, never deleted. */
export class Holds {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /** Throws IngestError CLIP_UNKNOWN, CLIP_DELETED or CASE_UNKNOWN. */
  async place(subject: HoldSubject, ground: HoldGround, { person, reason }: PersonGround): Promise<Hold> {
    const holdId = uuidv7();
    await this.#database.write(async (transaction) => {
      const [clipId, caseId] = await subjectOf(transaction, subject);
      await transaction.run(
        `INSERT INTO hold (hold_id, clip_id, case_id, ground, reason, placed_by, placed_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [holdId, clipId, caseId, ground, reason, person, new Date().toISOString()],
      );
      await this.#tell(
        transaction,
        'hold-placed',
        { holdId, clipId, caseId },
        { person, reason },
        { ground },
      );
    });
    return this.#require(holdId);
  }

  /** Throws IngestError HOLD_UNKNOWN, HOLD_LIFTED, and SAME_PERSON where the one who placed it asks. */
  async lift(holdId: string, { person, reason }: PersonGround): Promise<Hold> {
    await this.#database.write(async (transaction) => {
      const [row] = await transaction.all('SELECT * FROM hold WHERE hold_id = ?', [holdId]);
      if (row === undefined) throw new IngestError('HOLD_UNKNOWN', `no hold ${holdId}`);
      const hold = holdOf(row);
      if (hold.liftedAt !== null) throw new IngestError('HOLD_LIFTED', `lifted by ${hold.liftedBy}`);
      if (hold.placedBy === person) {
        throw new IngestError('SAME_PERSON', `${person} placed the hold; another person must lift it`);
      }
      await transaction.run(
        'UPDATE hold SET lifted_by = ?, lifted_at = ?, lift_reason = ? WHERE hold_id = ?',
        [person, new Date().toISOString(), reason, holdId],
      );
      await this.#tell(transaction, 'hold-lifted', hold, { person, reason }, { placedBy: hold.placedBy });
    });
    return this.#require(holdId);
  }

  /** Newest first. */
  async list(
    filter: { standing?: boolean },
    page: { before: string | null; limit: number },
  ): Promise<{ holds: Hold[]; next: string | null }> {
    const clauses = ['TRUE'];
    if (filter.standing !== undefined) clauses.push(`lifted_at IS ${filter.standing ? '' : 'NOT '}NULL`);
    if (page.before !== null) clauses.push('hold_id < ?');
    const rows = await this.#database.read(
      `SELECT * FROM hold WHERE ${clauses.join(' AND ')} ORDER BY hold_id DESC LIMIT ?`,
      [...(page.before === null ? [] : [page.before]), page.limit + 1],
    );
    const holds = rows.slice(0, page.limit).map(holdOf);
    return { holds, next: rows.length > page.limit ? (holds.at(-1)?.holdId ?? null) : null };
  }

  /** Standing holds on a clip, and on every case it is or ever was linked to. */
  async ofClip(clipId: string): Promise<Hold[]> {
    const rows = await this.#database.read(
      `SELECT * FROM hold WHERE lifted_at IS NULL AND (clip_id = ?
         OR case_id IN (SELECT case_id FROM clip_link_entry WHERE clip_id = ?)) ORDER BY hold_id`,
      [clipId, clipId],
    );
    return rows.map(holdOf);
  }

  async #require(holdId: string): Promise<Hold> {
    const [row] = await this.#database.read('SELECT * FROM hold WHERE hold_id = ?', [holdId]);
    if (row === undefined) throw new RangeError(`no hold ${holdId}`);
    return holdOf(row);
  }

  async #tell(
    transaction: Transaction,
    action: 'hold-placed' | 'hold-lifted',
    { holdId, clipId, caseId }: Pick<Hold, 'holdId' | 'clipId' | 'caseId'>,
    { person, reason }: PersonGround,
    more: Record<string, string>,
  ): Promise<void> {
    await this.#custody.append(transaction, {
      action,
      actor: `operator:${person}`,
      ...(clipId === null ? {} : { clipId }),
      details: { holdId, ...(caseId === null ? {} : { caseId }), ...more, reason },
    });
    await markDue(transaction, 'clip', clipId === null ? await clipsOf(transaction, caseId) : [clipId]);
  }
}

/** Every clip that is or ever was linked to a case. */
async function clipsOf(transaction: Transaction, caseId: string | null): Promise<string[]> {
  const rows = await transaction.all('SELECT DISTINCT clip_id FROM clip_link_entry WHERE case_id = ?', [
    caseId,
  ]);
  return rows.map((row) => String(row.clip_id));
}

async function subjectOf(
  transaction: Transaction,
  subject: HoldSubject,
): Promise<[clipId: string | null, caseId: string | null]> {
  if ('caseId' in subject) {
    const [known] = await transaction.all('SELECT 1 FROM enforcement_case WHERE case_id = ?', [
      subject.caseId,
    ]);
    if (known === undefined) throw new IngestError('CASE_UNKNOWN', `no case ${subject.caseId}`);
    return [null, subject.caseId];
  }
  const { clipId } = subject;
  const [clip] = await transaction.all('SELECT state FROM clip WHERE clip_id = ?', [clipId]);
  if (clip === undefined) throw new IngestError('CLIP_UNKNOWN', `no clip ${clipId}`);
  if (clip.state === 'deleted')
    throw new IngestError('CLIP_DELETED', `clip ${clipId} is deleted`, { clipId });
  return [clipId, null];
}

function holdOf(row: SqlRow): Hold {
  return {
    holdId: String(row.hold_id),
    clipId: textOrNull(row.clip_id),
    caseId: textOrNull(row.case_id),
    ground: row.ground as HoldGround,
    reason: String(row.reason),
    placedBy: String(row.placed_by),
    placedAt: String(row.placed_at),
    liftedBy: textOrNull(row.lifted_by),
    liftedAt: textOrNull(row.lifted_at),
    liftReason: textOrNull(row.lift_reason),
  };
}

function textOrNull(value: SqlRow[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
