import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestGateway } from '../testing/test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await TestGateway.open();
  await gateway.addDocking('docking-1');
  await gateway.addDocking('docking-2', '1-2');
});
afterEach(() => gateway.close());

const host = {
  source: 'chrony',
  state: 'synchronised',
  stratum: 3,
  rootDelayMs: 1,
  rootDispersionMs: 2,
  boundMs: 2.5,
  leap: 'none',
  readAt: '2026-01-01T00:00:00.000Z',
};
const found = {
  state: 'measured',
  offsetMs: 5300,
  halfWidthMs: 700,
  kind: 'bound',
  method: 'smp-datetime',
  samples: 4,
  resolutionMs: 1000,
  rttMsMin: 20,
  readAt: '2026-01-01T00:00:00.000Z',
  host,
  assumedZone: 'Asia/Shanghai',
};
const verdict = { state: 'fault', reasons: ['offset-over-limit'] };
const setting = {
  outcome: 'set',
  deviceText: 'now',
  hostBeforeMs: 1_767_225_601_000,
  hostAfterMs: 1_767_225_602_000,
};

async function keep(dockingId: string, position: number) {
  await gateway.database.write((transaction) =>
    transaction.run(
      `INSERT INTO clock_history (position, docking_id, recorder_id, host, found, readings, setting, after_set, verdict)
       VALUES (?, ?, 'sn:A', ?, ?, '[{"secret":1}]', ?, ?, ?)`,
      [
        position,
        dockingId,
        JSON.stringify(host),
        JSON.stringify(found),
        JSON.stringify(setting),
        JSON.stringify({ state: 'unreadable', reason: 'not-supported' }),
        JSON.stringify(verdict),
      ],
    ),
  );
}

test('the clock of a recorder at each docking, in the order they happened', async () => {
  await keep('docking-2', 1);
  await keep('docking-1', 2);
  const answer = await gateway.ask('/api/v1/recorders/sn:A/clock');
  expect(answer.status).toBe(200);
  const entry = (dockingId: string, slot: string) => ({
    dockingId,
    slot,
    at: '2026-01-01T00:00:00.000Z',
    host,
    found,
    setting: { outcome: 'set', at: '2026-01-01T00:00:02.000Z', deviceText: 'now' },
    afterSet: { state: 'unreadable', reason: 'not-supported' },
    drift: null,
    verdict,
  });
  expect(answer.json).toEqual({
    recorderId: 'sn:A',
    limits: { driftMsPerDay: 3000, faultOffsetMs: 5000 },
    entries: [entry('docking-2', '1-2'), entry('docking-1', '1-1')],
  });
  const latest = await gateway.ask('/api/v1/recorders/sn:A/clock?latest=1');
  expect(latest.json).toMatchObject({ entries: [{ dockingId: 'docking-1' }] });
  const recorder = await gateway.ask('/api/v1/recorders/sn:A');
  expect(recorder.json).toMatchObject({ recorder: { clockFault: true, clockVerdict: verdict } });
});

test('a recorder that was never here has no clock', async () => {
  expect((await gateway.ask('/api/v1/recorders/sn:B/clock')).status).toBe(404);
});
