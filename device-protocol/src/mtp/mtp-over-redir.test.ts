import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMtpSimulator, type MtpBehaviour, mtpFaults } from '../simulator/mtp/index.ts';
import type { PluggedDevice } from '../simulator/usb/plugged-device.ts';
import { type RedirPlug, startUsbRedirServer } from '../simulator/usb/redir/device-side.ts';
import { openUsbRedir } from '../simulator/usb/redir/host-side.ts';
import { events } from './codes.ts';
import { createMtpDriver } from './mtp-driver.ts';
import type { MtpRecorder } from './mtp-recorder.ts';
import { attachmentOf, never, onlyClip, pullOf, quickly } from './testing/docked.ts';

/** What in-process tests show must hold with a real socket between, where answers take their time and come in parts. */
const bytes = randomBytes(2_500_000);
const partial = 'GetPartialObject';
const once = { to: partial, skip: 1 };

let place: string;
let plug: RedirPlug;
let plugged: PluggedDevice;
let recorder: MtpRecorder;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'mtp-'));
});

afterEach(async () => {
  await recorder.close();
  plugged.unplug();
  await plug.unplug();
  await rm(place, { recursive: true });
});

async function dock(faults: readonly MtpBehaviour[], without: readonly string[] = []) {
  await writeFile(join(place, 'a.mp4'), bytes);
  const simulator = createMtpSimulator({ folder: place, faults, without });
  const address = { path: join(place, 'redir') };
  plug = await startUsbRedirServer(simulator, address);
  plugged = await openUsbRedir(address, { signal: never });
  const driver = createMtpDriver({ openUsb: plugged.openUsb, ...quickly });
  recorder = (await driver.open(attachmentOf(plugged.device), never)) as MtpRecorder;
  return { simulator, recorder };
}

test.each<[string, MtpBehaviour[], string[]]>([
  ['undisturbed', [], []],
  ['in odd transfers', [mtpFaults.oddTransfers()], []],
  ['with a stall in the middle', [mtpFaults.stallAfter(once, 300_001)], []],
  ['with a lost answer', [mtpFaults.dropAnswer(once)], []],
  ['with a wrong transaction', [mtpFaults.deliver(once, { transactionShift: 1 })], []],
  ['with a session that is lost', [mtpFaults.refuse(once, 0x2003)], []],
  ['as a whole', [], [partial, 'GetPartialObject64']],
])('a clip comes over a socket, %s', async (_, faults, without) => {
  const own = await dock(faults, without);
  expect((await pullOf(own, await onlyClip(own))).equals(bytes)).toBe(true);
});

test('an abort in the middle of a piece leaves the session of use', async () => {
  const own = await dock([mtpFaults.slow(500_000)]);
  const reader = await own.recorder.open(await onlyClip(own), never);
  const abort = new AbortController();
  const read = reader.read(Buffer.alloc(bytes.length), 0, abort.signal);
  setTimeout(() => abort.abort(new Error('the operator')), 50);
  await expect(read).rejects.toThrow('the operator');
  const into = Buffer.alloc(1000);
  expect(await reader.read(into, 5000, never)).toBe(1000);
  expect(into.equals(bytes.subarray(5000, 6000))).toBe(true);
});

test.each([0, 100_000, 2_000_000])('unplugged at byte %i, the recorder is gone', async (positionBytes) => {
  const own = await dock([mtpFaults.unplugAt(positionBytes)]);
  const clip = await onlyClip(own);
  await expect(pullOf(own, clip)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  expect(await own.recorder.isPresent()).toBe(false);
});

test('events come over the interrupt pipe', async () => {
  const own = await dock([
    mtpFaults.announce({ to: 'GetObjectInfo', skip: 1 }, events.storeRemoved, 0x0001_0001),
  ]);
  const clip = await onlyClip(own);
  await expect(pullOf(own, clip)).rejects.toMatchObject({ code: 'CLIP_READ_FAILED' });
});
