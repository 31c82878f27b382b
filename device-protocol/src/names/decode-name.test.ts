import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeName } from './decode-name.ts';

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** What must never reach a screen or a log line as it is. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u{fffd}]/u;

describe('a name from a recorder', () => {
  test.each([
    ['plain ASCII', Buffer.from('DCAM_CAM001_000001.mp4'), 'DCAM_CAM001_000001.mp4', 'utf-8'],
    ['Chinese in UTF-8', Buffer.from('执法现场.mp4'), '执法现场.mp4', 'utf-8'],
    ['Chinese in GBK (GB 2312 rows 54 and 23)', bytesOf('d6b4 b7a8 2e 6d7034'), '执法.mp4', 'gbk'],
    ['a GBK extension character (镕)', bytesOf('e946 2e 6d7034'), '镕.mp4', 'gbk'],
    ['a four-byte GB 18030 character', bytesOf('8139ef30 2e 6a7067'), '㐁.jpg', 'gbk'],
    ['the euro sign of GB 18030', bytesOf('a2e3'), '€', 'gbk'],
    ['a letter outside the first plane', Buffer.from('𠮷.mp4'), '𠮷.mp4', 'utf-8'],
  ])('is read as %s', (_what, bytes, name, encoding) => {
    expect(decodeName(bytes)).toEqual({ name, encoding, unsafe: false });
  });

  test.each([
    ['a byte that is in neither encoding', bytesOf('61 ff 62'), 'a\\xffb'],
    ['a GBK character cut in half', bytesOf('61 d6'), 'a\\xd6'],
    ['a control byte beside a bad one', bytesOf('ff 0a'), '\\xff\\x0a'],
  ])('with %s is shown byte by byte', (_what, bytes, name) => {
    expect(decodeName(bytes)).toMatchObject({ name, encoding: 'bytes' });
  });

  test.each([
    ['a line feed', 'a\nb.mp4', 'a\\u{a}b.mp4'],
    ['an escape sequence', '\u001b[2J.mp4', '\\u{1b}[2J.mp4'],
    ['a C1 control', 'a\u009bb', 'a\\u{9b}b'],
    ['a right-to-left override', 'clip\u202e4pm.exe', 'clip\\u{202e}4pm.exe'],
    ['an isolate', 'a\u2066b', 'a\\u{2066}b'],
    ['a zero-width joiner', 'a\u200db', 'a\\u{200d}b'],
    ['a byte order mark', '\ufeffa', '\\u{feff}a'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
    ['a tag character', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['a replacement character', 'a\ufffdb', 'a\\u{fffd}b'],
  ])('with %s shows it escaped and is marked unsafe', (_what, text, name) => {
    expect(decodeName(Buffer.from(text))).toEqual({ name, encoding: 'utf-8', unsafe: true });
  });

  test('with a character of the user-defined part of GBK shows it escaped', () => {
    expect(decodeName(bytesOf('aaa1'))).toEqual({ name: '\\u{e000}', encoding: 'gbk', unsafe: true });
  });

  test.each(['', '.', '..', 'a/b', '..\\..\\windows', 'a\\u{202e}b', 'C:\\x.mp4'])(
    'that could steer a path (%j) is marked unsafe',
    (text) => {
      expect(decodeName(Buffer.from(text)).unsafe).toBe(true);
    },
  );

  test('never shows a control, format or separator character, whatever its bytes are', () => {
    const names = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text)),
      fc
        .array(fc.integer({ min: 0x80, max: 0xfe }), { maxLength: 20 })
        .map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(names, (bytes) => {
        const { name, encoding, unsafe } = decodeName(bytes);
        expect(name).not.toMatch(invisible);
        if (encoding === 'bytes') expect(name).toMatch(/^[\x20-\x7e]*$/u);
        if (encoding === 'utf-8' && !unsafe) expect(Buffer.from(name)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  test('is taken as UTF-8 exactly where its bytes are UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const isUtf8 = Buffer.from(Buffer.from(bytes).toString('utf8')).equals(bytes);
        expect(decodeName(bytes).encoding === 'utf-8').toBe(isUtf8);
      }),
      { numRuns: 2000 },
    );
  });

  test('safe names of different bytes are never shown alike', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '\\', 'x', 'f', '{', 'u', '2', '0', 'e', '}', '\u202e', '执'),
    });
    fc.assert(
      fc.property(text, text, (left, right) => {
        fc.pre(left !== right);
        const shownLeft = decodeName(Buffer.from(left));
        const shownRight = decodeName(Buffer.from(right));
        if (!shownLeft.unsafe && !shownRight.unsafe) expect(shownLeft.name).not.toBe(shownRight.name);
      }),
    );
  });
});
