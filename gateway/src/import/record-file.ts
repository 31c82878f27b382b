import type { FactsKind } from '@docket/ingest';
import { isObject } from '../inbound/record-reader.ts';
import { jsonRecords } from './json-records.ts';
import { TableFileError } from './table.ts';
import { readBounded, readTables } from './table-file.ts';
import { recordsOf, type SheetReading } from './table-records.ts';

/** All records of one file, and what is to be told of its sheets. */
export interface FoundFile extends SheetReading {
  /** Named in the file itself; `null` where it is not. */
  sender: string | null;
}

/** Reads a JSON, CSV or XLSX file by its name. Throws TableFileError. */
export async function readRecordFile(path: string, kind: FactsKind | null, zone: string): Promise<FoundFile> {
  const extension = /\.(json|csv|txt|xlsx)$/iu.exec(path)?.[1]?.toLowerCase();
  if (extension === undefined) throw new TableFileError('kind-of-file-unknown');
  const bytes = await readBounded(path);
  if (extension === 'json') {
    const { sender, records } = jsonRecords(new TextDecoder().decode(bytes));
    const named = records.map((found) => ({ ...found, record: withKind(found.record, kind) }));
    return { sender, records: named, faults: [], notes: [] };
  }
  const readings = (await readTables(bytes)).map((table) => recordsOf(table, kind, zone));
  return {
    sender: null,
    records: readings.flatMap(({ records }) => records),
    faults: readings.flatMap(({ faults }) => faults),
    notes: readings.flatMap(({ notes }) => notes),
  };
}

function withKind(record: Record<string, unknown>, kind: FactsKind | null): Record<string, unknown> {
  return kind === null || !isObject(record) || record.kind !== undefined ? record : { kind, ...record };
}
