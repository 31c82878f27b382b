import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Attachment, VolumeTarget } from '../attachment.ts';
import type { FaceWatch } from '../detection/face-watch.ts';
import type { Recorder } from '../recorder.ts';
import { createScsiDriver } from '../scsi/index.ts';
import { createScsiSimulator } from '../simulator/scsi/index.ts';
import { connectInProcess } from '../simulator/usb/index.ts';
import { volumeDriver } from '../volume/volume-recorder.ts';
import { modeSwitchingDriver } from './mode-switching-driver.ts';

const { signal } = new AbortController();
let folder: string;
let card: VolumeTarget;
let story: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-mode-'));
  card = { type: 'volume', directory: await mkdtemp(join(folder, 'card-')) };
  await writeFile(join(card.directory, '0000102_000202_20260804100000_0001.MP4'), 'footage');
  await writeFile(join(folder, 'card.img'), new Uint8Array(64 * 512));
  story = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A slot whose recorder shows its card as soon as it is asked for. */
const faces: FaceWatch = {
  holdDetach: () => {
    story.push('held');
    return { end: () => story.push('let go') };
  },
  nextVolume: async () => {
    story.push('card');
    return card;
  },
};

function site(password = '000000', own: Partial<FaceWatch> = {}) {
  const plugged = connectInProcess(
    createScsiSimulator({
      cardImagePath: join(folder, 'card.img'),
      identity: { serialNumber: 'DEMO001', officerNumber: '000123' },
    }),
  );
  onTestFinished(() => plugged.unplug());
  const driver = modeSwitchingDriver({
    command: createScsiDriver({ openUsb: plugged.openUsb, passwords: { default: password } }),
    volume: volumeDriver,
    faces: { ...faces, ...own },
  });
  const target = {
    type: 'usb',
    device: plugged.device,
    driver: 'scsi',
    interfaceNumber: 0,
    model: 'dv16-command',
  } as const;
  const attachment: Attachment = { portPath: '1-1', instance: 'a', target };
  return { driver, attachment };
}

async function namesOf(recorder: Recorder): Promise<string[]> {
  const names: string[] = [];
  for await (const listing of recorder.list(signal)) {
    if (listing.type === 'clip') names.push(listing.clip.name);
  }
  return names;
}

describe('a recorder that shows its card when it is told to', () => {
  test('is asked who it is first, listed on its card, and remembered by what it said', async () => {
    const { driver, attachment } = site();
    const recorder = await driver.open(attachment, signal);
    expect((await recorder.identify(signal)).serialNumber).toBe('DEMO001');
    const { batteryPercent } = await recorder.readStatus(signal);
    expect(batteryPercent).not.toBe(null);
    expect(recorder.capabilities).toContain('battery');
    expect(recorder.capabilities).toContain('erase');
    expect(story).toEqual([]);
    expect(await namesOf(recorder)).toEqual(['0000102_000202_20260804100000_0001.MP4']);
    expect(story).toEqual(['held', 'card', 'let go']);
    expect(await recorder.identify(signal)).toMatchObject({ serialNumber: 'DEMO001', source: 'device' });
    expect(await recorder.readStatus(signal)).toMatchObject({
      batteryPercent,
      capacityBytes: expect.any(Number),
    });
    await expect(recorder.readClock(1, signal)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(await namesOf(recorder)).toHaveLength(1);
    expect(story).toHaveLength(3);
    await recorder.close();
  });

  test('is tried again on its card, as the same recorder, when its docking failed after that', async () => {
    const { driver, attachment } = site();
    const first = await driver.open(attachment, signal);
    await namesOf(first);
    await first.close();
    const second = await driver.open(attachment, signal);
    expect((await second.identify(signal)).serialNumber).toBe('DEMO001');
    expect(await namesOf(second)).toHaveLength(1);
    await second.close();
  });

  test('and refuses keeps its slot only as long as it stands there', async () => {
    const { driver, attachment } = site('wrong-1');
    const recorder = await driver.open(attachment, signal);
    await expect(namesOf(recorder)).rejects.toMatchObject({ code: 'MODE_SWITCH_REFUSED' });
    expect(story).toEqual(['held', 'let go']);
    await recorder.close();
  });

  test('and never comes back is gone', async () => {
    const detach = new AbortController();
    const { driver, attachment } = site('000000', {
      nextVolume: async () => {
        detach.abort();
        throw detach.signal.reason;
      },
    });
    const recorder = await driver.open(attachment, signal);
    const listing = recorder.list(detach.signal)[Symbol.asyncIterator]().next();
    await expect(listing).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    expect(story).toEqual(['held', 'let go']);
    await recorder.close();
  });
});
