import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unsignedImage } from '../firmware/testing/unsigned-image.ts';
import type { FirmwareAccess } from '../recorder.ts';
import { type SimulatedRecorderOptions, smpFaults } from '../simulator/index.ts';
import type { SmpRecorder } from './smp-recorder.ts';
import { type LaidLine, overPty, overTcp, overUsb } from './testing/lines.ts';

const never = new AbortController().signal;
const image = unsignedImage([2, 1, 7, 9], 40_000);

let folder: string;
let line: LaidLine;
let recorder: SmpRecorder | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smp-'));
});

afterEach(async () => {
  await recorder?.close();
  await line.end();
  await rm(folder, { recursive: true });
});

async function lay(options: Partial<SimulatedRecorderOptions> = {}, how = overTcp): Promise<FirmwareAccess> {
  line = await how({ folder, firmware: { restartMs: 1 }, ...options });
  return dock();
}

/** Docks as soon as the recorder is back. */
async function dock(): Promise<FirmwareAccess> {
  await recorder?.close();
  recorder = undefined;
  while (recorder === undefined) recorder = await line.dock().catch(() => delay(5).then(() => undefined));
  if (recorder.firmware === null) throw new Error('no firmware access');
  return recorder.firmware;
}

async function running(firmware: FirmwareAccess): Promise<string> {
  const images = await firmware.list(never);
  const active = images.find((one) => one.active);
  return `${active?.version}${active?.confirmed ? ', confirmed' : ''}`;
}

describe.each([
  ['TCP', overTcp],
  ['USB', overUsb(512)],
  ['a serial line', overPty],
])('over %s', (_, how) => {
  test('an image is sent, started once, kept', async () => {
    const first = await lay({}, how);
    expect(await running(first)).toBe('1.0.0, confirmed');
    const progress: number[] = [];
    await first.upload(image.file, (bytes) => progress.push(bytes), never);
    expect(progress.at(-1)).toBe(image.file.length);
    await first.test(image.hash, never);
    await first.reset(never);
    const second = await dock();
    expect(await running(second)).toBe('2.1.7.9');
    expect(await recorder?.identify(never)).toMatchObject({ firmware: '2.1.7+9' });
    await second.confirm(never);
    await second.reset(never);
    expect(await running(await dock())).toBe('2.1.7.9, confirmed');
  });
});

test('an image that is not kept goes back at the next reset', async () => {
  const first = await lay();
  await first.upload(image.file, () => {}, never);
  await first.test(image.hash, never);
  await first.reset(never);
  await (await dock()).reset(never);
  expect(await running(await dock())).toBe('1.0.0, confirmed');
});

test('an image the boot loader finds bad is not started', async () => {
  const first = await lay({ firmware: { restartMs: 1, boots: false } });
  await first.upload(image.file, () => {}, never);
  await first.test(image.hash, never);
  await first.reset(never);
  expect(await running(await dock())).toBe('1.0.0, confirmed');
});

describe('an upload that breaks off', () => {
  test('goes on where it was when the recorder kept its power', async () => {
    const first = await lay({ faults: [smpFaults.unplugInUpload(20_000, 'kept')] });
    await expect(first.upload(image.file, () => {}, never)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    const progress: number[] = [];
    const second = await dock();
    await second.upload(image.file, (bytes) => progress.push(bytes), never);
    expect(progress[0]).toBeGreaterThan(20_000);
    await second.test(image.hash, never);
  });

  test('begins anew when the recorder lost its power', async () => {
    const first = await lay({ faults: [smpFaults.unplugInUpload(20_000, 'lost')] });
    await expect(first.upload(image.file, () => {}, never)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    const progress: number[] = [];
    const second = await dock();
    await second.upload(image.file, (bytes) => progress.push(bytes), never);
    expect(progress[0]).toBeLessThan(5000);
    await second.test(image.hash, never);
  });

  test('begins anew with another image', async () => {
    const first = await lay({ faults: [smpFaults.unplugInUpload(20_000, 'kept')] });
    await expect(first.upload(image.file, () => {}, never)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    const other = unsignedImage([3, 0, 0, 0], 10_000);
    const second = await dock();
    await second.upload(other.file, () => {}, never);
    await second.test(other.hash, never);
  });
});

test('an answer that is lost is no piece sent twice', async () => {
  const first = await lay({ faults: [smpFaults.dropAnswer({ to: 'upload-image', skip: 3 })] });
  await first.upload(image.file, () => {}, never);
  await first.test(image.hash, never);
});

describe('what cannot be is refused', () => {
  test.each<[string, Buffer]>([
    ['no image', Buffer.alloc(5000, 1)],
    ['an image larger than the slot', unsignedImage([2, 0, 0, 0], 1_100_000).file],
  ])('%s', async (_, file) => {
    const firmware = await lay();
    await expect(firmware.upload(file, () => {}, never)).rejects.toMatchObject({ code: 'FIRMWARE_REFUSED' });
  });

  test('an image the recorder does not hold, and the one that runs', async () => {
    const firmware = await lay();
    const [runs] = await firmware.list(never);
    for (const hash of [image.hash, runs?.hash ?? '']) {
      await expect(firmware.test(hash, never)).rejects.toMatchObject({ code: 'FIRMWARE_REFUSED' });
    }
  });

  test.each([
    ['waits for a byte past the end', { off: 2 ** 31 }, 'PROTOCOL_VIOLATION'],
    ['says no position', {}, 'PROTOCOL_VIOLATION'],
    ['always wants the beginning', { off: 0 }, 'FIRMWARE_REFUSED'],
    ['holds other bytes at the end', { off: image.file.length, match: false }, 'FIRMWARE_REFUSED'],
  ])('a recorder that %s', async (_, answer, code) => {
    const firmware = await lay({
      faults: [smpFaults.answerWith({ to: 'upload-image', times: 99 }, () => answer)],
    });
    await expect(firmware.upload(image.file, () => {}, never)).rejects.toMatchObject({ code });
  });
});
