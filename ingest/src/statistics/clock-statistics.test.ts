import { expect, test } from 'vitest';
import { CaseWork } from '../case-work.ts';
import { openIndexWithDocking } from '../testing/index-rows.ts';
import { ClockIndex } from '../time/clock-index.ts';
import { unknownHostClock } from '../time/host-clock/host-clock.ts';

test('a docking whose clock was judged is counted by its verdict, and follows when the verdict changes', async () => {
  const { database, custody, context } = await openIndexWithDocking();
  const caseWork = new CaseWork({
    database,
    custody,
    onReckonError: (error) => {
      throw error;
    },
  });
  const clocks = new ClockIndex(database, custody);
  await clocks.found({
    ...context,
    host: unknownHostClock(new Date()),
    readings: [],
    found: { state: 'unreadable', reason: 'read-failed' },
    drift: null,
    verdict: { state: 'fault', reasons: ['never-set'] },
  });
  const { signal } = new AbortController();
  const ask = async () => {
    await caseWork.reckoner.settle(signal);
    const question = { measure: 'clock-faults' as const, by: ['recorder' as const], filter: {} };
    return caseWork.statistics.ask({ ...question, from: '2000-01-01', to: '2100-01-01' });
  };
  const faulty = await ask();
  expect(faulty.total).toMatchObject({ numerator: 1, denominator: 1, value: 1 });
  expect(faulty.groups.map(({ keys }) => keys[0])).toEqual([
    { by: 'recorder', key: context.recorderId, name: 'CAM001' },
  ]);
  await clocks.hostJumped(context.dockingId, 60_000);
  expect((await ask()).total).toMatchObject({ numerator: 0, denominator: 1, parts: { unknown: 1 } });
});
