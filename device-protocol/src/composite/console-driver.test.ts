import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Attachment } from '../attachment.ts';
import type { Recorder } from '../recorder.ts';
import { type SmpRecorderSimulator, startSmpRecorder } from '../simulator/index.ts';
import { createSmpDriver } from '../smp/index.ts';
import { smpLinks } from '../transport/smp-links.ts';
import { volumeDriver } from '../volume/volume-recorder.ts';
import { consoleDriver } from './console-driver.ts';

const { signal } = new AbortController();
let folder: string;
let attachment: Attachment;
let simulator: SmpRecorderSimulator;
const onConsoleLost = vi.fn();
const driver = consoleDriver({
  volume: volumeDriver,
  console: createSmpDriver({ openLink: smpLinks(), timeoutMs: 300 }),
  onConsoleLost,
});

beforeEach(async () => {
  onConsoleLost.mockClear();
  folder = await mkdtemp(join(tmpdir(), 'docket-console-'));
  const directory = await mkdtemp(join(folder, 'card-'));
  await writeFile(join(directory, '0000102_000202_20260804100000_0001.MP4'), 'footage');
  const link = join(folder, 'console');
  simulator = await startSmpRecorder({
    folder: directory,
    link,
    identity: { serial: 'SMP0009', officer: '000303', model: 'Composite' },
    clock: { offsetMs: 5_000 },
  });
  attachment = {
    portPath: '1-1',
    instance: 'a',
    target: { type: 'volume', directory },
    console: { type: 'serial', devicePath: link, baudRate: 115_200 },
  };
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

async function open(own: Partial<Attachment> = {}): Promise<Recorder> {
  const recorder = await driver.open({ ...attachment, ...own }, signal);
  onTestFinished(() => recorder.close());
  return recorder;
}

async function namesOf(recorder: Recorder): Promise<string[]> {
  const names: string[] = [];
  for await (const listing of recorder.list(signal)) {
    if (listing.type === 'clip') names.push(listing.clip.name);
  }
  return names;
}

describe('a card with a console', () => {
  test('is one recorder: clips from the card, identity and clock from the console', async () => {
    const recorder = await open();
    expect(await recorder.identify(signal)).toMatchObject({ serialNumber: 'SMP0009', source: 'device' });
    expect([...recorder.capabilities]).toEqual(expect.arrayContaining(['readClock', 'capacity', 'erase']));
    expect(recorder.capabilities).not.toContain('hashOnDevice');
    const [reading] = await recorder.readClock(1, signal);
    expect(reading?.method).toBe('smp-datetime');
    expect(await namesOf(recorder)).toEqual(['0000102_000202_20260804100000_0001.MP4']);
    expect((await recorder.readStatus(signal)).capacityBytes).not.toBe(null);
    expect(onConsoleLost).not.toHaveBeenCalled();
  });

  test('goes on without the console when that dies, and says so once', async () => {
    const recorder = await open();
    await simulator.close();
    await expect(recorder.readClock(1, signal)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(recorder.capabilities).not.toContain('readClock');
    expect(recorder.firmware).toBe(null);
    // Its names tell what the console cannot tell any more.
    expect((await recorder.identify(signal)).source).toBe('file-names');
    expect(await namesOf(recorder)).toHaveLength(1);
    await expect(recorder.setClock(signal)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(onConsoleLost).toHaveBeenCalledTimes(1);
  });

  test('is docked although the console cannot be opened', async () => {
    const line = { type: 'serial', devicePath: join(folder, 'nowhere'), baudRate: 115_200 } as const;
    const recorder = await open({ console: line });
    expect(await namesOf(recorder)).toHaveLength(1);
    expect(recorder.capabilities).not.toContain('readClock');
    expect(onConsoleLost).toHaveBeenCalledWith('1-1', expect.objectContaining({ code: 'RECORDER_GONE' }));
  });
});
