import { Type, Value } from '@docket/device-protocol/schema';
import { TableFileError } from './table.ts';
import type { FoundRecord } from './table-records.ts';

const Delivery = Type.Object({ sender: Type.Optional(Type.String()), records: Type.Array(Type.Unknown()) });

/** The records of a JSON file: a list, or a delivery as the API takes it. Throws TableFileError. */
export function jsonRecords(text: string): { sender: string | null; records: FoundRecord[] } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new TableFileError('json-broken', error instanceof Error ? error.message : '', error);
  }
  const delivery = Array.isArray(content) ? { records: content } : content;
  if (!Value.Check(Delivery, delivery)) throw new TableFileError('json-broken');
  const records = delivery.records.map((record, index) => ({
    record: record as Record<string, unknown>,
    sheet: null,
    row: index + 1,
  }));
  return { sender: delivery.sender ?? null, records };
}
