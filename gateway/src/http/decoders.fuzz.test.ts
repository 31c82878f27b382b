/** What a browser, or a stranger who plays one, can send in headers and queries. `npm run fuzz` sends a million of each. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '../testing/fuzz-runs.ts';
import { decodeCursor, decodeNumberCursor, encodeCursor } from './cursor.ts';
import { hostNameOf } from './doors/host-name.ts';
import { readRange } from './media/byte-range.ts';

const runs = { numRuns: fuzzRuns(500) };
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string());

test('byte ranges', () => {
  const number = fc.oneof(fc.constantFrom('', '-1', '1e9', '0x1', '9'.repeat(40)), fc.nat().map(String));
  const header = fc.oneof(
    text,
    fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
  );
  fc.assert(
    fc.property(header, fc.nat(), (value, sizeBytes) => {
      const range = readRange(value, sizeBytes);
      if (range.kind === 'part') expect(range.last).toBeLessThan(sizeBytes);
    }),
    runs,
  );
});

test('cursors', () => {
  const cursor = fc.oneof(
    text,
    text.map((position) => encodeCursor('clips', position) ?? ''),
    text.map((bytes) => Buffer.from(bytes).toString('base64url')),
  );
  fc.assert(
    fc.property(cursor, (value) => {
      for (const decode of [decodeCursor, decodeNumberCursor]) {
        try {
          decode('clips', value);
        } catch (error) {
          expect(error).toMatchObject({ code: 'cursor-invalid' });
        }
      }
    }),
    runs,
  );
});

test('host names', () => {
  const authority = fc.oneof(
    text,
    fc.tuple(fc.domain(), fc.nat(70_000)).map(([host, port]) => `${host}:${port}`),
  );
  fc.assert(
    fc.property(authority, (value) => {
      hostNameOf(value);
    }),
    runs,
  );
});
