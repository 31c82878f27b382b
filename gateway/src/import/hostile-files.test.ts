import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { readTables } from './table-file.ts';
import { recordsOf } from './table-records.ts';
import { packPlain, unpackBounded, type ZipEntry } from './zip-archive.ts';

const problemOf = (bytes: Buffer) =>
  readTables(bytes).then(
    () => 'read',
    (error: { problem?: string }) => error.problem,
  );
const workbook = (rows: unknown[][]): Promise<Buffer> =>
  writeXlsxFile(rows as never, { sheet: '单位' }).toBuffer();
const sheetPath = 'xl/worksheets/sheet1.xml';

/** The workbook with its first sheet changed. */
async function withSheet(change: (xml: string) => string): Promise<Buffer> {
  const entries = await unpackBounded(
    await workbook([
      ['单位编号', '单位名称', '执法部门'],
      ['u1', '甲', 'd'],
    ]),
    1e7,
  );
  return packPlain(entries.map((entry) => (entry.name === sheetPath ? changed(entry, change) : entry)));
}
const changed = ({ name, content }: ZipEntry, change: (xml: string) => string): ZipEntry => ({
  name,
  content: Buffer.from(change(content.toString('utf8'))),
});

describe('a file of a stranger is read within bounds', () => {
  test('ten megabytes of commas', async () => {
    expect(await problemOf(Buffer.alloc(10_000_000, ','))).toBe('csv-broken');
    const lines = Buffer.from(`${','.repeat(60_000)}\n`.repeat(160));
    expect(await problemOf(lines)).toBe('too-many-columns');
  });

  test('a quote that never ends', async () => {
    expect(await problemOf(Buffer.from(`a,b\n"${'x'.repeat(200_000)}`))).toBe('csv-broken');
  });

  test('more rows than are taken', async () => {
    expect(await problemOf(Buffer.from('x\n'.repeat(100_001)))).toBe('too-many-rows');
  });

  test('bytes that are no text', async () => {
    expect(await problemOf(Buffer.from([0x61, 0x00, 0xff, 0xff, 0x80]))).toBe('encoding-unknown');
  });

  test('three hundred sheets', async () => {
    const sheets = Array.from({ length: 300 }, (_, index) => ({ sheet: `s${index}`, data: [['a']] }));
    expect(await problemOf(await writeXlsxFile(sheets as never).toBuffer())).toBe('too-many-sheets');
  });

  test('a cell that calls itself the last of a million rows, or of sixteen thousand columns', async () => {
    expect(await problemOf(await withSheet((xml) => xml.replaceAll('r="A2"', 'r="A1048576"')))).toBe(
      'too-many-rows',
    );
    expect(await problemOf(await withSheet((xml) => xml.replaceAll('r="B2"', "r='XFD2'")))).toBe(
      'too-many-columns',
    );
    expect(await problemOf(await withSheet((xml) => xml.replaceAll('r="B2"', 'r="&#88;FD2"')))).toBe(
      'workbook-broken',
    );
  });

  test('a bomb: small when packed, whatever its headers say of its size', async () => {
    const bomb = deflateRawSync(Buffer.alloc(200 * 1024 * 1024));
    const bytes = packPlain([{ name: sheetPath, content: bomb }]);
    // Deflated, with sizes that claim ten bytes.
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    bytes.writeUInt16LE(8, 8);
    bytes.writeUInt16LE(8, directory + 10);
    bytes.writeUInt32LE(10, 22);
    bytes.writeUInt32LE(10, directory + 24);
    expect(await problemOf(bytes)).toBe('unpacks-too-large');
  });

  test.each([0, 3, 10, 40, 200, 1_000])('a workbook cut off after %i bytes', async (length) => {
    const whole = await workbook([['单位编号'], ['u1']]);
    const cut = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), whole.subarray(4, 4 + length)]);
    expect(await problemOf(cut)).toBe('workbook-broken');
  });
});

test('formulas are text, as they stand in the file', async () => {
  const [table] = await readTables(
    Buffer.from('单位编号,单位名称,执法部门\nu1,"=cmd|""/c calc""!A1",@SUM(1)\n'),
  );
  if (table === undefined) throw new Error('there is no table');
  expect(recordsOf(table, null, 'UTC').records).toEqual([
    {
      record: { kind: 'unit', id: 'u1', name: '=cmd|"/c calc"!A1', departmentId: '@SUM(1)' },
      sheet: null,
      row: 2,
    },
  ]);
});

test.each([
  ['utf-8 with a mark', Buffer.from('\ufeff单位编号;单位名称;执法部门\nu1;甲;d')],
  ['utf-16 with tabs', Buffer.from('\ufeff单位编号\t单位名称\t执法部门\nu1\t甲\td', 'utf16le')],
])('%s', async (_name, bytes) => {
  const [table] = await readTables(bytes);
  expect(table?.rows).toEqual([
    ['单位编号', '单位名称', '执法部门'],
    ['u1', '甲', 'd'],
  ]);
});
