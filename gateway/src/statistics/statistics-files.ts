import { stringify } from 'csv-stringify/sync';
import writeExcelFile, { type SheetData } from 'write-excel-file/node';
import { plainText, type SheetCell, type StatisticsSheet } from './statistics-sheet.ts';

/** RFC 4180, with the mark of UTF-8 that spreadsheet programs want to see. */
export function csvFile({ heading, rows }: StatisticsSheet): string {
  return stringify(
    [heading, ...rows].map((row) => row.map(safeCell)),
    { bom: true, record_delimiter: 'windows' },
  );
}

/** A workbook with the figures on the first sheet, and on the second what they mean. */
export function xlsxFile({ heading, rows, definition, shareColumns }: StatisticsSheet): Promise<Buffer> {
  const figures: SheetData = [
    heading.map((text) => ({ value: plainText(text), fontWeight: 'bold' as const, wrap: true })),
    ...rows.map((row) =>
      row.map((cell, position) => {
        const value = safeCell(cell);
        return typeof value === 'number' && shareColumns.includes(position)
          ? { value, type: Number, format: '0.0%' }
          : value;
      }),
    ),
  ];
  const meaning: SheetData = definition.map(([name, text]) => [
    { value: plainText(name), fontWeight: 'bold' as const },
    { value: plainText(text), wrap: true },
  ]);
  return writeExcelFile([
    {
      data: figures,
      sheet: '数据 Figures',
      columns: heading.map(() => ({ width: 22 })),
      stickyRowsCount: 1,
    },
    { data: meaning, sheet: '口径 Definition', columns: [{ width: 24 }, { width: 100 }] },
  ]).toBuffer();
}

function safeCell(cell: SheetCell): SheetCell {
  return typeof cell === 'string' ? plainText(cell) : cell;
}
