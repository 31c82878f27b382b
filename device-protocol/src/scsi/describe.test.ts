import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { spliceGenerated } from '../specification/document.ts';
import { describeScsi } from './describe.ts';

const document = readFileSync(new URL('../../spec/scsi.md', import.meta.url), 'utf8');

test('the protocol document says what the declarations say', () => {
  expect(spliceGenerated(document, describeScsi())).toBe(document);
});
