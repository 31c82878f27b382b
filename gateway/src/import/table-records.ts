import { type FactsKind, factsKinds } from '@docket/ingest';
import { type RecordField, recordFields } from '../inbound/record-fields.ts';
import { kindAliases, plainWord, termOf } from '../inbound/term-aliases.ts';
import type { Cell, Table } from './table.ts';
import { dayOf, instantOf } from './written-time.ts';

/** A record to be delivered, and where it stands in the file. */
export interface FoundRecord {
  record: Record<string, unknown>;
  sheet: string | null;
  /** As people count rows, from 1; in JSON the place in the list, from 1. */
  row: number;
}

/** What is wrong with a whole sheet, or of interest about it. */
export type SheetRemark =
  | { code: 'kind-unknown'; sheet: string | null }
  | { code: 'headings-missing'; sheet: string | null; headings: string[] }
  | { code: 'heading-twice'; sheet: string | null; headings: string[] }
  | { code: 'columns-not-taken'; sheet: string | null; headings: string[] };

export interface SheetReading {
  records: FoundRecord[];
  /** Of sheets of which no row is taken. */
  faults: SheetRemark[];
  notes: SheetRemark[];
}

/** Begins a row that explains: it is no record. */
export const noteSign = '#';
const mostToldHeadings = 20;

/** The records of a sheet by its headings, Chinese or English. `kind` where told; else by sheet name, else by headings. */
export function recordsOf(table: Table, kind: FactsKind | null, zone: string): SheetReading {
  const { sheet, rows } = table;
  const top = rows.findIndex((row) => !isEmpty(row) && !isNote(row));
  const headings = (rows[top] ?? []).map((cell) => (cell === null ? '' : String(cell).trim()));
  if (headings.length === 0) return { records: [], faults: [], notes: [] };
  const known = kind ?? (sheet === null ? null : termOf(kindAliases, sheet)) ?? kindByHeadings(headings);
  if (known === null) return { records: [], faults: [{ code: 'kind-unknown', sheet }], notes: [] };
  const columns = headings.map((heading) => fieldOf(known, heading));
  const faults = headingFaults(known, headings, columns, sheet);
  if (faults.length > 0) return { records: [], faults, notes: [] };
  const records = rows.flatMap((row, index): FoundRecord[] => {
    if (index <= top || isEmpty(row) || isNote(row)) return [];
    return [{ record: recordOf(known, columns, row, zone), sheet, row: index + 1 }];
  });
  const untaken = headings.filter((heading, column) => heading !== '' && columns[column] === null);
  const notes: SheetRemark[] = [];
  if (untaken.length > 0) {
    notes.push({ code: 'columns-not-taken', sheet, headings: untaken.slice(0, mostToldHeadings) });
  }
  return { records, faults: [], notes };
}

function recordOf(
  kind: FactsKind,
  columns: readonly (RecordField | null)[],
  row: readonly Cell[],
  zone: string,
): Record<string, unknown> {
  const record: Record<string, unknown> = { kind };
  columns.forEach((column, index) => {
    const cell = row[index] ?? null;
    if (column === null || cell === null || cell === '') return;
    const value = cellValue(column, cell, zone);
    const [first = '', second] = column.field.split('.');
    if (second === undefined) record[first] = value;
    else record[first] = { ...(record[first] as object | undefined), [second]: value };
  });
  return record;
}

function cellValue({ field, value }: RecordField, cell: Cell, zone: string): Cell {
  if (value === 'day') return dayOf(cell);
  if (value === 'instant' || field === 'revision') return instantOf(cell, zone);
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : cell;
}

function fieldOf(kind: FactsKind, heading: string): RecordField | null {
  const word = plainWord(heading).replace(/[*:]+$/u, '');
  const bare = word.replace(/\([^()]*\)$/u, '');
  for (const candidate of [word, bare]) {
    const found = recordFields[kind].find(({ field, chinese, english }) =>
      [field, ...chinese, ...english].some((name) => plainWord(name) === candidate),
    );
    if (found !== undefined) return found;
  }
  return null;
}

/** The kind of which all needed columns are there; of several, the one that knows most of the headings. */
function kindByHeadings(headings: readonly string[]): FactsKind | null {
  let best: FactsKind | null = null;
  let most = 0;
  for (const kind of factsKinds) {
    const columns = headings.map((heading) => fieldOf(kind, heading));
    const taken = columns.filter((column) => column !== null).length;
    if (missingHeadings(kind, columns).length === 0 && taken > most) [best, most] = [kind, taken];
  }
  return best;
}

function headingFaults(
  kind: FactsKind,
  headings: readonly string[],
  columns: readonly (RecordField | null)[],
  sheet: string | null,
): SheetRemark[] {
  const missing = missingHeadings(kind, columns);
  const twice = headings.filter((_, index) => {
    const column = columns[index] ?? null;
    return column !== null && columns.indexOf(column) !== index;
  });
  const faults: SheetRemark[] = [];
  if (missing.length > 0) faults.push({ code: 'headings-missing', sheet, headings: missing });
  if (twice.length > 0) faults.push({ code: 'heading-twice', sheet, headings: twice });
  return faults;
}

function missingHeadings(kind: FactsKind, columns: readonly (RecordField | null)[]): string[] {
  return recordFields[kind]
    .filter((field) => field.isNeeded && !columns.includes(field))
    .map(({ chinese, field }) => `${chinese[0]} (${field})`);
}

function isEmpty(row: readonly Cell[]): boolean {
  return row.every((cell) => cell === null || (typeof cell === 'string' && cell.trim() === ''));
}

function isNote([first]: readonly Cell[]): boolean {
  return typeof first === 'string' && first.trimStart().startsWith(noteSign);
}
