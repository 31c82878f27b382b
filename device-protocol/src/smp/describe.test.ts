import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { spliceGenerated } from '../specification/document.ts';
import { describeSmp } from './describe.ts';
import { recorderCddl } from './describe-cddl.ts';
import { groups } from './messages/index.ts';

const document = readFileSync(new URL('../../spec/smp.md', import.meta.url), 'utf8');

test('the protocol document says what the declarations say', () => {
  expect(spliceGenerated(document, describeSmp())).toBe(document);
});

test('the CDDL file says what the declarations say', () => {
  expect(readFileSync(new URL('../../spec/smp-recorder.cddl', import.meta.url), 'utf8')).toBe(recorderCddl());
});

test('every field says how it is written and what it means', () => {
  for (const { name, request, response } of groups.flatMap(({ messages }) => messages)) {
    for (const [key, field] of Object.entries({ ...request.fields, ...response.fields })) {
      expect(field, `${name}.${key}`).toMatchObject({
        cbor: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
      });
    }
  }
});

test('a document without a place for a part is refused', () => {
  expect(() => spliceGenerated('# nothing', { messages: 'x' })).toThrow('no place for "messages"');
});
