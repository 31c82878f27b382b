import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import { type CoverageState, type Judgement, readJudgement } from './judgement.ts';

/** What came of an activity; `null`: it was withdrawn, and nothing is held against it any more. */
export interface JudgedNow {
  activityId: string;
  caseId: string;
  judgement: Judgement | null;
}

/** States that time alone makes worse: what is not here becomes overdue. */
const openStates: readonly CoverageState[] = ['missing', 'partial', 'unverifiable'];

/**
 * Keeps judgements, in one transaction: each that says something new is an entry with its custody entry, and marks its
 * case. That the time to hand in has passed is no new word; it is only noted in the standing judgement.
 */
export async function keepJudgements(
  database: IndexDatabase,
  custody: CustodyLog,
  judged: readonly JudgedNow[],
): Promise<void> {
  await database.write(async (transaction) => {
    const standing = await readStanding(transaction, judged);
    const changedCases = new Set<string>();
    let sequence = await nextSequence(transaction);
    for (const one of judged) {
      const before = standing.get(one.activityId) ?? null;
      const change = changeBetween(before, one.judgement);
      if (change === 'none') continue;
      changedCases.add(one.caseId);
      if (before !== null && before.caseId !== one.caseId) changedCases.add(before.caseId);
      if (change === 'word') {
        await append(transaction, custody, one, sequence);
        await stand(transaction, one.activityId, one.judgement, sequence);
        sequence += 1;
      } else if (before !== null) await stand(transaction, one.activityId, one.judgement, before.sequence);
    }
    await markDue(transaction, 'case', changedCases);
  });
}

interface Standing {
  judgement: Judgement;
  caseId: string;
  sequence: number;
}

async function readStanding(
  transaction: Transaction,
  judged: readonly JudgedNow[],
): Promise<Map<string, Standing>> {
  const rows = await transaction.all(
    `SELECT judgement.activity_id, case_id, sequence, judgement FROM json_each(?) AS wanted
     CROSS JOIN judgement ON judgement.activity_id = wanted.value`,
    [JSON.stringify(judged.map(({ activityId }) => activityId))],
  );
  return new Map(
    rows.map((row) => [
      String(row.activity_id),
      {
        judgement: readJudgement(row.judgement),
        caseId: String(row.case_id),
        sequence: Number(row.sequence),
      },
    ]),
  );
}

async function nextSequence(transaction: Transaction): Promise<number> {
  const [row] = await transaction.all('SELECT coalesce(max(sequence) + 1, 0) AS next FROM judgement_entry');
  return Number(row?.next);
}

function changeBetween(before: Standing | null, after: Judgement | null): 'none' | 'due' | 'word' {
  if (before === null || after === null) return before === after ? 'none' : 'word';
  if (text({ ...before.judgement, isDue: false }) !== text({ ...after, isDue: false })) return 'word';
  return before.judgement.isDue === after.isDue ? 'none' : 'due';
}

function text(judgement: Judgement): string {
  return canonicalJson(judgement as unknown as JsonValue);
}

async function append(
  transaction: Transaction,
  custody: CustodyLog,
  { activityId, caseId, judgement }: JudgedNow,
  sequence: number,
): Promise<void> {
  const written = judgement === null ? null : text(judgement);
  await transaction.run(
    'INSERT INTO judgement_entry (sequence, activity_id, at, judgement) VALUES (?, ?, ?, ?)',
    [sequence, activityId, new Date().toISOString(), written],
  );
  await custody.append(transaction, {
    action: 'judged',
    details: {
      activityId,
      caseId,
      entry: sequence,
      state: judgement?.state ?? null,
      duty: (judgement?.duty ?? null) as JsonValue,
      sha256: written === null ? null : createHash('sha256').update(written).digest('hex'),
    },
  });
}

async function stand(
  transaction: Transaction,
  activityId: string,
  judgement: Judgement | null,
  sequence: number,
): Promise<void> {
  if (judgement === null) {
    await transaction.run('DELETE FROM judgement WHERE activity_id = ?', [activityId]);
    return;
  }
  await transaction.run(
    `INSERT INTO judgement (activity_id, case_id, state, started_ms, due_again_ms, sequence, judgement)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (activity_id) DO UPDATE SET case_id = excluded.case_id, state = excluded.state,
       started_ms = excluded.started_ms, due_again_ms = excluded.due_again_ms, sequence = excluded.sequence,
       judgement = excluded.judgement`,
    [
      activityId,
      judgement.caseId,
      judgement.state,
      judgement.startedMs,
      dueAgainMs(judgement),
      sequence,
      text(judgement),
    ],
  );
}

/** When time alone changes the judgement; `null`: never. */
function dueAgainMs({ state, isDue, uploadDueAt }: Judgement): number | null {
  return isDue || uploadDueAt === null || !openStates.includes(state) ? null : Date.parse(uploadDueAt) + 1;
}
