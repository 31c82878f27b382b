import type { Transaction } from '../index-store/index-database.ts';
import type { ReckonedKind } from '../reckoning/due.ts';
import type { ActivityFacts, CaseFacts, FactsKind, OfficerFacts } from './case-record.ts';
import type { StandingRow } from './standing-tables.ts';

/** One entity whose standing changed; `null` where it did not stand before. */
export interface StandingChange {
  entityId: string;
  before: StandingRow | null;
  after: StandingRow;
}

/** About an activity: clips recorded this long before or after it may still be its own, e.g. where an end is not known. */
const aboutMs = 24 * 3_600_000;
/** The time of a clip that is in more doubt than this tells nothing of activities. */
const widestDoubtMs = 31 * aboutMs;

/**
 * Marks all that rests on entities of a kind by what the tables say at this moment. Called before a change is written and
 * after it, so that what lost its ground is reckoned anew as well as what gained some.
 */
export async function markWhatRestsOn(
  transaction: Transaction,
  kind: FactsKind,
  changes: readonly StandingChange[],
): Promise<void> {
  const ids = JSON.stringify(changes.map(({ entityId }) => entityId));
  const mark = (due: ReckonedKind, sql: string, parameter = ids) =>
    markFound(transaction, due, sql, parameter);
  switch (kind) {
    case 'unit':
      return mark('case', `SELECT case_id FROM enforcement_case WHERE unit_id IN ${given}`);
    case 'officer':
      await mark('activity', `SELECT activity_id FROM activity_officer WHERE officer_id IN ${given}`);
      return markNamed(transaction, changes);
    case 'case':
      await mark('case', 'SELECT value FROM json_each(?)');
      await mark('activity', `SELECT activity_id FROM activity WHERE case_id IN ${given}`);
      await mark('clip', `SELECT clip_id FROM clip_link WHERE case_id IN ${given}`);
      await markClipsOfCodes(transaction, ids);
      return mark('clip', clipsAbout('activity.case_id'), JSON.stringify(casesThatCameOrWent(changes)));
    case 'activity':
      await mark('activity', 'SELECT value FROM json_each(?)');
      await mark('case', 'SELECT value FROM json_each(?)', JSON.stringify(casesOf(changes)));
      await mark('clip', `SELECT clip_id FROM clip_link WHERE activity_id IN ${given}`);
      await markClipsOfCodes(transaction, ids);
      await mark('clip', clipsAbout('activity.activity_id'));
      return mark('clip', queuedAbout);
  }
}

const given = '(SELECT value FROM json_each(?))';

const recordedAbout = `
  clip_mapping.recorded_from_ms BETWEEN coalesce(activity.started_ms, activity.ended_ms) - ${widestDoubtMs}
    AND coalesce(activity.ended_ms, activity.started_ms) + ${aboutMs}
  AND coalesce(clip_mapping.recorded_to_ms, clip_mapping.recorded_from_ms)
    >= coalesce(activity.started_ms, activity.ended_ms) - ${aboutMs}`;

/** Clips of the officers of an activity that were recorded about its time. */
const clipsAbout = (column: string) => `
  SELECT clip_mapping.clip_id FROM activity JOIN activity_officer USING (activity_id)
  JOIN clip_mapping ON clip_mapping.officer_id = activity_officer.officer_id
  WHERE ${column} IN ${given} AND ${recordedAbout}`;

/** Clips in the queue that were recorded about its time, whoever wore the recorder: what they may be is told anew. */
const queuedAbout = `
  SELECT clip_mapping.clip_id FROM activity JOIN clip_mapping
  WHERE activity.activity_id IN ${given} AND clip_mapping.state = 'queued' AND ${recordedAbout}`;

/** A case that comes, is withdrawn or returns gives or takes the activities that clips may belong to. */
function casesThatCameOrWent(changes: readonly StandingChange[]): string[] {
  return changes
    .filter(({ before, after }) => before === null || before.isWithdrawn !== after.isWithdrawn)
    .map(({ after }) => (JSON.parse(after.facts) as CaseFacts).caseId);
}

/** The cases that an activity left, and those that it came to. */
function casesOf(changes: readonly StandingChange[]): string[] {
  const rows = changes.flatMap(({ before, after }) => (before === null ? [after] : [before, after]));
  return [...new Set(rows.map(({ facts }) => (JSON.parse(facts) as ActivityFacts).caseId))];
}

/** Clips that show a code of what has come, changed or gone. */
function markClipsOfCodes(transaction: Transaction, ids: string): Promise<void> {
  return markFound(transaction, 'clip', `SELECT clip_id FROM clip_code WHERE named_id IN ${given}`, ids);
}

/**
 * Who wore a recorder is told by numbers. Where the numbers of an officer change, so may the wearer of all clips that
 * name the old or the new ones, by themselves, by their recorder, or by the ledger.
 */
async function markNamed(transaction: Transaction, changes: readonly StandingChange[]): Promise<void> {
  const renumbered = changes.filter(
    ({ before, after }) =>
      before === null ||
      before.isWithdrawn !== after.isWithdrawn ||
      numbersOf(before).join() !== numbersOf(after).join(),
  );
  const rows = renumbered.flatMap(({ before, after }) => (before === null ? [after] : [before, after]));
  const officers = JSON.stringify(renumbered.map(({ entityId }) => entityId));
  const numbers = JSON.stringify([...new Set(rows.flatMap(numbersOf))]);
  await markFound(
    transaction,
    'clip',
    `SELECT clip_id FROM clip_mapping WHERE officer_id IN ${given}`,
    officers,
  );
  await markFound(
    transaction,
    'clip',
    `WITH number AS (SELECT value FROM json_each(?))
     SELECT clip_mapping.clip_id FROM clip_mapping JOIN clip USING (clip_id)
     WHERE clip.officer_number IN number OR clip.recorder_id IN (
       SELECT recorder_id FROM recorder WHERE officer_number IN number
       UNION SELECT recorder_id FROM recorder_ledger
       WHERE officer_number IN number OR number_on_recorder IN number)`,
    numbers,
  );
}

function numbersOf({ facts }: StandingRow): string[] {
  const { certificateNumber, officerNumber } = JSON.parse(facts) as OfficerFacts;
  return [certificateNumber, officerNumber].filter((number) => number !== null);
}

/** Marks what a query finds, each thing once. The query's only parameter is a JSON list. */
async function markFound(
  transaction: Transaction,
  kind: ReckonedKind,
  sql: string,
  list: string,
): Promise<void> {
  if (list === '[]') return;
  await transaction.run(
    `INSERT INTO reckoning_due (kind, id, marked) SELECT DISTINCT '${kind}', found.*, 1 FROM (${sql}) AS found
     WHERE TRUE ON CONFLICT (kind, id) DO UPDATE SET marked = marked + 1`,
    [list],
  );
}
