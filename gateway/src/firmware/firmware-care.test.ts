import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSmpDriver, type PacketLink, type RecorderDriver } from '@docket/device-protocol';
import {
  type SimulatedRecorderOptions,
  type SmpTcpSimulator,
  smpFaults,
  startSmpTcpRecorder,
} from '@docket/device-protocol/simulator';
import { openSmpTcp } from '@docket/device-protocol/transport';
import { type DockingStatus, type Ingest, listCustody } from '@docket/ingest';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RollOutEntry } from '../config/config-schema.ts';
import { createLog } from '../log.ts';
import { openTestIngest } from '../testing/test-ingest.ts';
import { FirmwareCare } from './firmware-care.ts';
import { RollOutIndex } from './roll-out-index.ts';
import { readRollOutViews } from './roll-out-views.ts';
import { ImageWorkshop } from './testing/image-workshop.ts';

const model = 'Simulated recorder';
const log = createLog('fatal', { write: () => {} });

let workshop: ImageWorkshop;
let publicKeys: { name: string; path: string }[];
let image: string;
let root: string;
let ingest: Ingest;
let rollOut: RollOutEntry;
const simulators: SmpTcpSimulator[] = [];
const watchers = new Set<(status: DockingStatus) => void>();
/** Called when all care for the recorder in a slot is done. */
const cared = new Map<string, () => void>();
/** Slots whose recorder was said to be safe to change. */
const saidSafe: string[] = [];

beforeAll(async () => {
  workshop = await ImageWorkshop.open();
  publicKeys = [await workshop.key('maker', 'ed25519')];
  image = await workshop.image('2.0.0+0', 30_000, 'maker');
});

afterAll(() => workshop.close());

beforeEach(async () => {
  saidSafe.length = 0;
  root = await mkdtemp(join(tmpdir(), 'firmware-'));
  rollOut = { model, version: '2.0.0', image, limit: 1, minimumBatteryPercent: 50, enabled: true };
  ingest = await openTestIngest(root, {
    careFor: (store) => {
      const care = new FirmwareCare({
        settings: settings(),
        index: new RollOutIndex(store),
        log,
        leaveMs: 5000,
      });
      return {
        afterSafe: async (docked) => {
          saidSafe.push(docked.slot);
          const issue = await care.afterSafe(docked);
          setImmediate(() => cared.get(docked.slot)?.());
          return issue;
        },
        afterFailure: (failed) => care.afterFailure(failed),
      };
    },
    onStatus: (status) => {
      for (const watch of watchers) watch(status);
    },
  });
});

afterEach(async () => {
  for (const simulator of simulators.splice(0)) await simulator.close();
  await ingest.close();
  await rm(root, { recursive: true });
});

/** Read at each look, so that a test changes the roll-out as an operator does. */
function settings() {
  return {
    publicKeys,
    get rollOuts() {
      return [rollOut];
    },
  };
}

interface Docked {
  phases: string[];
  statuses: DockingStatus[];
  issue: string | null;
}

class Recorder {
  readonly #simulator: SmpTcpSimulator;

  constructor(simulator: SmpTcpSimulator) {
    this.#simulator = simulator;
  }

  /** Docks until all is done that can be, or the recorder leaves by itself. */
  async dock(slot = '1-1'): Promise<Docked> {
    const detach = new AbortController();
    const statuses: DockingStatus[] = [];
    const watch = (status: DockingStatus): void => {
      if (status.slot !== slot) return;
      statuses.push(status);
      if (status.phase === 'attention' && !status.safeToUndock) detach.abort();
    };
    watchers.add(watch);
    cared.set(slot, () => detach.abort());
    const ended = await ingest.runDocking(
      this.#driver(() => detach.abort()),
      { portPath: slot, instance: 'a', target: { type: 'serial', devicePath: 'none', baudRate: 0 } },
      detach.signal,
    );
    watchers.delete(watch);
    const phases = statuses.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1]);
    return { phases, statuses, issue: ended?.code ?? statuses.at(-1)?.issue?.code ?? null };
  }

  /** The driver, and the slot's eyes: a line that goes dead is a recorder that left. */
  #driver(onLeft: () => void): RecorderDriver {
    return createSmpDriver({
      timeoutMs: 500,
      openLink: async (_, signal): Promise<PacketLink> => {
        const link = await this.#connect(signal);
        async function* watched(): PacketLink['input'] extends AsyncIterable<infer E>
          ? AsyncGenerator<E>
          : never {
          try {
            yield* link.input;
          } catch (error) {
            onLeft();
            throw error;
          }
        }
        return { ...link, input: watched() };
      },
    });
  }

  async #connect(signal: AbortSignal): Promise<PacketLink> {
    for (;;) {
      try {
        return await openSmpTcp(this.#simulator, signal);
      } catch (error) {
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (!simulators.includes(this.#simulator)) throw error;
      }
    }
  }
}

async function recorder(serial: string, options: Partial<SimulatedRecorderOptions> = {}): Promise<Recorder> {
  const folder = join(root, serial);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a.mp4'), `clip of ${serial}`);
  const simulator = await startSmpTcpRecorder({
    folder,
    identity: { serial },
    ...options,
    firmware: { restartMs: 10, ...options.firmware },
  });
  simulators.push(simulator);
  return new Recorder(simulator);
}

async function states(): Promise<Record<string, string>> {
  const [view] = await readRollOutViews(settings(), new RollOutIndex(ingest));
  return Object.fromEntries(view?.recorders.map(({ recorderId, state }) => [recorderId, state]) ?? []);
}

async function custody(): Promise<string[]> {
  const { entries } = await listCustody(ingest.database, { after: null, limit: 500 });
  return entries.map(({ action }) => action).filter((action) => /firmware|roll-out|^safe$/u.test(action));
}

async function stopped(): Promise<string | null> {
  const [view] = await readRollOutViews(settings(), new RollOutIndex(ingest));
  return view?.stopped?.reason ?? null;
}

test('a recorder is updated once its clips are safe, and confirmed when it comes back well', async () => {
  const one = await recorder('ONE');
  const first = await one.dock();
  expect(first.phases.slice(-2)).toEqual(['safe', 'updating']);
  expect(first.statuses.at(-1)).toMatchObject({ safeToUndock: false });
  expect(await states()).toEqual({ 'sn:ONE': 'restarting' });
  const second = await one.dock();
  expect(second.issue).toBeNull();
  expect(await states()).toEqual({ 'sn:ONE': 'confirmed' });
  const third = await one.dock();
  expect(third.phases).not.toContain('updating');
  expect(third.statuses.at(-1)?.recorder).toMatchObject({ firmware: '2.0.0' });
  expect(await custody()).toEqual([
    'safe',
    'firmware-sending',
    'firmware-sent',
    'firmware-restarting',
    'safe',
    'firmware-confirmed',
    'safe',
  ]);
});

test('nothing is sent while a clip is not in the store', async () => {
  const one = await recorder('ONE', { faults: [smpFaults.readErrorAt(3)] });
  expect((await one.dock()).phases).not.toContain('updating');
  expect(saidSafe).toEqual([]);
  expect(await custody()).toEqual([]);
});

test.each<[string, () => void, Partial<SimulatedRecorderOptions>]>([
  ['its charge is too low', () => {}, { batteryPercent: 49 }],
  ['it does not tell its charge', () => {}, { identity: { serial: 'ONE', status: false } }],
  ['the roll-out is not enabled', () => Object.assign(rollOut, { enabled: false }), {}],
  ['the roll-out is for another model', () => Object.assign(rollOut, { model: 'other' }), {}],
  ['the image is another version', () => Object.assign(rollOut, { version: '2.0.1' }), {}],
  ['it has no number of its own', () => {}, { identity: { serial: '' } }],
])('nothing is sent where %s', async (_, change, options) => {
  change();
  const one = await recorder('ONE', options);
  const docked = await one.dock();
  expect(docked.phases.at(-1)).toBe('safe');
  expect(await custody()).toEqual(['safe']);
});

test('no more recorders than the limit get it', async () => {
  const one = await recorder('ONE');
  const two = await recorder('TWO');
  await one.dock();
  expect((await two.dock('1-2')).phases).not.toContain('updating');
  await one.dock();
  rollOut = { ...rollOut, limit: 2 };
  await two.dock('1-2');
  expect(await states()).toEqual({ 'sn:ONE': 'confirmed', 'sn:TWO': 'restarting' });
});

test('an upload that broke off goes on at the next docking', async () => {
  const sent: number[] = [];
  const one = await recorder('ONE', {
    faults: [
      async ({ name, body }, answer) => {
        if (name === 'upload-image') sent.push(Number(body.off));
        return answer();
      },
      smpFaults.unplugInUpload(15_000, 'kept'),
    ],
  });
  await one.dock();
  expect(await states()).toEqual({ 'sn:ONE': 'sending' });
  sent.length = 0;
  await one.dock();
  expect(sent.filter((off) => off > 0 && off < 15_000)).toEqual([]);
  expect(await states()).toEqual({ 'sn:ONE': 'restarting' });
});

test('a recorder that was pulled out before its restart is restarted at the next docking', async () => {
  let resets = 0;
  const one = await recorder('ONE', {
    faults: [
      async ({ name }, answer, plug) => {
        if (name !== 'reset' || ++resets > 1) return answer();
        await plug.unplug();
        return { body: { rc: 1 }, times: 0, alter: null };
      },
    ],
  });
  await one.dock();
  expect(await states()).toEqual({ 'sn:ONE': 'restarting' });
  expect((await one.dock()).phases.at(-1)).toBe('updating');
  await one.dock();
  expect(await states()).toEqual({ 'sn:ONE': 'confirmed' });
  expect(await stopped()).toBeNull();
});

describe('a roll-out stops, and the slot says so, where', () => {
  test('the recorder refuses the image', async () => {
    const one = await recorder('ONE', { faults: [smpFaults.refuse({ to: 'upload-image' }, 1, 30)] });
    expect((await one.dock()).issue).toBe('firmware-failed');
    expect(await states()).toEqual({ 'sn:ONE': 'failed' });
  });

  test('the boot loader starts the old image', async () => {
    const one = await recorder('ONE', { firmware: { boots: false } });
    await one.dock();
    expect((await one.dock()).issue).toBe('firmware-failed');
    expect(await states()).toEqual({ 'sn:ONE': 'reverted' });
  });

  test('the clock cannot be read under the new image, which is then not confirmed', async () => {
    const silentIn = { '2.0.0': ['read-date-time'] };
    const one = await recorder('ONE', { firmware: { silentIn } });
    await one.dock();
    expect((await one.dock()).issue).not.toBeNull();
    expect(await states()).toEqual({ 'sn:ONE': 'failed' });
    expect(await custody()).not.toContain('firmware-confirmed');
  });

  test('the recorder cannot be docked any more under the new image', async () => {
    const one = await recorder('ONE', { firmware: { silentIn: { '2.0.0': ['list-clips'] } } });
    await one.dock();
    await one.dock();
    expect(await states()).toEqual({ 'sn:ONE': 'failed' });
  });

  afterEach(async () => {
    // No other recorder gets the image.
    expect(await stopped()).toBeTruthy();
    expect((await custody()).at(-1)).toBe('roll-out-stopped');
    rollOut = { ...rollOut, limit: 9 };
    const two = await recorder('TWO');
    expect((await two.dock('1-2')).phases).not.toContain('updating');
  });
});

test('an operator lets a stopped roll-out go on, and the recorder tries again', async () => {
  const one = await recorder('ONE', { faults: [smpFaults.refuse({ to: 'upload-image' }, 1, 12)] });
  await one.dock();
  const index = new RollOutIndex(ingest);
  const [view] = await readRollOutViews(settings(), index);
  const imageHash = view?.imageHash ?? '';
  const ground = { operator: '李四', reason: 'its card was bad' };
  expect(await index.resume('0'.repeat(64), ground)).toBe(false);
  expect(await index.resume(imageHash, ground)).toBe(true);
  expect(await stopped()).toBeNull();
  await one.dock();
  expect(await states()).toEqual({ 'sn:ONE': 'restarting' });
  const { entries } = await listCustody(ingest.database, { after: null, limit: 500 });
  expect(entries.find(({ action }) => action === 'roll-out-resumed')?.actor).toBe('operator:李四');
});

test('an image that nobody signed is shown as the problem it is', async () => {
  await workshop.key('stranger', 'ed25519');
  rollOut = { ...rollOut, image: await workshop.image('2.0.0+0', 1000, 'stranger') };
  const one = await recorder('ONE');
  expect((await one.dock()).phases).not.toContain('updating');
  const [view] = await readRollOutViews(settings(), new RollOutIndex(ingest));
  expect(view).toMatchObject({
    problem: expect.stringMatching('none of the configured keys'),
    imageHash: null,
  });
});
