import { type FactsKind, factsKinds } from '@docket/ingest';
import { kindAliases, termOf } from '../inbound/term-aliases.ts';
import type { FoundRecord } from './table-records.ts';

const limits = { records: 1_000, bytes: 3 * 1024 * 1024 };

/** Records in the order in which one refers to the other, in deliveries that the API takes. */
export function* batchesOf(records: readonly FoundRecord[]): Generator<FoundRecord[]> {
  const ordered = records.toSorted((one, other) => rankOf(one) - rankOf(other));
  let batch: FoundRecord[] = [];
  let bytes = 0;
  for (const found of ordered) {
    const size = Buffer.byteLength(JSON.stringify(found.record) ?? '') + 1;
    if (batch.length > 0 && (batch.length === limits.records || bytes + size > limits.bytes)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(found);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** Rows that say different things of one entity under the same revision, or none: nothing tells which of them holds. */
export function tornRecords(records: readonly FoundRecord[]): Set<FoundRecord> {
  const said = new Map<string, { contents: Set<string>; records: FoundRecord[] }>();
  for (const found of records) {
    const { id, revision } = found.record ?? {};
    if (id === undefined) continue;
    const key = JSON.stringify([kindOf(found), String(id).trim(), String(revision ?? '')]);
    const same = said.get(key) ?? { contents: new Set(), records: [] };
    same.contents.add(JSON.stringify(found.record));
    same.records.push(found);
    said.set(key, same);
  }
  const torn = [...said.values()].filter(({ contents }) => contents.size > 1);
  return new Set(torn.flatMap((same) => same.records));
}

function rankOf(found: FoundRecord): number {
  const kind = kindOf(found);
  return kind === null ? factsKinds.length : factsKinds.indexOf(kind);
}

function kindOf({ record }: FoundRecord): FactsKind | null {
  return typeof record?.kind === 'string' ? termOf(kindAliases, record.kind) : null;
}
