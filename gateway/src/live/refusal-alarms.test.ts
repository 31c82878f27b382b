import { describeReason, type RaisedAlarm } from '@docket/ingest';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { RefusalAlarms } from './refusal-alarms.ts';

const log = createLog('warn');

/** Alarms that are only counted; each takes the index a turn of the loop. */
function counted() {
  const raised: string[] = [];
  const ended: string[] = [];
  const alarms = {
    raise: async ({ kind, reason }: RaisedAlarm) => {
      await new Promise(setImmediate);
      raised.push(`${kind}: ${describeReason(reason)}`);
      return `${raised.length}`;
    },
    end: async (alarmId: string) => void ended.push(alarmId),
  };
  return { refusals: new RefusalAlarms(alarms, log), raised, ended };
}

test('strangers who try without end cost the index one alarm, not one each', async () => {
  const { refusals, raised } = counted();
  for (let attempt = 0; attempt < 10_000; attempt += 1) {
    refusals.stranger({ kind: 'may-not-send', name: `attempt ${attempt}` });
    if (attempt % 1000 === 0) await new Promise(setImmediate);
  }
  await refusals.settle();
  expect(raised).toEqual(['unregistered-push: attempt 0 may not send']);
});

test('a recorder that goes on refusing is told once, and no more once its stream flows', async () => {
  const { refusals, raised, ended } = counted();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    refusals.refused('R1', 'credentials-refused', { kind: 'credentials-refused', words: 'no' });
  }
  refusals.flows('R1');
  refusals.flows('R1');
  await refusals.settle();
  expect(raised).toEqual(['credentials-refused: no']);
  expect(ended).toEqual(['1']);
});
