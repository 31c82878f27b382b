import type { IndexReader } from '../index-store/index-database.ts';
import type { Grouping } from './groupings.ts';

const nameQueries: Partial<Record<Grouping, string>> = {
  unit: "SELECT unit_id AS id, facts ->> 'name' AS name FROM unit WHERE unit_id IN (SELECT value FROM json_each(?))",
  officer:
    "SELECT officer_id AS id, facts ->> 'name' AS name FROM officer WHERE officer_id IN (SELECT value FROM json_each(?))",
  recorder:
    'SELECT recorder_id AS id, serial_number AS name FROM recorder WHERE recorder_id IN (SELECT value FROM json_each(?))',
};

/** What people call the units, officers and recorders among the keys, by `<grouping> <key>`. */
export async function groupNames(
  index: IndexReader,
  keys: readonly { by: Grouping; key: string | null }[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const [grouping, sql] of Object.entries(nameQueries)) {
    const ids = new Set(keys.filter(({ by }) => by === grouping).map(({ key }) => key));
    if (ids.size === 0) continue;
    for (const { id, name } of await index.read(sql, [JSON.stringify([...ids])])) {
      if (name !== null) names.set(`${grouping} ${id}`, String(name));
    }
  }
  return names;
}
