import { describe, expect, test } from 'vitest';
import type { OfficerFacts } from '../cases/case-record.ts';
import { exampleOfficer } from '../testing/example-facts.ts';
import { checkPeople, type PeopleEvidence } from './people-check.ts';

const officer = (number: number, change: Partial<OfficerFacts> = {}): OfficerFacts => ({
  ...exampleOfficer,
  officerId: `oa/officer-${number}`,
  certificateNumber: `DEMO-00${number}`,
  ...change,
});

function check(officers: OfficerFacts[], change: Partial<PeopleEvidence> = {}) {
  return checkPeople({
    activity: { officerIds: officers.map(({ officerId }) => officerId), area: null },
    category: 'penalty',
    day: '2026-03-02',
    officers: new Map(officers.map((one) => [one.officerId, one])),
    acceptedIssuers: ['provincial'],
    recordedBy: [],
    ...change,
  });
}

const codes = (...parameters: Parameters<typeof check>) => check(...parameters).map(({ code }) => code);
/** A second officer with nothing against them. */
const second = officer(2);

describe('officers of an activity', () => {
  test('two with valid certificates are as the law wants it', () => {
    expect(check([officer(1), second])).toEqual([]);
  });

  test.each<[string, Partial<OfficerFacts>, string]>([
    ['without a certificate', { certificateNumber: null }, 'certificate-missing'],
    ['whose certificate ran out the day before', { validUntil: '2026-03-01' }, 'certificate-expired'],
    ['whose certificate begins the day after', { validFrom: '2026-03-03' }, 'certificate-not-yet-valid'],
    ['of an issuer that is not accepted', { issuer: 'ministry' }, 'issuer-not-accepted'],
    ['certified for other categories', { categories: ['inspection'] }, 'category-not-certified'],
    ['certified for another area', { area: '枣庄市' }, 'area-not-certified'],
  ])('one %s is told of, and does not count as one of two', (_who, change, code) => {
    const activity = { officerIds: ['oa/officer-1', 'oa/officer-2'], area: '临沂市兰山区' };
    expect(check([officer(1, change), second], { activity })).toEqual([
      { code, officerId: 'oa/officer-1' },
      { code: 'fewer-than-two-officers', officerId: null },
    ]);
  });

  test.each<[string, Partial<OfficerFacts>]>([
    ['on its last day', { validUntil: '2026-03-02' }],
    ['on its first day', { validFrom: '2026-03-02' }],
    ['of which nobody told until when', { validFrom: null, validUntil: null }],
    ['of which nobody told the categories', { categories: [] }],
    ['for the larger area', { area: '临沂市' }],
    ['for several areas', { area: '枣庄市、临沂市 兰山区' }],
  ])('a certificate is valid %s', (_when, change) => {
    const activity = { officerIds: ['oa/officer-1', 'oa/officer-2'], area: '临沂市兰山区' };
    expect(check([officer(1, change), second], { activity })).toEqual([]);
  });

  test('are counted by certificate: the same one twice is one', () => {
    expect(codes([officer(1), officer(2, { certificateNumber: 'DEMO-001' })])).toEqual([
      'fewer-than-two-officers',
    ]);
  });

  test('may be one where the category allows it', () => {
    expect(codes([officer(1)], { category: 'penalty' })).toEqual(['fewer-than-two-officers']);
    expect(codes([officer(1, { categories: [] })], { category: 'license' })).toEqual([]);
  });

  test('that are not named, or that nobody told of, are told of', () => {
    expect(codes([])).toEqual(['officers-not-named']);
    expect(
      codes([second], { activity: { officerIds: ['oa/officer-2', 'oa/officer-9'], area: null } }),
    ).toEqual(['officer-unknown', 'fewer-than-two-officers']);
  });

  test('somebody else who wore a recorder is told of once', () => {
    const recordedBy = ['oa/officer-1', 'oa/officer-7', 'oa/officer-7'];
    expect(check([officer(1), second], { recordedBy })).toEqual([
      { code: 'recorded-by-another', officerId: 'oa/officer-7' },
    ]);
  });
});
