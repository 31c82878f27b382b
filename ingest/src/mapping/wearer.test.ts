import { describe, expect, test } from 'vitest';
import { type Holding, type WearerFacts, wearerOf } from './wearer.ts';

/** The book: by number, who has it. Officer 乙 has a certificate number and an officer number. */
const book: Record<string, string[]> = {
  '37000001': ['甲'],
  '000101': ['甲'],
  '37000002': ['乙'],
  '000202': ['乙'],
  twice: ['甲', '乙'],
};

function held(fromMs: number, toMs: number, officerNumber: string, numberOnRecorder: string | null = null) {
  return { fromMs, toMs, officerNumber, numberOnRecorder } satisfies Holding;
}

const wearer = (change: Partial<WearerFacts>) =>
  wearerOf({
    numberInClip: null,
    holdings: [],
    recorded: { lowMs: 100, highMs: 110 },
    officersOf: (number) => book[number] ?? [],
    ...change,
  });
const known = (officerId: string, ...grounds: string[]) => ({ state: 'known', officerId, grounds });
const open = Number.POSITIVE_INFINITY;

describe('without a ledger', () => {
  test('the number of the clip names the officer, by certificate or by officer number', () => {
    expect(wearer({ numberInClip: '37000001' })).toEqual(known('甲', 'clip'));
    expect(wearer({ numberInClip: ' 000101 ' })).toEqual(known('甲', 'clip'));
  });

  test.each([
    [null, 'officer-unnamed'],
    ['000000', 'officer-unnamed'],
    ['999', 'officer-unknown'],
    ['twice', 'officer-ambiguous'],
  ])('%s names nobody', (numberInClip, reason) => {
    expect(wearer({ numberInClip })).toMatchObject({ state: 'unknown', reason });
  });
});

describe('by the ledger', () => {
  test('whoever had the recorder all the time wore it', () => {
    expect(wearer({ holdings: [held(0, open, '37000001')] })).toEqual(known('甲', 'ledger'));
  });

  test('the number that the recorder knows the officer by agrees', () => {
    const holdings = [held(0, open, '37000001', '0007')];
    expect(wearer({ holdings, numberInClip: '0007' })).toEqual(known('甲', 'ledger', 'clip'));
  });

  test('another number of the same officer agrees', () => {
    const holdings = [held(0, open, '37000001')];
    expect(wearer({ holdings, numberInClip: '000101' })).toEqual(known('甲', 'ledger', 'clip'));
  });

  test('a number of another officer, or of nobody, contradicts it', () => {
    const holdings = [held(0, open, '37000001')];
    const other = wearer({ holdings, numberInClip: '000202' });
    expect(other).toEqual({ state: 'unknown', reason: 'officers-disagree', candidateIds: ['甲', '乙'] });
    expect(wearer({ holdings, numberInClip: '999' })).toMatchObject({ reason: 'officers-disagree' });
  });

  test('a recorder that may have changed hands meanwhile names nobody, whatever the clip says', () => {
    const holdings = [held(0, 105, '37000001'), held(105, open, '37000002')];
    for (const numberInClip of [null, '000101']) {
      expect(wearer({ holdings, numberInClip })).toMatchObject({
        reason: 'recorder-changed-hands',
        candidateIds: ['甲', '乙'],
      });
    }
  });

  test('a hand-over outside the doubt of the clip is no matter', () => {
    const holdings = [held(0, 99, '37000001'), held(99, open, '37000002')];
    expect(wearer({ holdings })).toEqual(known('乙', 'ledger'));
  });

  test('a clip that may have begun before the issue needs a number', () => {
    const holdings = [held(105, open, '37000001')];
    expect(wearer({ holdings })).toMatchObject({ reason: 'recorder-changed-hands' });
    expect(wearer({ holdings, numberInClip: '000101' })).toEqual(known('甲', 'ledger', 'clip'));
  });

  test('a recorder that had been returned was worn by nobody the ledger knows', () => {
    const holdings = [held(0, 50, '37000001')];
    expect(wearer({ holdings, numberInClip: '000101' })).toEqual({
      state: 'unknown',
      reason: 'recorder-not-issued',
      candidateIds: ['甲'],
    });
  });

  test('before it was first issued, the number of the clip counts', () => {
    expect(wearer({ holdings: [held(200, open, '37000001')], numberInClip: '000202' })).toEqual(
      known('乙', 'clip'),
    );
  });

  test('an issue to somebody the book does not know names nobody', () => {
    expect(wearer({ holdings: [held(0, open, '999')] })).toMatchObject({ reason: 'officer-unknown' });
  });
});

test('without a time, the ledger tells nothing', () => {
  const holdings = [held(0, open, '37000002')];
  expect(wearer({ holdings, recorded: null, numberInClip: '000101' })).toEqual(known('甲', 'clip'));
});
