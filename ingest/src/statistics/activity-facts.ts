import { type Judgement, readJudgement } from '../coverage/judgement.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import { dayInZone } from '../time/day-in-zone.ts';
import { type FactRow, insertFacts, rowsBy } from './fact-rows.ts';
import type { StatisticsPolicy } from './statistics-policy.ts';

const factTable = {
  name: 'activity_fact',
  columns: [
    'day',
    'activity_id',
    'case_id',
    'unit_id',
    'category',
    'step',
    'activity_kind',
    'is_random_inspection',
    'level',
    'state',
    'is_due',
    'required_ms',
    'covered_ms',
    'gap_ms',
  ],
};
const partyTable = { name: 'activity_fact_party', columns: ['day', 'activity_id', 'role', 'party_id'] };

const judgedQuery = `SELECT judgement.activity_id, judgement.judgement, enforcement_case.unit_id, enforcement_case.category,
  enforcement_case.opened_on, coalesce(activity.facts ->> 'isRandomInspection', 0)
    OR coalesce(enforcement_case.facts ->> 'isRandomInspection', 0) AS is_random_inspection
  FROM json_each(?) AS wanted CROSS JOIN judgement ON judgement.activity_id = wanted.value
  JOIN activity ON activity.activity_id = judgement.activity_id
  LEFT JOIN enforcement_case ON enforcement_case.case_id = judgement.case_id
  WHERE NOT activity.is_withdrawn AND NOT coalesce(enforcement_case.is_withdrawn, 0)`;

const officersQuery = `SELECT activity_id, officer_id FROM json_each(?) AS wanted
  CROSS JOIN activity_officer ON activity_officer.activity_id = wanted.value`;

/** Keeps one row of facts for every judged activity, with its officers and the recorders it is on. Runs after coverage. */
export class ActivityFacts implements Reckoning {
  readonly kind = 'activity';
  readonly #database: IndexDatabase;
  readonly #policy: StatisticsPolicy;

  constructor(database: IndexDatabase, policy: StatisticsPolicy) {
    this.#database = database;
    this.#policy = policy;
  }

  async reckon(activityIds: readonly string[]): Promise<void> {
    const wanted = [JSON.stringify(activityIds)];
    const [judged, officers] = await Promise.all([
      this.#database.read(judgedQuery, wanted),
      this.#database.read(officersQuery, wanted),
    ]);
    const officersOf = rowsBy(officers, 'activity_id');
    const facts = judged.map((row) => this.#factsOf(row, readJudgement(row.judgement)));
    const parties = facts.flatMap(({ fact, recorderIds }) => {
      const { day, activity_id: activityId = null } = fact;
      const officerIds = (officersOf.get(String(activityId)) ?? []).map((row) => String(row.officer_id));
      const party = (role: string) => (id: string) =>
        ({ day, activity_id: activityId, role, party_id: id }) as FactRow;
      return [...officerIds.map(party('officer')), ...recorderIds.map(party('recorder'))];
    });
    await this.#database.write(async (transaction) => {
      for (const { name } of [factTable, partyTable]) {
        await transaction.run(
          `DELETE FROM ${name} WHERE activity_id IN (SELECT value FROM json_each(?))`,
          wanted,
        );
      }
      await insertFacts(
        transaction,
        factTable,
        facts.map(({ fact }) => fact),
      );
      await insertFacts(transaction, partyTable, parties);
    });
  }

  #factsOf(row: SqlRow, judgement: Judgement): { fact: FactRow; recorderIds: string[] } {
    const { startedMs, endedMs } = judgement;
    const isTimed = startedMs !== null && endedMs !== null;
    return {
      fact: {
        day: this.#dayOf(judgement, row),
        activity_id: judgement.activityId,
        case_id: judgement.caseId,
        unit_id: row.unit_id === null ? null : String(row.unit_id),
        category: row.category === null ? null : String(row.category),
        step: judgement.step,
        activity_kind: judgement.kind,
        is_random_inspection: Number(row.is_random_inspection),
        level: judgement.level,
        state: judgement.state,
        is_due: Number(judgement.isDue),
        required_ms: isTimed ? endedMs - startedMs : null,
        covered_ms: judgement.coveredMs,
        gap_ms: judgement.gapMs,
      },
      recorderIds: [...new Set(judgement.clips.map(({ recorderId }) => recorderId))],
    };
  }

  /** The day an activity began, or of which we know that it was: its end, or the opening of its case. */
  #dayOf({ startedMs, endedMs }: Judgement, { opened_on: openedOn }: SqlRow): string {
    const atMs = startedMs ?? endedMs;
    if (atMs !== null) return dayInZone(atMs, this.#policy.zone);
    return openedOn === null || openedOn === undefined ? 'unknown' : String(openedOn);
  }
}
