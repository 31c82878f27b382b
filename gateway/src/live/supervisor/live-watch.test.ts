import { describeReason } from '@docket/ingest';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LineStanding } from './live-supervisor.ts';
import { LiveWatch } from './live-watch.ts';

const graceMs = 8_000;

const standing: LineStanding = {
  recorderId: 'R1',
  operationId: 'O1',
  isExpected: true,
  isRegistered: true,
  stream: null,
  sessionId: null,
  lastPartMs: null,
  failure: null,
  trouble: null,
};

/** A watch over standings that a test sets, by a clock that it sets too. */
function watching() {
  const state = { nowMs: 0, standings: [] as LineStanding[], raised: [] as string[], ended: [] as string[] };
  const watch = new LiveWatch({
    standings: () => state.standings,
    graceMs,
    raise: async ({ kind, recorderId, reason }) => {
      state.raised.push(`${kind} ${recorderId}: ${describeReason(reason)}`);
      return `${kind} ${recorderId}`;
    },
    end: async (alarmId) => void state.ended.push(alarmId),
    onError: (error) => {
      throw error;
    },
    now: () => state.nowMs,
  });
  const lookAt = async (nowMs: number, ...standings: LineStanding[]) => {
    Object.assign(state, { nowMs, standings });
    await watch.look();
  };
  return { state, lookAt };
}

describe('the watch over live recordings', () => {
  test('an expected recorder that never records is told once, after the grace, with the reason', async () => {
    const { state, lookAt } = watching();
    await lookAt(0, { ...standing, trouble: 'connection refused' });
    await lookAt(graceMs, { ...standing, trouble: 'connection refused' });
    expect(state.raised).toEqual([]);
    await lookAt(graceMs + 1, { ...standing, trouble: 'connection refused' });
    await lookAt(graceMs + 1_000, { ...standing, trouble: 'connection refused' });
    expect(state.raised).toEqual(['not-recording R1: connection refused']);
    expect(state.ended).toEqual([]);
  });

  test('a recording that stops growing is told although its stream is connected, and it ends when it grows again', async () => {
    const { state, lookAt } = watching();
    const stream = {} as LineStanding['stream'];
    await lookAt(0, { ...standing, stream, lastPartMs: 0 });
    await lookAt(60_000 - graceMs, { ...standing, stream, lastPartMs: 60_000 - graceMs });
    await lookAt(60_000, { ...standing, stream, lastPartMs: 60_000 - graceMs });
    expect(state.raised).toEqual([]);
    await lookAt(61_000, { ...standing, stream, lastPartMs: 60_000 - graceMs });
    expect(state.raised).toHaveLength(1);
    expect(state.raised[0]).toContain('brings nothing');
    await lookAt(62_000, { ...standing, stream, lastPartMs: 61_900 });
    expect(state.ended).toEqual(['not-recording R1']);
  });

  test("a dock's clock that is set hides no fault and makes none", async () => {
    const { state, lookAt } = watching();
    const stream = {} as LineStanding['stream'];
    const hourMs = 3_600_000;
    await lookAt(1_000, { ...standing, stream, lastPartMs: 10 * hourMs });
    await lookAt(2_000, { ...standing, stream, lastPartMs: 12 * hourMs });
    await lookAt(3_000, { ...standing, stream, lastPartMs: 9 * hourMs });
    await lookAt(3_000 + graceMs, { ...standing, stream, lastPartMs: 9 * hourMs });
    expect(state.raised).toEqual([]);
    await lookAt(3_001 + graceMs, { ...standing, stream, lastPartMs: 9 * hourMs });
    expect(state.raised).toHaveLength(1);
  });

  test('a session that ends and begins anew without a part is no recording that grows', async () => {
    const { state, lookAt } = watching();
    await lookAt(0, { ...standing, lastPartMs: 7 });
    await lookAt(graceMs / 2, { ...standing, lastPartMs: null });
    await lookAt(graceMs + 1, { ...standing, lastPartMs: null });
    expect(state.raised).toHaveLength(1);
  });

  test('a recorder that was recorded and whose stream is gone is told as lost', async () => {
    const { state, lookAt } = watching();
    await lookAt(0, { ...standing, lastPartMs: 0, trouble: 'silent: nothing came' });
    await lookAt(graceMs + 1, { ...standing, lastPartMs: 0, trouble: 'silent: nothing came' });
    expect(state.raised).toEqual(['stream-lost R1: silent: nothing came']);
  });

  test('a store that fails is told at once, expected or not', async () => {
    const { state, lookAt } = watching();
    const failing = { ...standing, isExpected: false, failure: new Error('no space left') };
    await lookAt(0, failing);
    expect(state.raised).toEqual(['store-failed R1: no space left']);
    await lookAt(1, { ...failing, failure: null });
    expect(state.ended).toEqual(['store-failed R1']);
  });

  test('an alarm stands exactly while what should record does not, whatever comes after what', async () => {
    const event = fc.record({
      stepMs: fc.integer({ min: 1, max: 6_000 }),
      isExpected: fc.boolean(),
      isGrowing: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), async (events) => {
        const { state, lookAt } = watching();
        let [nowMs, lastPartMs, expectedSinceMs] = [1_000_000, null as number | null, null as number | null];
        for (const { stepMs, isExpected, isGrowing } of events) {
          nowMs += stepMs;
          if (isGrowing) lastPartMs = nowMs;
          expectedSinceMs = isExpected ? (expectedSinceMs ?? nowMs) : null;
          await lookAt(nowMs, { ...standing, isExpected, lastPartMs });
          const quietMs = expectedSinceMs === null ? 0 : nowMs - Math.max(expectedSinceMs, lastPartMs ?? 0);
          expect(state.raised.length - state.ended.length).toBe(quietMs > graceMs ? 1 : 0);
        }
      }),
    );
  });
});
