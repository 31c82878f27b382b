import { CsvError, parse } from 'csv-parse/sync';
import { type Table, TableFileError, tableLimits } from './table.ts';

const longestRecordBytes = 64 * 1024;

/** Reads CSV as people’s spreadsheets write it: UTF-8 or GB18030, commas, semicolons or tabs. Throws TableFileError. */
export function csvTable(bytes: Buffer): Table {
  const text = decoded(bytes);
  // The parser counts what is in the cells of a record, and so not the cells themselves.
  if (text.split('\n').some((line) => line.length > longestRecordBytes)) {
    throw new TableFileError('csv-broken', `a line of more than ${longestRecordBytes} signs`);
  }
  try {
    const rows: string[][] = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: false,
      max_record_size: longestRecordBytes,
      to: tableLimits.rows + 1,
      on_record: (row: string[]) => {
        if (row.length > tableLimits.columns)
          throw new TableFileError('too-many-columns', String(row.length));
        return row;
      },
    });
    return { sheet: null, rows };
  } catch (error) {
    if (error instanceof CsvError) throw new TableFileError('csv-broken', error.message, error);
    throw error;
  }
}

/** UTF-8 or UTF-16 by its mark, else UTF-8 where it is that, else GB18030 as Chinese Excel writes it. */
function decoded(bytes: Buffer): string {
  const marked = [
    { mark: [0xff, 0xfe], encoding: 'utf-16le' },
    { mark: [0xfe, 0xff], encoding: 'utf-16be' },
  ].filter(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  const encodings = marked.length > 0 ? marked.map(({ encoding }) => encoding) : ['utf-8', 'gb18030'];
  for (const encoding of encodings) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!text.includes('\u0000')) return text;
    } catch {
      // Not this one.
    }
  }
  throw new TableFileError('encoding-unknown');
}

function delimiterOf(text: string): string {
  const [heading = ''] = text.slice(0, longestRecordBytes).split(/\r?\n/u, 1);
  const counted = [',', ';', '\t'].map((sign) => ({ sign, count: heading.split(sign).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).sign;
}
