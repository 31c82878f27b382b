import type { ParsedRecord } from './parse-record.ts';

/**
 * Refuses records that say different things of one entity under the same revision, or none: nothing tells which of them
 * holds. The same said twice is kept.
 */
export function refuseDuplicates(records: readonly ParsedRecord[]): ParsedRecord[] {
  const said = new Map<string, Set<string>>();
  for (const { delivery, ...record } of records) {
    if (delivery === null) continue;
    const key = keyOf({ ...record, delivery });
    said.set(key, (said.get(key) ?? new Set()).add(JSON.stringify(delivery.record)));
  }
  return records.map((record) => {
    const isTorn = record.delivery !== null && (said.get(keyOf(record))?.size ?? 0) > 1;
    if (!isTorn) return record;
    const fault = { code: 'duplicate-id', field: 'id', given: record.entityId } as const;
    return { ...record, delivery: null, faults: [fault], warnings: [] };
  });
}

function keyOf({ kind, entityId, delivery }: ParsedRecord): string {
  return JSON.stringify([kind, entityId, delivery?.revision ?? null]);
}
