import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeText, readCodeText } from './code-text.ts';

describe('the text of a code', () => {
  test('is worked out as RFC 4648 and the document say', () => {
    // Base32 of "foobar" by RFC 4648 §10 is MZXW6YTBOI====== .
    expect(codeText({ kind: 'activity', id: 'foobar' })).toMatch(/^DOCKET:1:A:MZXW6YTBOI:[A-Z2-7]{8}$/u);
    expect(codeText({ kind: 'case', id: 'foob' })).toMatch(/^DOCKET:1:C:MZXW6YQ:[A-Z2-7]{8}$/u);
  });

  test('holds only what a QR code packs tightest', () => {
    expect(codeText({ kind: 'case', id: '示例/案件 一号' })).toMatch(/^[0-9A-Z $%*+./:-]+$/u);
  });

  test('is read as what was written, for every id', () => {
    const kind = fc.constantFrom('activity' as const, 'case' as const);
    const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(kind, id, (ofKind, named) => {
        expect(readCodeText(codeText({ kind: ofKind, id: named }))).toEqual({ kind: ofKind, id: named });
      }),
    );
  });

  test('is not read where one sign of it is another', () => {
    const text = codeText({ kind: 'activity', id: 'oa/a1' });
    const signs = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567:0 '];
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...signs), (position, sign) => {
        fc.pre(text[position] !== sign);
        expect(readCodeText(text.slice(0, position) + sign + text.slice(position + 1))).toBeNull();
      }),
    );
  });

  test.each([
    '',
    'https://example.org',
    'DOCKET:1:A::',
    'DOCKET:2:A:MZXW6:AAAAAAAA',
    `DOCKET:1:A:${'A'.repeat(5_000)}:AAAAAAAA`,
  ])('of other apps is none of ours: %.40s', (text) => {
    expect(readCodeText(text)).toBeNull();
  });

  test('of whatever a stranger prints is read or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => readCodeText(text)).not.toThrow();
      }),
    );
  });
});
