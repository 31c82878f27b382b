import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNoteError } from './note-error.ts';
import { type ReceiptText, readReceiptText, writeReceiptText } from './receipt-text.ts';

const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/u);
const sizeBytes = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const digest = fc.record({ sha256, sizeBytes });
const instant = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const token = fc.stringMatching(/^[!-~]{1,60}$/u).filter((word) => word !== '-');
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });

const receipts: fc.Arbitrary<ReceiptText> = fc.record({
  archive: fc.constantFrom('main', 'archive.example', '市局归档'),
  clip: fc.record({ sha256, sizeBytes, sm3: maybe(sha256) }),
  stored: maybe(digest),
  recordSha256: sha256,
  object: fc.record({ name: token.map((word) => `s3:${word}`), versionId: maybe(token), etag: maybe(token) }),
  retain: fc.record({
    mode: fc.constantFrom('COMPLIANCE', 'DIRECTORY', 'NONE'),
    until: maybe(instant),
    isOnHold: fc.boolean(),
  }),
  worm: fc.oneof(
    fc.record({ state: fc.constant('proven' as const), probeId: token, at: instant }),
    fc.record({ state: fc.constantFrom('declared' as const, 'none' as const) }),
  ),
  verified: fc.record({
    level: fc.constantFrom('readback', 'parts', 'server-checksum', 'stat'),
    by: fc.constantFrom('archive', 'gateway'),
    at: instant,
  }),
  log: maybe(
    fc.record({ origin: token, treeSize: fc.integer({ min: 1, max: 2 ** 40 }) }).map((log) => ({
      ...log,
      leafIndex: log.treeSize - 1,
    })),
  ),
});

const usual: ReceiptText = {
  archive: 'main',
  clip: { sha256: 'a'.repeat(64), sizeBytes: 5, sm3: null },
  stored: null,
  recordSha256: 'b'.repeat(64),
  object: { name: 'directory:main/clips/aa/aa/aaaa', versionId: null, etag: null },
  retain: { mode: 'DIRECTORY', until: null, isOnHold: false },
  worm: { state: 'none' },
  verified: { level: 'readback', by: 'gateway', at: '2026-08-04T10:00:00.000Z' },
  log: null,
};

describe('the text of a receipt', () => {
  test('has one field a line, in one order', () => {
    expect(
      writeReceiptText({
        ...usual,
        stored: { sha256: 'c'.repeat(64), sizeBytes: 300 },
        worm: { state: 'proven', probeId: 'probe-1', at: '2026-08-01T00:00:00Z' },
        log: { origin: 'archive.example/log', treeSize: 8, leafIndex: 7 },
      }),
    ).toBe(
      [
        'main/receipt/v1',
        `clip sha256:${'a'.repeat(64)} size 5`,
        `stored age sha256:${'c'.repeat(64)} size 300`,
        `record sha256:${'b'.repeat(64)}`,
        'object directory:main/clips/aa/aa/aaaa version - etag -',
        'retain DIRECTORY until - hold off',
        'worm proven probe-1 2026-08-01T00:00:00Z',
        'verified readback by gateway at 2026-08-04T10:00:00.000Z',
        'log archive.example/log 8 7',
        '',
      ].join('\n'),
    );
  });

  test('reads back as exactly what was written, whatever it says', () => {
    fc.assert(
      fc.property(receipts, (receipt) => {
        expect(readReceiptText(writeReceiptText(receipt))).toEqual(receipt);
      }),
      { numRuns: 500 },
    );
  });

  test('that reads at all is written back as it stood, character by character', () => {
    fc.assert(
      fc.property(
        receipts,
        fc.nat(),
        fc.constantFrom('0', ' ', '\n', '-', 'f', 'on'),
        (receipt, place, put) => {
          const text = writeReceiptText(receipt);
          const at = place % text.length;
          const changed = text.slice(0, at) + put + text.slice(at + 1);
          try {
            expect(writeReceiptText(readReceiptText(changed))).toBe(changed);
          } catch (error) {
            if (!isNoteError(error, 'malformed')) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each<[string, Partial<ReceiptText>]>([
    ['a version that stands for none', { object: { ...usual.object, versionId: '-' } }],
    ['a space in an etag', { object: { ...usual.object, etag: 'a b' } }],
    ['a line in a record', { recordSha256: `${'b'.repeat(64)}\nobject s3:x version - etag -` }],
    [
      'a line in a hash',
      { clip: { ...usual.clip, sm3: `${'a'.repeat(64)} size 5\nstored age sha256:${'c'.repeat(64)}` } },
    ],
    ['a length that is no whole number', { clip: { ...usual.clip, sizeBytes: 1.5 } }],
    ['a time that is none', { verified: { ...usual.verified, at: '2026-13-45T99:00:00Z' } }],
    ['a leaf outside its log', { log: { origin: 'x', treeSize: 3, leafIndex: 3 } }],
    ['an archive without a name', { archive: '' }],
  ])('cannot be made with %s', (_what, change) => {
    expect(() => writeReceiptText({ ...usual, ...change })).toThrow(
      expect.toSatisfy((error) => isNoteError(error, 'malformed')),
    );
  });
});
