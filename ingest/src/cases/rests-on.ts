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

const hourMs = 3_600_000;
/** An activity of which one end is not known is taken to have gone on no longer. */
const longestOpenMs = 12 * hourMs;
/** Clips of its officers this near to an activity may overlap it: the ends of both are in doubt. */
const doubtMs = hourMs;
/** Clips in the queue this near to an activity may be offered to a person with it. */
const nearMs = 13 * hourMs;
/** Clips whose time is in more doubt, or that are longer, are looked for by themselves. */
const widestMs = 2 * 24 * hourMs;

/**
 * Marks all that rests on entities of a kind by what the tables say at this moment. Called before a change is written and
 * after it where the change moves ground from one to another.
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
      await mark('clip', `${clipsOfOperations} WHERE case_id IN ${given}`);
      return markClipsAbout(transaction, 'activity.case_id', JSON.stringify(casesThatCameOrWent(changes)));
    case 'activity':
      await mark('activity', 'SELECT value FROM json_each(?)');
      await mark('case', 'SELECT value FROM json_each(?)', JSON.stringify(casesOf(changes)));
      await mark('clip', `SELECT clip_id FROM clip_link WHERE activity_id IN ${given}`);
      await markClipsOfCodes(transaction, ids);
      await mark('clip', `${clipsOfOperations} WHERE activity_id IN ${given}`);
      return markClipsAbout(transaction, 'activity.activity_id', ids);
  }
}

const given = '(SELECT value FROM json_each(?))';

/** Live clips, by what their operations are about: also where a link was lost with what was withdrawn, and returns. */
const clipsOfOperations = 'SELECT clip_id FROM operation_clip JOIN operation USING (operation_id)';

const startMs = `coalesce(activity.started_ms, activity.ended_ms - ${longestOpenMs})`;
const endMs = `coalesce(activity.ended_ms, activity.started_ms + ${longestOpenMs})`;

const beginsWithin = (slackMs: number) => `
  clip_mapping.recorded_from_ms BETWEEN ${startMs} - ${slackMs + widestMs} AND ${endMs} + ${slackMs}
  AND coalesce(clip_mapping.recorded_to_ms, clip_mapping.recorded_from_ms) >= ${startMs} - ${slackMs}`;

/** Clips that may belong to an activity, or be offered with it: of its officers, of nobody known, of any time at all. */
const clipsAbout = [
  `JOIN activity_officer USING (activity_id)
   JOIN clip_mapping ON clip_mapping.officer_id = activity_officer.officer_id AND ${beginsWithin(doubtMs)}`,
  `JOIN activity_officer USING (activity_id)
   JOIN clip_mapping ON clip_mapping.officer_id = activity_officer.officer_id
     AND clip_mapping.state = 'queued' AND ${beginsWithin(nearMs)}`,
  `JOIN clip_mapping ON clip_mapping.officer_id IS NULL AND ${beginsWithin(nearMs)}`,
  `JOIN clip_mapping ON clip_mapping.recorded_to_ms - clip_mapping.recorded_from_ms > ${widestMs}
     AND clip_mapping.recorded_from_ms <= ${endMs} + ${nearMs}
     AND clip_mapping.recorded_to_ms >= ${startMs} - ${nearMs}`,
];

async function markClipsAbout(transaction: Transaction, column: string, ids: string): Promise<void> {
  for (const join of clipsAbout) {
    const sql = `SELECT clip_mapping.clip_id FROM activity ${join} WHERE ${column} IN ${given}`;
    await markFound(transaction, 'clip', sql, ids);
  }
}

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
