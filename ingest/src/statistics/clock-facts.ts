import type { IndexDatabase } from '../index-store/index-database.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import { dayInZone } from '../time/day-in-zone.ts';
import { replaceFacts } from './fact-rows.ts';
import type { StatisticsPolicy } from './statistics-policy.ts';

const table = {
  name: 'clock_fact',
  id: 'docking_id',
  columns: ['day', 'docking_id', 'recorder_id', 'officer_id', 'unit_id', 'verdict'],
};

/** With the officer who had the recorder by the ledger when it was docked. */
const dockingsQuery = `SELECT docked.*, officer.officer_id, officer.unit_id FROM (
    SELECT docking.docking_id, docking.attached_at, clock_history.recorder_id,
      clock_history.verdict ->> 'state' AS verdict, (
        SELECT iif(act = 'issued', officer_number, NULL) FROM recorder_ledger
        WHERE recorder_ledger.recorder_id = clock_history.recorder_id AND act IN ('issued', 'returned')
          AND at <= docking.attached_at ORDER BY sequence DESC LIMIT 1
      ) AS officer_number
    FROM json_each(?) AS wanted CROSS JOIN docking ON docking.docking_id = wanted.value
    JOIN clock_history ON clock_history.docking_id = docking.docking_id
  ) AS docked LEFT JOIN officer ON officer.officer_number = docked.officer_number AND NOT officer.is_withdrawn
  GROUP BY docked.docking_id`;

/** Keeps one row of facts for every docking at which the clock of a recorder was judged. */
export class ClockFacts implements Reckoning {
  readonly kind = 'docking';
  readonly #database: IndexDatabase;
  readonly #policy: StatisticsPolicy;

  constructor(database: IndexDatabase, policy: StatisticsPolicy) {
    this.#database = database;
    this.#policy = policy;
  }

  async reckon(dockingIds: readonly string[]): Promise<void> {
    const dockings = await this.#database.read(dockingsQuery, [JSON.stringify(dockingIds)]);
    const rows = dockings.map((row) => ({
      day: dayInZone(Date.parse(String(row.attached_at)), this.#policy.zone),
      docking_id: String(row.docking_id),
      recorder_id: String(row.recorder_id),
      officer_id: row.officer_id === null ? null : String(row.officer_id),
      unit_id: row.unit_id === null ? null : String(row.unit_id),
      verdict: String(row.verdict),
    }));
    await replaceFacts(this.#database, table, dockingIds, rows);
  }
}
