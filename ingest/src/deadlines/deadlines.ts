import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import { readCaseForDeadlines } from './case-for-deadlines.ts';
import type { Deadline, DeadlineKind } from './deadline.ts';
import { type DeadlinePolicy, usualDeadlines } from './deadline-policy.ts';
import { countPressing, type DeadlineRecord, readDeadlines } from './deadline-queries.ts';
import { deadlinesOf } from './deadlines-of.ts';
import { WorkingCalendar } from './working-calendar.ts';

export interface DeadlinesOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  calendar?: WorkingCalendar;
  policy?: DeadlinePolicy;
  /** IANA zone in which days begin. */
  zone?: string;
}

/** What a person says was done; see `DeadlineStatement`. */
export interface DeadlineWord {
  caseId: string;
  kind: DeadlineKind;
  activityId: string | null;
  /** `null` takes an earlier word back. */
  doneAt: string | null;
  person: string;
  reason: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The deadlines of cases: reckoned anew when their facts change, and stored by when they are due. */
export class Deadlines implements Reckoning {
  readonly kind = 'case';
  readonly #options: Required<DeadlinesOptions>;

  constructor(options: DeadlinesOptions) {
    this.#options = {
      calendar: new WorkingCalendar(),
      policy: usualDeadlines,
      zone: 'Asia/Shanghai',
      ...options,
    };
  }

  async reckon(caseIds: readonly string[], signal?: AbortSignal): Promise<void> {
    const { database, calendar, policy, zone } = this.#options;
    const reckoned: [string, Deadline[]][] = [];
    for (const caseId of caseIds) {
      if (signal?.aborted === true) return;
      const known = await readCaseForDeadlines(database, caseId, zone);
      reckoned.push([caseId, known === null ? [] : deadlinesOf(known, { calendar, policy, zone })]);
    }
    await database.write(async (transaction) => {
      for (const [caseId, deadlines] of reckoned) await replaceDeadlines(transaction, caseId, deadlines);
    });
  }

  /**
   * Keeps a person's word that something was done, and answers with the deadlines of the case as they then stand.
   * Throws IngestError DEADLINE_UNKNOWN.
   */
  async state(word: DeadlineWord): Promise<DeadlineRecord[]> {
    const { database, custody } = this.#options;
    const { caseId, kind, activityId, doneAt, person, reason } = word;
    await database.write(async (transaction) => {
      const [row] = await transaction.all(
        'SELECT 1 FROM deadline WHERE case_id = ? AND kind = ? AND activity_id = ?',
        [caseId, kind, activityId ?? ''],
      );
      if (row === undefined) throw new IngestError('DEADLINE_UNKNOWN', `case ${caseId} has no ${kind} to do`);
      await transaction.run(
        `INSERT INTO deadline_statement (case_id, kind, activity_id, done_at, reason, stated_by, stated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [caseId, kind, activityId ?? '', doneAt, reason, person, new Date().toISOString()],
      );
      await custody.append(transaction, {
        action: 'deadline-stated',
        actor: `operator:${person}`,
        details: { caseId, kind, activityId, doneAt, reason },
      });
      // A reckoning under way may have read the case before this word.
      await markDue(transaction, 'case', [caseId]);
    });
    await this.reckon([caseId]);
    return readDeadlines(database, caseId, new Date().toISOString());
  }

  /** How many deadlines end within a day with nothing done, and how many were missed in the last 30 days. */
  pressing(): Promise<{ dueSoon: number; missedLately: number }> {
    const now = Date.now();
    const at = (ms: number) => new Date(ms).toISOString();
    return countPressing(this.#options.database, {
      since: at(now - 30 * dayMs),
      now: at(now),
      soon: at(now + dayMs),
    });
  }
}

async function replaceDeadlines(
  transaction: Transaction,
  caseId: string,
  deadlines: readonly Deadline[],
): Promise<void> {
  await transaction.run('DELETE FROM deadline WHERE case_id = ?', [caseId]);
  for (const deadline of deadlines) {
    await transaction.run(
      `INSERT INTO deadline (case_id, kind, activity_id, runs_from, due_on, due_at, met_at, met_by, is_provisional, rule)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        caseId,
        deadline.kind,
        deadline.activityId ?? '',
        deadline.runsFrom,
        deadline.dueOn,
        deadline.dueAt,
        deadline.metAt,
        deadline.metBy,
        Number(deadline.isProvisional),
        canonicalJson(deadline.period as unknown as JsonValue),
      ],
    );
  }
}
