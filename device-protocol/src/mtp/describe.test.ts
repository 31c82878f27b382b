import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { spliceGenerated } from '../specification/document.ts';
import { datasets } from './datasets.ts';
import { describeMtp } from './describe.ts';
import { operations } from './operations.ts';

const document = readFileSync(new URL('../../spec/mtp.md', import.meta.url), 'utf8');

test('the protocol document says what the declarations say', () => {
  expect(spliceGenerated(document, describeMtp())).toBe(document);
});

test('every field and operation says what it means and where the standard has it', () => {
  for (const { name, source, fields } of datasets) {
    expect(source, name).not.toBe('');
    for (const [key, { wire, doc }] of Object.entries(fields))
      expect(wire && doc, `${name}.${key}`).not.toBe('');
  }
  for (const { name, source, doc } of Object.values(operations)) expect(source && doc, name).not.toBe('');
});
