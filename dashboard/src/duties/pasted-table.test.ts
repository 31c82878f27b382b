import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pastedTable } from './pasted-table.ts';

test.each([
  [
    'a\tb\nc\td\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a\tb\r\nc\t',
    [
      ['a', 'b'],
      ['c', ''],
    ],
  ],
  [
    '\uFEFFa,b\n\n,\n1,"x,""y"""',
    [
      ['a', 'b'],
      ['1', 'x,"y"'],
    ],
  ],
  ['a\t"two\nlines"\tc', [['a', 'two\nlines', 'c']]],
  ['12" pipe\tb', [['12" pipe', 'b']]],
  ['', []],
])('%j', (text, rows) => {
  expect(pastedTable(text)).toEqual(rows);
});

test('a table comes back as it was written with every cell in quotes', () => {
  const cell = fc.string().map((text) => text.replaceAll('\r', ''));
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }))
    .filter((rows) => rows.every((row) => row.some((text) => text.trim() !== '')));
  fc.assert(
    fc.property(table, (rows) => {
      const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const written = rows.map((row) => row.map(quoted).join('\t')).join('\r\n');
      expect(pastedTable(written)).toEqual(rows);
    }),
  );
});
