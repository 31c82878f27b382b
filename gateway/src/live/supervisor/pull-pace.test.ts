import { LiveError } from '@docket/device-protocol/live';
import { describe, expect, test } from 'vitest';
import { PullPace, usualBackOff } from './pull-pace.ts';

const { baseMs, maxMs, goodAfterMs } = usualBackOff;
const gone = new LiveError('timed-out', 'the recorder did not answer');
const refused = new LiveError('refused-credentials', 'the recorder refuses the password');

describe('the wait before a recorder is connected anew', () => {
  test('grows with each failure in a row up to its bound, however long each attempt took', () => {
    const pace = new PullPace();
    const waits = Array.from({ length: 12 }, () => pace.afterFailure(gone));
    waits.forEach((waitMs, index) => {
      const fullMs = Math.min(maxMs, baseMs * 2 ** index);
      expect(waitMs).toBeGreaterThanOrEqual(fullMs / 2);
      expect(waitMs).toBeLessThanOrEqual(fullMs);
    });
  });

  test('begins anew after a stream that flowed well, and goes on growing after one that did not', () => {
    const pace = new PullPace();
    for (let failure = 0; failure < 8; failure += 1) pace.afterFailure(gone);
    expect(pace.afterStream(goodAfterMs - 1)).toBeGreaterThanOrEqual(maxMs / 2);
    expect(pace.afterStream(goodAfterMs)).toBeLessThanOrEqual(baseMs);
  });

  test('is not the same for all recorders of one dead access point', () => {
    const waits = new Set(Array.from({ length: 24 }, () => new PullPace().afterFailure(gone)));
    expect(waits.size).toBeGreaterThan(20);
  });

  test('leaves an account that refuses a password fewer than five attempts within half an hour', () => {
    const pace = new PullPace();
    let [atMs, attempts] = [0, 0];
    while (atMs < 30 * 60_000) {
      attempts += 1;
      atMs += pace.afterFailure(refused);
    }
    expect(attempts).toBeLessThan(5);
    // One that let us in meanwhile is asked again as soon as another.
    pace.afterStream(goodAfterMs);
    expect(pace.afterFailure(refused)).toBe(usualBackOff.refusedMs[0]);
  });

  test('stays long for a refused password, whatever fails in between', () => {
    const pace = new PullPace();
    pace.afterFailure(refused);
    pace.afterFailure(gone);
    expect(pace.afterFailure(refused)).toBe(usualBackOff.refusedMs[1]);
  });
});
