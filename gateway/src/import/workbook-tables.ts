import readXlsxFile, { InvalidInputError, InvalidSpreadsheetError } from 'read-excel-file/node';
import { type Cell, type Table, TableFileError, tableLimits } from './table.ts';
import { packPlain, unpackBounded } from './zip-archive.ts';

/**
 * Reads the sheets of an XLSX file. It is unpacked here first, within bounds, and the library is given only what was
 * unpacked: a file of a stranger may claim any size and name any cell. Throws TableFileError.
 */
export async function workbookTables(bytes: Buffer): Promise<Table[]> {
  const entries = await unpackBounded(bytes, tableLimits.unpackedBytes);
  const sheets = entries.filter(({ name }) => /worksheets\/[^/]+\.xml$/iu.test(name));
  if (sheets.length > tableLimits.sheets) throw new TableFileError('too-many-sheets', String(sheets.length));
  for (const { content } of sheets) checkCells(content.toString('utf8'));
  try {
    const read = await readXlsxFile(packPlain(entries));
    return read.map(({ sheet, data }) => ({ sheet, rows: data as unknown as Cell[][] }));
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof InvalidSpreadsheetError) {
      throw new TableFileError('workbook-broken', error.message, error);
    }
    throw new TableFileError('workbook-broken', error instanceof Error ? error.message : '', error);
  }
}

/** A single cell that calls itself XFD1048576 would make the library fill a table of that size. */
function checkCells(xml: string): void {
  for (const [tag] of xml.matchAll(/<(?:\w+:)?(?:c|row)\s[^>]*>/gu)) {
    const place = /\sr\s*=\s*(?:"([^"]*)"|'([^']*)')/u.exec(tag);
    if (place === null) continue;
    const [, letters = '', figures] = /^([A-Z]{0,3})(\d{1,7})$/u.exec(place[1] ?? place[2] ?? '') ?? [];
    if (figures === undefined) throw new TableFileError('workbook-broken', tag.slice(0, 60));
    if (Number(figures) > tableLimits.rows) throw new TableFileError('too-many-rows', figures);
    if (columnOf(letters) > tableLimits.columns) throw new TableFileError('too-many-columns', letters);
  }
}

function columnOf(letters: string): number {
  return [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0);
}
