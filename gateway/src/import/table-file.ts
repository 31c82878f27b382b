import { open } from 'node:fs/promises';
import { csvTable } from './csv-table.ts';
import { type Table, TableFileError, tableLimits } from './table.ts';
import { workbookTables } from './workbook-tables.ts';

/** Reads a whole file of at most 32 MiB. Throws TableFileError. */
export async function readBounded(path: string): Promise<Buffer> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new TableFileError('no-such-file', path, error);
  });
  try {
    const { size } = await file.stat();
    if (size > tableLimits.fileBytes) throw new TableFileError('file-too-large', String(size));
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The sheets of a CSV or XLSX file, told apart by what is in it. Throws TableFileError. */
export async function readTables(bytes: Buffer): Promise<Table[]> {
  const isPacked = bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1'));
  const tables = isPacked ? await workbookTables(bytes) : [csvTable(bytes)];
  const rows = tables.reduce((total, table) => total + table.rows.length, 0);
  if (rows > tableLimits.rows) throw new TableFileError('too-many-rows', String(rows));
  return tables;
}
