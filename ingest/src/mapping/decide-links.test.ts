import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Interval } from '../time/interval.ts';
import { activitySpan, type CandidateActivity } from './activity-span.ts';
import { decideLinks } from './decide-links.ts';
import type { Decision } from './decision.ts';
import type { ClipEvidence, Naming } from './link-evidence.ts';
import type { RecordedSpan } from './recorded-span.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const policy = { nearMs: 12 * hourMs };

/** Minutes of one morning, with the doubt of each end in seconds. */
function recorded(
  fromMinute: number,
  toMinute: number,
  doubtSeconds = 2,
  basis: RecordedSpan['basis'] = 'proven',
) {
  const around = (minute: number): Interval => ({
    lowMs: minute * minuteMs - doubtSeconds * 1_000,
    highMs: minute * minuteMs + doubtSeconds * 1_000,
  });
  return { basis, span: { start: around(fromMinute), end: around(toMinute) } };
}

function activity(
  activityId: string,
  fromMinute: number | null,
  toMinute: number | null,
  change: Partial<CandidateActivity> = {},
) {
  return {
    activityId,
    caseId: `case of ${activityId}`,
    step: 'investigation' as const,
    officerIds: ['officer'],
    startedMs: fromMinute === null ? null : fromMinute * minuteMs,
    endedMs: toMinute === null ? null : toMinute * minuteMs,
    timeDoubtMs: 0,
    ...change,
  };
}

function evidence(change: Partial<ClipEvidence> = {}): ClipEvidence {
  return {
    recorded: recorded(10, 20),
    latestStartMs: Number.POSITIVE_INFINITY,
    wearer: { state: 'known', officerId: 'officer', grounds: ['ledger'] },
    activities: [],
    namings: [],
    ...change,
  };
}

function decide(change: Partial<ClipEvidence>): Decision {
  return decideLinks(evidence(change), policy);
}

const linked = ({ links }: Decision) => links.map(({ activityId }) => activityId);
const shows = (activityId: string, change: Partial<Naming> = {}): Naming => ({
  source: 'qr',
  activityId,
  caseId: `case of ${activityId}`,
  isKnown: true,
  during: null,
  isOfOperation: false,
  step: null,
  ...change,
});

describe('by officer and time', () => {
  test('a clip that surely overlaps one activity belongs to it', () => {
    const decision = decide({ activities: [activity('A', 5, 30)] });
    expect(decision).toMatchObject({ reasons: [], suggestions: [] });
    expect(decision.links).toEqual([
      {
        caseId: 'case of A',
        activityId: 'A',
        step: 'investigation',
        source: 'interval',
        confidence: 'strong',
      },
    ]);
  });

  test('a clip that surely overlaps two activities, one after the other, belongs to both', () => {
    const decision = decide({ activities: [activity('A', 5, 15), activity('B', 15, 30)] });
    expect([linked(decision), decision.reasons]).toEqual([['A', 'B'], []]);
  });

  test('an overlap that lies within the doubt waits for a person, who sees it', () => {
    const decision = decide({ recorded: recorded(10, 20, 5), activities: [activity('A', 20, 30)] });
    expect([linked(decision), decision.reasons]).toEqual([[], ['overlap-within-doubt']]);
    expect(decision.suggestions).toMatchObject([{ activityId: 'A', grounds: ['may-overlap', 'officer'] }]);
  });

  test('a sure overlap stands while a doubtful one beside it waits', () => {
    const activities = [activity('A', 5, 15), activity('B', 20, 30)];
    const decision = decide({ recorded: recorded(10, 20, 5), activities });
    expect([linked(decision), decision.reasons]).toEqual([['A'], ['overlap-within-doubt']]);
  });

  test('two activities of one officer at the same time wait for a person', () => {
    const decision = decide({ activities: [activity('A', 5, 30), activity('B', 12, 40)] });
    expect([linked(decision), decision.reasons]).toEqual([[], ['activities-overlap']]);
  });

  test('activities that may only touch each other within their own doubt are not surely apart', () => {
    const doubt = { timeDoubtMs: minuteMs };
    const activities = [activity('A', 5, 15, doubt), activity('B', 15, 30, doubt)];
    expect(decide({ activities }).reasons).toEqual(['activities-overlap']);
  });

  test('an activity without an end may go on', () => {
    const decision = decide({ activities: [activity('A', 5, null)] });
    expect([linked(decision), decision.reasons]).toEqual([[], ['activity-without-times']]);
  });

  test('a photo is an instant', () => {
    const decision = decide({ recorded: recorded(10, 10, 1), activities: [activity('A', 5, 15)] });
    expect(linked(decision)).toEqual(['A']);
    expect(decide({ recorded: recorded(5, 5, 1), activities: [activity('A', 5, 15)] }).reasons).toEqual([
      'overlap-within-doubt',
    ]);
  });

  test('a clip of unknown length belongs where it began, and may go on into what follows', () => {
    const open = recorded(10, 20);
    open.span.end = { lowMs: open.span.start.lowMs, highMs: Number.POSITIVE_INFINITY };
    const decision = decide({ recorded: open, activities: [activity('A', 5, 15), activity('B', 40, 50)] });
    expect([linked(decision), decision.reasons]).toEqual([['A'], ['overlap-within-doubt']]);
  });

  test('without an activity, without an officer or without a time, nothing is linked', () => {
    expect(decide({}).reasons).toEqual(['no-activity']);
    const activities = [activity('A', 5, 30)];
    const wearer = {
      state: 'unknown' as const,
      reason: 'officers-disagree' as const,
      candidateIds: ['officer'],
    };
    expect(decide({ activities, wearer })).toMatchObject({ links: [], reasons: ['officers-disagree'] });
    expect(decide({ activities, recorded: null })).toMatchObject({ links: [], reasons: ['time-unknown'] });
    for (const [basis, reason] of [
      ['shown', 'time-unknown'],
      ['doubtful', 'time-doubtful'],
    ] as const) {
      expect(decide({ activities, recorded: recorded(10, 20, 2, basis) })).toMatchObject({
        links: [],
        reasons: [reason],
      });
    }
  });
});

describe('by a time that is not proven', () => {
  const assumed = recorded(10, 20, 2, 'assumed');

  test('a clip is linked where only one activity of the officer lies anywhere near', () => {
    const decision = decide({ recorded: assumed, activities: [activity('A', 5, 30)] });
    expect(decision.links).toMatchObject([{ activityId: 'A', confidence: 'assumed' }]);
  });

  test('with a second one within half a day it waits', () => {
    const activities = [activity('A', 5, 30), activity('B', 60 * 11, 60 * 11 + 10)];
    expect(decide({ recorded: assumed, activities })).toMatchObject({ links: [], reasons: ['time-assumed'] });
  });

  test('one further away is no matter', () => {
    const activities = [activity('A', 5, 30), activity('B', 60 * 13, 60 * 13 + 10)];
    expect(linked(decide({ recorded: assumed, activities }))).toEqual(['A']);
  });
});

describe('by a code shown to the camera', () => {
  const stranger = { officerIds: ['another'] };

  test('a code links for certain, whatever is not known beside it', () => {
    const wearer = { state: 'unknown' as const, reason: 'officer-unnamed' as const, candidateIds: [] };
    const decision = decide({
      recorded: null,
      wearer,
      activities: [activity('A', 5, 30)],
      namings: [shows('A')],
    });
    expect(decision.links).toMatchObject([{ activityId: 'A', source: 'qr', confidence: 'certain' }]);
    expect(decision.reasons).toEqual([]);
  });

  test('it decides between activities at the same time', () => {
    const activities = [activity('A', 5, 30), activity('B', 12, 40)];
    const decision = decide({ activities, namings: [shows('B')] });
    expect([linked(decision), decision.reasons]).toEqual([['B'], []]);
  });

  test('against the officer, or against the time, it waits with both', () => {
    const activities = [activity('A', 5, 30), activity('B', 12, 40, stranger)];
    const byOfficer = decide({ activities, namings: [shows('B')] });
    expect(byOfficer).toMatchObject({ links: [], reasons: ['code-against-officer'] });
    expect(byOfficer.suggestions.map(({ activityId }) => activityId)).toEqual(['B', 'A']);
    const byTime = decide({
      activities: [activity('A', 5, 30), activity('B', 60, 90)],
      namings: [shows('B')],
    });
    expect(byTime).toMatchObject({ links: [], reasons: ['code-against-time'] });
    expect(byTime.suggestions.map(({ activityId }) => activityId)).toEqual(['B', 'A']);
  });

  test('a clip that was docked before the activity began is not of it', () => {
    const decision = decide({
      recorded: null,
      latestStartMs: 4 * minuteMs,
      activities: [activity('A', 5, 30)],
      namings: [shows('A')],
    });
    expect(decision).toMatchObject({ links: [], reasons: ['code-against-time'] });
  });

  test('where the clip may have ended before the activity began, the code waits too', () => {
    const activities = [activity('A', 20, 30)];
    const doubtful = decide({ recorded: recorded(10, 20, 5), activities, namings: [shows('A')] });
    expect(doubtful).toMatchObject({ links: [], reasons: ['overlap-within-doubt'] });
    const open = decide({
      recorded: recorded(25, 28),
      activities: [activity('A', 20, null)],
      namings: [shows('A')],
    });
    expect([linked(open), open.reasons]).toEqual([['A'], []]);
  });

  test('a code nobody has told of, and codes that disagree, wait', () => {
    const activities = [activity('A', 5, 30)];
    expect(decide({ activities, namings: [shows('X', { isKnown: false })] }).reasons).toEqual([
      'code-unknown',
    ]);
    const both = decide({
      activities: [...activities, activity('B', 60, 90)],
      namings: [shows('A'), shows('B')],
    });
    expect(both).toMatchObject({ links: [], reasons: ['codes-disagree'] });
  });

  test('codes of two activities that were both recorded link to both', () => {
    const activities = [activity('A', 5, 15), activity('B', 15, 30)];
    const decision = decide({ activities, namings: [shows('A'), shows('B')] });
    expect([linked(decision), decision.reasons]).toEqual([['A', 'B'], []]);
  });

  test('a code of a case names its only activity at that time, else the case alone', () => {
    const ofCase = { ...shows('-'), activityId: null, caseId: 'case of A' };
    expect(linked(decide({ activities: [activity('A', 5, 30)], namings: [ofCase] }))).toEqual(['A']);
    const early = decide({ activities: [activity('A', 60, 90)], namings: [ofCase] });
    expect(early.links).toMatchObject([{ caseId: 'case of A', activityId: null, confidence: 'certain' }]);
    const other = decide({ activities: [activity('B', 5, 30)], namings: [ofCase] });
    expect(other).toMatchObject({ links: [], reasons: ['code-against-time'] });
  });
});

test('a live session of the recorder that surely overlaps the clip names where it belongs', () => {
  const session = (from: number, to: number): Naming =>
    shows('B', { source: 'live', during: recorded(from, to).span });
  const activities = [activity('A', 5, 30), activity('B', 12, 40)];
  const decision = decide({ activities, namings: [session(12, 18)] });
  expect(decision.links).toMatchObject([{ activityId: 'B', source: 'live', confidence: 'strong' }]);
  expect(decide({ activities, namings: [session(20, 30)] }).reasons).toEqual(['activities-overlap']);
});

describe('for whatever activities and doubts', () => {
  const secondsMs = 1_000;
  const minutes = (max: number) => fc.integer({ min: 0, max });
  const someActivity = fc
    .record({
      from: minutes(120),
      length: fc.integer({ min: 1, max: 60 }),
      isStartKnown: fc.boolean(),
      isEndKnown: fc.boolean(),
      doubt: fc.integer({ min: 0, max: 300 }),
      officers: fc.subarray(['officer', 'another'], { minLength: 1 }),
    })
    .map(({ from, length, isStartKnown, isEndKnown, doubt, officers }) =>
      activity('-', isStartKnown ? from : null, isEndKnown ? from + length : null, {
        timeDoubtMs: doubt * secondsMs,
        officerIds: officers,
      }),
    );
  const someActivities = fc
    .array(someActivity, { maxLength: 6 })
    .map((all) =>
      all.map((one, position) => ({ ...one, activityId: `A${position}`, caseId: `C${position % 3}` })),
    );
  const someSpan = fc
    .record({
      from: minutes(120),
      length: minutes(60),
      doubts: fc.tuple(minutes(600), minutes(600), minutes(600), minutes(600)),
    })
    .map(({ from, length, doubts: [a, b, c, d] }) => ({
      start: { lowMs: from * minuteMs - a * secondsMs, highMs: from * minuteMs + b * secondsMs },
      end: {
        lowMs: (from + length) * minuteMs - c * secondsMs,
        highMs: (from + length) * minuteMs + d * secondsMs,
      },
    }));
  const basis = fc.constantFrom('proven' as const, 'assumed' as const);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const within = ({ lowMs, highMs }: Interval, part: number) => lowMs + (highMs - lowMs) * part;
  const startOf = (one: CandidateActivity) => activitySpan(one)?.start.lowMs ?? Number.NaN;
  /** A code of one of the activities that have both their times, or none. */
  const showing = (activities: readonly CandidateActivity[], isShown: boolean): Naming[] => {
    const named = activities.find(({ startedMs, endedMs }) => startedMs !== null && endedMs !== null);
    return isShown && named !== undefined ? [shows(named.activityId, { caseId: named.caseId })] : [];
  };
  const keys = (decision: Decision) => decision.links.map(({ activityId }) => activityId).sort();

  test('a link holds for every possible true time of clip and activity', () => {
    fc.assert(
      fc.property(
        someActivities,
        someSpan,
        basis,
        fc.boolean(),
        fc.tuple(share, share, share, share),
        (activities, span, kind, isShown, parts) => {
          const namings = showing(activities, isShown);
          const { links } = decide({ activities, namings, recorded: { basis: kind, span } });
          const trueStart = within(span.start, parts[0]);
          const trueEnd = Math.max(trueStart, within(span.end, parts[1]));
          for (const { activityId } of links) {
            const found = activities.find((one) => one.activityId === activityId);
            expect(found?.officerIds).toContain('officer');
            const truth = found === undefined ? null : activitySpan(found);
            const begins = truth === null ? Number.NaN : within(truth.start, parts[2]);
            const ends = truth === null ? Number.NaN : Math.max(begins, within(truth.end, parts[3]));
            expect(trueStart < ends && begins < trueEnd).toBe(true);
          }
        },
      ),
    );
  });

  test('less doubt takes no link away', () => {
    fc.assert(
      fc.property(
        someActivities,
        someSpan,
        basis,
        fc.boolean(),
        fc.tuple(share, share),
        fc.tuple(share, share),
        (activities, span, kind, isShown, one, other) => {
          const namings = showing(activities, isShown);
          const narrow = (interval: Interval, [a, b]: [number, number]) => ({
            lowMs: within(interval, Math.min(a, b)),
            highMs: within(interval, Math.max(a, b)),
          });
          const wide = decide({ activities, namings, recorded: { basis: kind, span } });
          const narrower = { start: narrow(span.start, one), end: narrow(span.end, other) };
          const sharp = decide({ activities, namings, recorded: { basis: kind, span: narrower } });
          expect(keys(sharp)).toEqual(expect.arrayContaining(keys(wide)));
        },
      ),
    );
  });

  test('activities of others, and such as lie elsewhere, change nothing', () => {
    fc.assert(
      fc.property(someActivities, someActivity, someSpan, basis, (activities, extra, span, kind) => {
        const before = decide({ activities, recorded: { basis: kind, span } });
        const ofAnother = { ...extra, activityId: 'X', officerIds: ['another'] };
        const elsewhere = activity('Y', 10_000, 10_010);
        const after = decide({
          activities: [...activities, ofAnother, elsewhere],
          recorded: { basis: kind, span },
        });
        expect([keys(after), after.reasons]).toEqual([keys(before), before.reasons]);
      }),
    );
  });

  test('what is linked by time is apart from all else that may be meant', () => {
    fc.assert(
      fc.property(someActivities, someSpan, (activities, span) => {
        const ids = keys(decide({ activities, recorded: { basis: 'proven', span } }));
        const found = activities.filter(({ activityId }) => ids.includes(activityId));
        for (const one of found) {
          for (const other of found.filter((another) => another !== one)) {
            const [first, second] = startOf(one) < startOf(other) ? [one, other] : [other, one];
            const latestEndMs = activitySpan(first)?.end.highMs;
            expect(latestEndMs).toBeLessThanOrEqual(activitySpan(second)?.start.lowMs ?? Number.NaN);
          }
        }
      }),
    );
  });
});
