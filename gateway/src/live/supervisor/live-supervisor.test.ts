/** The supervisor over real sessions in a real index; the streams are such that a test ends them. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LiveFeed } from '@docket/device-protocol/live';
import type { Ingest, LiveRecorder } from '@docket/ingest';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '../../log.ts';
import { openTestIngest } from '../../testing/test-ingest.ts';
import { StreamHub } from '../stream-hub/stream-hub.ts';
import { HandFed, track } from '../stream-hub/testing/hand-fed.ts';
import { type LivePlan, LiveSupervisor, type PullSource } from './live-supervisor.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function openIngest(): Promise<Ingest> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-supervisor-'));
  const ingest = await openTestIngest(folder);
  stops.push(async () => {
    await ingest.close();
    await rm(folder, { recursive: true });
  });
  return ingest;
}

interface StandOptions {
  mostStreams?: number;
  recorder?: (recorder: LiveRecorder) => LiveRecorder;
}

/** A supervisor whose plan a test sets. */
async function openStand({ mostStreams = 8, recorder = (one) => one }: StandOptions = {}) {
  const ingest = await openIngest();
  const state = {
    plan: { pushing: new Set(), pulled: new Map(), operations: new Map() } as LivePlan,
    planFailures: 0,
    refused: [] as string[],
  };
  const hub = new StreamHub();
  const supervisor = new LiveSupervisor({
    readPlan: async () => {
      if (state.planFailures > 0) {
        state.planFailures -= 1;
        throw new Error('the index is busy');
      }
      return state.plan;
    },
    recorder: recorder(ingest.live),
    carry: (recorderId, sessionId, feed) => hub.carry(recorderId, sessionId, feed),
    mostStreams,
    resumeMs: 60_000,
    backOff: { baseMs: 1, maxMs: 5, goodAfterMs: 60_000, refusedMs: [1, 1] },
    settleAgainMs: 1,
    onChange: () => {},
    onRefused: (recorderId, error) => void state.refused.push(`${recorderId}: ${(error as Error).name}`),
    log: createLog('fatal'),
  });
  stops.push(() => supervisor.stop());
  const register = (serialNumber: string) =>
    ingest.ledger.register({ serialNumber, vendor: null, model: null }, { operator: '张三', reason: '测试' });
  return { ingest, state, supervisor, register };
}

/** What a recorder is pulled by; `opened` counts, and `open` is what comes of it. */
function source(recorderId: string, open: PullSource['open']): PullSource {
  return { recorderId, isAlwaysPulled: true, version: '1', open };
}

const fed = () => new HandFed([track('video')]);
const planOf = (sources: readonly PullSource[], pushing: readonly string[] = []): LivePlan => ({
  pushing: new Set(pushing),
  pulled: new Map(sources.map((one) => [one.recorderId, one])),
  operations: new Map(),
});
const flowing = (supervisor: LiveSupervisor) =>
  supervisor.standings().filter(({ stream }) => stream !== null).length;

test('streams that are connected at the same time are taken as far as there is room, and not one more', async () => {
  const { state, supervisor, register } = await openStand({ mostStreams: 2 });
  const recorderIds = await Promise.all(['DEMO-001', 'DEMO-002', 'DEMO-003'].map(register));
  const pushers = await Promise.all(['DEMO-004', 'DEMO-005'].map(register));
  let connected = 0;
  let letIn = () => {};
  const allAreConnected = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  const open = async (signal: AbortSignal): Promise<LiveFeed> => {
    connected += 1;
    if (connected === recorderIds.length) letIn();
    await allAreConnected;
    signal.throwIfAborted();
    return fed();
  };
  state.plan = planOf(
    recorderIds.map((recorderId) => source(recorderId, open)),
    pushers,
  );
  await supervisor.settle();
  await expect.poll(() => flowing(supervisor)).toBe(2);
  await expect.poll(() => state.refused.length).toBeGreaterThan(0);
  expect(flowing(supervisor)).toBe(2);
  const refusals = await Promise.all(
    pushers.map((recorderId) => supervisor.takePushed({ recorderId, feed: fed() })),
  );
  expect(refusals).toEqual(['too-many-streams', 'too-many-streams']);
  expect(state.refused.every((one) => one.endsWith('TooManyStreamsError'))).toBe(true);
});

test('a recorder that is no longer wanted is not connected anew while its session is being closed', async () => {
  const closing: (() => void)[] = [];
  const { ingest, state, supervisor, register } = await openStand({
    // A store that takes its time to close a segment.
    recorder: (recorder) => ({
      begin: async (start) => {
        const recording = await recorder.begin(start);
        const end = recording.end.bind(recording);
        recording.end = async (cause) => {
          await new Promise<void>((resolve) => closing.push(resolve));
          await end(cause);
        };
        return recording;
      },
    }),
  });
  const recorderId = await register('DEMO-001');
  let opened = 0;
  const open = async () => {
    opened += 1;
    return fed();
  };
  state.plan = planOf([source(recorderId, open)]);
  await supervisor.settle();
  await expect.poll(() => flowing(supervisor)).toBe(1);
  state.plan = planOf([]);
  const settled = supervisor.settle();
  await expect.poll(() => closing.length).toBe(1);
  // Many times as long as the wait before another attempt.
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const close of closing.splice(0)) close();
  await settled;
  expect(opened).toBe(1);
  const sessions = await ingest.database.read('SELECT end_cause FROM live_session');
  expect(sessions.map((row) => row.end_cause)).toEqual(['operation-closed']);
});

test('a plan that could not be followed is followed by itself later, and one recorder that fails holds up no other', async () => {
  let failures = 1;
  const { state, supervisor, register } = await openStand({
    recorder: (recorder) => ({
      begin: async (start) => {
        const recording = await recorder.begin(start);
        const end = recording.end.bind(recording);
        recording.end = async (cause) => {
          await end(cause);
          failures -= 1;
          if (failures >= 0) throw new Error('the index is busy');
        };
        return recording;
      },
    }),
  });
  const [one, other] = [await register('DEMO-001'), await register('DEMO-002')];
  state.plan = planOf([source(one, async () => fed())]);
  state.planFailures = 2;
  await expect(supervisor.settle()).rejects.toThrow('busy');
  await expect.poll(() => flowing(supervisor)).toBe(1);
  state.plan = planOf([source(other, async () => fed())]);
  await expect(supervisor.settle()).rejects.toThrow('busy');
  await expect
    .poll(() =>
      supervisor.standings().flatMap(({ recorderId, stream }) => (stream === null ? [] : [recorderId])),
    )
    .toEqual([other]);
});
