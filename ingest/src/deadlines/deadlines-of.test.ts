/** Each kind of deadline by example, around Spring Festival 2026: off 15 to 23 February, 14 and 28 February worked. */
import { describe, expect, test } from 'vitest';
import type { ActivityFacts, CaseDecision, CaseFacts } from '../cases/case-record.ts';
import { exampleActivity, exampleCase } from '../testing/example-facts.ts';
import type { Deadline, DeadlineKind } from './deadline.ts';
import { usualDeadlines } from './deadline-policy.ts';
import { type CaseForDeadlines, deadlinesOf, type FootageOfActivity } from './deadlines-of.ts';
import { WorkingCalendar } from './working-calendar.ts';

const ground = { calendar: new WorkingCalendar(), policy: usualDeadlines, zone: 'Asia/Shanghai' };
const decision: CaseDecision = {
  number: '示罚〔2026〕1号',
  decidedOn: '2026-02-13',
  isMajor: false,
  result: '罚款',
  revokedOn: null,
};

const ofCase = (facts: Partial<CaseFacts>, rest: Partial<CaseForDeadlines> = {}): Deadline[] => {
  const known = { activities: [], publishing: [], publishedAt: null, unpublishedAt: null, statements: [] };
  return deadlinesOf({ ...known, facts: { ...exampleCase, ...facts }, ...rest }, ground);
};
const ofActivity = (
  facts: Partial<ActivityFacts>,
  footage: FootageOfActivity[] = [],
  mustBeRecorded = true,
): Deadline[] =>
  ofCase({}, { activities: [{ facts: { ...exampleActivity, ...facts }, footage, mustBeRecorded }] });
const one = (deadlines: Deadline[], kind: DeadlineKind) => deadlines.find((found) => found.kind === kind);
const kinds = (deadlines: Deadline[]) => deadlines.map(({ kind }) => kind);

describe('footage of an activity', () => {
  const endedAt = '2026-01-16T02:00:00.000Z';

  test('is handed in within 24 hours of its end, day off or not', () => {
    expect(one(ofActivity({ endedAt: '2026-02-16T02:00:00.000Z' }), 'hand-in')).toMatchObject({
      activityId: 'oa/activity-1',
      dueOn: null,
      dueAt: '2026-02-17T02:00:00.000Z',
      metAt: null,
      metBy: null,
      isProvisional: false,
    });
  });

  test('is archived within 30 days, carried over the festival', () => {
    expect(one(ofActivity({ endedAt }), 'archive-footage')).toMatchObject({
      dueOn: '2026-02-24',
      dueAt: '2026-02-24T16:00:00.000Z',
    });
  });

  test('is handed in and archived when the last clip is; one that is missing keeps it open', () => {
    const first = { sealedAt: '2026-01-16T03:00:00.000Z', receiptedAt: '2026-01-17T03:00:00.000Z' };
    const last = { sealedAt: '2026-01-16T04:00:00.000Z', receiptedAt: null };
    const deadlines = ofActivity({ endedAt }, [last, first]);
    expect(one(deadlines, 'hand-in')).toMatchObject({ metAt: last.sealedAt, metBy: 'facts' });
    expect(one(deadlines, 'archive-footage')).toMatchObject({ metAt: null, metBy: null });
  });

  test('is not waited for where nothing must be recorded and nothing was, nor before the activity has ended', () => {
    expect(ofActivity({ endedAt }, [], false)).toEqual([]);
    expect(ofActivity({ endedAt: null })).toEqual([]);
    const footage = [{ sealedAt: null, receiptedAt: null }];
    expect(kinds(ofActivity({ endedAt }, footage, false))).toEqual(['hand-in', 'archive-footage']);
  });
});

describe('what was registered and preserved', () => {
  // One in the morning of the 13th, by the dock's zone.
  const preserving = { kind: 'evidence-preservation', endedAt: '2026-02-12T17:00:00.000Z' } as const;

  test('is decided on within seven working days, worked Saturdays among them', () => {
    expect(one(ofActivity(preserving), 'preserve')).toMatchObject({ dueOn: '2026-03-02', metAt: null });
  });

  test('is decided on when a person says so; the newest word counts, and only on its own activity', () => {
    const doneAt = '2026-02-25T01:00:00.000Z';
    const word = { kind: 'preserve', activityId: 'oa/activity-1', doneAt } as const;
    const activities = [{ facts: { ...exampleActivity, ...preserving }, footage: [], mustBeRecorded: false }];
    const with_ = (statements: CaseForDeadlines['statements']) =>
      one(ofCase({}, { activities, statements }), 'preserve')?.metAt;
    expect(one(ofCase({}, { activities, statements: [word] }), 'preserve')?.metBy).toBe('statement');
    expect(with_([word])).toBe(doneAt);
    expect(with_([word, { ...word, doneAt: null }])).toBeNull();
    expect(with_([{ ...word, activityId: 'oa/other' }])).toBeNull();
    expect(with_([{ ...word, kind: 'hand-in' }])).toBeNull();
  });
});

describe('the case file', () => {
  test.each([
    ['over the festival', '2026-01-16', '2026-02-24'],
    ['not from a Saturday that is worked', '2026-01-15', '2026-02-14'],
  ])('is archived within 30 days of closing, carried %s', (_rule, closedOn, dueOn) => {
    expect(ofCase({ closedOn })).toMatchObject([{ kind: 'archive-file', dueOn, metAt: null }]);
  });

  test('is archived from the day it was filed', () => {
    const [filed] = ofCase({ closedOn: '2026-01-16', filedOn: '2026-02-25' });
    expect(filed).toMatchObject({ metAt: '2026-02-24T16:00:00.000Z', dueAt: '2026-02-24T16:00:00.000Z' });
  });
});

describe('a decision', () => {
  test.each([
    ['penalty', '2026-03-02'],
    ['license', '2026-03-02'],
    ['inspection', '2026-03-19'],
  ] as const)('%s is public within its working days', (category, dueOn) => {
    expect(ofCase({ category, decision })).toMatchObject([{ kind: 'publish', dueOn, activityId: null }]);
  });

  test('is public within what the list of the department says', () => {
    const basis = { document: '示例办法', sentence: '五个工作日内公示' };
    const publishing = [
      { categories: ['penalty' as const], workingDays: 5, basis, isDerived: false, note: null },
    ];
    expect(ofCase({ decision }, { publishing })).toMatchObject([
      { dueOn: '2026-02-27', period: { count: 5, source: { document: '示例办法', article: null } } },
    ]);
    expect(ofCase({ decision, category: 'license' }, { publishing })).toMatchObject([
      { dueOn: '2026-03-02' },
    ]);
  });

  test('that was revoked is taken back within three working days, and need not become public', () => {
    const revoked = { ...decision, revokedOn: '2026-02-13' };
    expect(ofCase({ decision: revoked })).toMatchObject([{ kind: 'unpublish', dueOn: '2026-02-25' }]);
    const publishedAt = '2026-02-13T03:00:00.000Z';
    const unpublishedAt = '2026-02-14T03:00:00.000Z';
    expect(ofCase({ decision: revoked }, { publishedAt, unpublishedAt })).toMatchObject([
      { kind: 'publish', metAt: publishedAt, metBy: 'facts' },
      { kind: 'unpublish', metAt: unpublishedAt, metBy: 'facts' },
    ]);
  });

  test('of a state secret is not published', () => {
    expect(ofCase({ decision, secrecy: 'state-secret' })).toEqual([]);
  });

  test('is provisional where the holidays of its days are not known yet', () => {
    const [far] = ofCase({ decision: { ...decision, decidedOn: '2039-05-04' } });
    expect(far?.isProvisional).toBe(true);
    expect(ofCase({ decision })[0]?.isProvisional).toBe(false);
  });
});
