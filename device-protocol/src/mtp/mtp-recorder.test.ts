import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generatedBytes, type MtpSimulatorOptions } from '../simulator/mtp/index.ts';
import {
  clipsOf,
  type Docked,
  dock as dockWith,
  listAll,
  never,
  onlyClip,
  pullOf,
} from './testing/docked.ts';

let folder: string;
let docked: Docked | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtp-'));
  docked = null;
});

afterEach(async () => {
  await docked?.recorder.close();
  await rm(folder, { recursive: true });
});

async function dock(options: MtpSimulatorOptions = {}): Promise<Docked> {
  docked = await dockWith({ folder, ...options }, { timeoutMs: 10_000 });
  return docked;
}

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), bytes);
  const modified = new Date('2026-08-04T10:20:30Z');
  await utimes(join(folder, path), modified, modified);
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Host instants come from two clocks that are rounded on their own. */
const clockStepMs = 5;

describe('who a recorder is', () => {
  test('is what DeviceInfo says', async () => {
    const { recorder } = await dock({
      manufacturer: '示例厂商',
      model: 'MTP-1',
      firmware: '2.1',
      serialNumber: 'DEMO-7',
    });
    expect(await recorder.identify()).toEqual({
      serialNumber: 'DEMO-7',
      vendor: '示例厂商',
      model: 'MTP-1',
      firmware: '2.1',
      officerNumber: null,
      source: 'device',
    });
  });

  test('is what USB says where the serial number of DeviceInfo is the constant of a sample', async () => {
    const { recorder } = await dock({
      serialNumber: '0123456789abcdef0123456789abcdef',
      usbSerialNumber: 'BC-3',
    });
    expect(await recorder.identify()).toMatchObject({ serialNumber: 'BC-3' });
  });

  test('is shown with its control characters escaped', async () => {
    const { recorder } = await dock({ model: 'a\u202eb\n' });
    expect(await recorder.identify()).toMatchObject({ model: 'a\\u{202e}b\\u{a}' });
  });
});

describe('the listing', () => {
  test('has every clip with its path, size, time, kind and mark, in the order of paths', async () => {
    await put('DCIM/IMP/b.mp4', 'bb');
    await put('DCIM/DCAM_CAM001_000001_20260804_100000.mp4', 'aaa');
    await put('photo.jpg', '');
    const listings = await listAll(await dock());
    expect(listings).toEqual([
      {
        type: 'clip',
        clip: {
          pathBytes: Buffer.from('DCIM/DCAM_CAM001_000001_20260804_100000.mp4'),
          name: 'DCAM_CAM001_000001_20260804_100000.mp4',
          nameEncoding: 'utf-8',
          kind: 'video',
          sizeBytes: 3,
          modifiedAt: { text: '2026-08-04T10:20:30', source: 'file-time', assumedZone: null },
          startedAt: expect.objectContaining({ text: '2026-08-04T10:00:00', source: 'name' }),
          marked: false,
          markedSource: null,
          deviceNumberInName: 'CAM001',
          officerNumberInName: '000001',
          concern: null,
        },
      },
      {
        type: 'clip',
        clip: expect.objectContaining({ name: 'b.mp4', marked: true, markedSource: 'folder' }),
      },
      {
        type: 'clip',
        clip: expect.objectContaining({ name: 'photo.jpg', kind: 'photo', concern: 'empty-file' }),
      },
    ]);
  });

  test('of an empty card is empty', async () => {
    expect(await listAll(await dock())).toEqual([]);
  });

  test('keeps the paths of a second store apart', async () => {
    const storage = { description: '', capacityBytes: 10, freeBytes: 5 };
    const clips = [{ path: 'DCIM/a.mp4', sizeBytes: 1 }];
    const storages = [
      { ...storage, id: 0x0001_0001, clips },
      { ...storage, id: 0x0002_0001, clips },
    ];
    const paths = (await clipsOf(await dock({ storages }))).map(({ pathBytes }) =>
      Buffer.from(pathBytes).toString(),
    );
    expect(paths).toEqual(['00020001/DCIM/a.mp4', 'DCIM/a.mp4']);
  });

  test('finds ten thousand clips', async () => {
    const clips = Array.from({ length: 10_000 }, (_, index) => ({
      path: `DCIM/${Math.floor(index / 1000)}/${index}.mp4`,
      sizeBytes: index,
    }));
    const listed = await clipsOf(await dock({ clips }));
    expect(new Set(listed.map(({ pathBytes }) => Buffer.from(pathBytes).toString())).size).toBe(10_000);
  });
});

describe('a clip is read', () => {
  const bytes = randomBytes(2_600_000);

  test.each([
    ['by partial reads', []],
    ['by partial reads of 64 bits', ['GetPartialObject']],
    ['as a whole, where the recorder has no partial reads', ['GetPartialObject', 'GetPartialObject64']],
  ])('%s', async (_, without) => {
    await put('a.mp4', bytes);
    const own = await dock({ without });
    expect((await pullOf(own, await onlyClip(own))).equals(bytes)).toBe(true);
  });

  test.each([[[]], [['GetPartialObject', 'GetPartialObject64']]])(
    'from any position, without %j',
    async (without) => {
      await put('a.mp4', bytes);
      const own = await dock({ without });
      const reader = await own.recorder.open(await onlyClip(own), never);
      const positions = [1_500_000, 1_500_100, 0, 511, 2_599_999, 1_048_576];
      for (const position of positions) {
        const into = Buffer.alloc(100);
        const readBytes = await reader.read(into, position, never);
        expect(into.subarray(0, readBytes).equals(bytes.subarray(position, position + 100))).toBe(true);
      }
      expect(await reader.read(Buffer.alloc(10), bytes.length, never)).toBe(0);
      expect(await reader.read(Buffer.alloc(10), bytes.length + 7, never)).toBe(0);
      await reader.close();
      expect(await own.recorder.isPresent()).toBe(true);
    },
  );

  test.each([0, 1, 499, 500, 501, 511, 512, 513, 1012, 1024, 1_048_576 - 12, 1_048_576])(
    'when it has %i bytes',
    async (lengthBytes) => {
      const part = bytes.subarray(0, lengthBytes);
      await put('a.mp4', part);
      const own = await dock();
      expect((await pullOf(own, await onlyClip(own))).equals(part)).toBe(true);
      expect(own.recorder.statistics).toEqual({ cancelled: 0, repeated: 0, restarted: 0 });
    },
  );

  test('past 4 GiB, where ObjectInfo can no longer tell its size', async () => {
    const sizeBytes = 5 * 2 ** 30 + 1;
    const own = await dock({ clips: [{ path: 'long.mp4', sizeBytes }] });
    const clip = await onlyClip(own);
    expect(clip.sizeBytes).toBe(sizeBytes);
    const reader = await own.recorder.open(clip, never);
    for (const position of [0, 2 ** 32 - 50, 2 ** 32, sizeBytes - 100]) {
      const into = new Uint8Array(100);
      expect(await reader.read(into, position, never)).toBe(100);
      expect(into).toEqual(generatedBytes(position, 100));
    }
    await reader.assertUnchanged();
  });

  test('past 4 GiB in one go from its begin, where no partial read reaches', async () => {
    const own = await dock({
      clips: [{ path: 'long.mp4', sizeBytes: 2 ** 32 + 5 }],
      without: ['GetPartialObject64'],
    });
    const reader = await own.recorder.open(await onlyClip(own), never);
    const into = new Uint8Array(3_000_000);
    for (const position of [0, 3_000_000]) {
      expect(await reader.read(into, position, never)).toBe(into.length);
      expect(Buffer.compare(into, generatedBytes(position, into.length))).toBe(0);
    }
    // A resume in the middle still has partial reads.
    expect(await reader.read(into.subarray(0, 100), 2 ** 31, never)).toBe(100);
    expect(into.subarray(0, 100)).toEqual(generatedBytes(2 ** 31, 100));
    await reader.close();
    const asked = own.simulator.commands.map(({ operation }) => operation.name);
    expect(asked.filter((name) => name === 'GetObject')).toHaveLength(1);
    expect(asked.filter((name) => name === 'GetPartialObject')).toHaveLength(1);
  });

  test('past 4 GiB by the property list, where there is no other way to its size', async () => {
    const sizeBytes = 2 ** 32;
    const own = await dock({ clips: [{ path: 'long.mp4', sizeBytes }], without: ['GetObjectPropValue'] });
    expect((await onlyClip(own)).sizeBytes).toBe(sizeBytes);
  });

  test('of more than 4 GiB is shown but not opened where no one tells its size', async () => {
    const without = ['GetObjectPropValue', 'GetObjPropList'];
    const own = await dock({ clips: [{ path: 'long.mp4', sizeBytes: 2 ** 33 }], without });
    expect(await listAll(own)).toMatchObject([{ type: 'refused', entry: { reason: 'impossible-size' } }]);
  });
});

describe('the clock', () => {
  test('is read between two instants of the host', async () => {
    const { recorder } = await dock({ clock: { offsetMs: 3_600_000, resolutionMs: 1000 } });
    const readings = await recorder.readClock(3, never);
    expect(readings).toHaveLength(3);
    for (const { deviceText, deviceMs, resolutionMs, hostBeforeMs, hostAfterMs, ...rest } of readings) {
      expect(deviceText).toMatch(/^\d{8}T\d{6}$/u);
      expect(rest).toEqual({ assumedZone: 'Asia/Shanghai', method: 'ptp-datetime' });
      expect(hostBeforeMs).toBeLessThanOrEqual(hostAfterMs);
      expect(deviceMs - 3_600_000).toBeGreaterThan(hostBeforeMs - resolutionMs);
      expect(deviceMs - 3_600_000).toBeLessThanOrEqual(hostAfterMs);
    }
  });

  test('that names its zone needs no assumed one', async () => {
    const { recorder } = await dock({ clock: { showsZone: true, zoneOffsetMinutes: 330 } });
    const [reading] = await recorder.readClock(1, never);
    expect(reading).toMatchObject({ assumedZone: null, deviceText: expect.stringMatching(/\+0530$/u) });
    expect(Math.abs((reading?.deviceMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test.each([{ showsZone: false }, { showsZone: true }])(
    'is set, in the form it is shown in: %o',
    async (form) => {
      const { recorder, simulator } = await dock({ clock: { offsetMs: -86_400_000, ...form } });
      const { deviceText, hostBeforeMs, hostAfterMs } = await recorder.setClock(never);
      const [earliestMs, deviceMs, latestMs] = [Date.now(), simulator.clock?.nowMs() ?? 0, Date.now()];
      const zone = form.showsZone ? 'Z' : '+08:00';
      const sentMs = Date.parse(
        deviceText.replace(/^(....)(..)(..)T(..)(..)(..).*$/u, `$1-$2-$3T$4:$5:$6${zone}`),
      );
      // It took what was sent at some moment between the two: that, and no more, bounds its offset now.
      expect(deviceMs - earliestMs).toBeGreaterThanOrEqual(sentMs - hostAfterMs - clockStepMs);
      expect(deviceMs - latestMs).toBeLessThanOrEqual(sentMs - hostBeforeMs + clockStepMs);
      expect(sentMs).toBeLessThanOrEqual(hostAfterMs);
    },
  );

  test('that cannot be set is not written to', async () => {
    const { recorder, simulator } = await dock({ isClockSettable: false });
    expect(recorder.capabilities.has('readClock')).toBe(true);
    expect(recorder.capabilities.has('setClock')).toBe(false);
    await expect(recorder.setClock(never)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
    expect(simulator.commands.map(({ operation }) => operation.name)).not.toContain('SetDevicePropValue');
  });

  test('is no capability of a recorder without one', async () => {
    const { recorder } = await dock({ clock: null });
    expect(recorder.capabilities.has('readClock')).toBe(false);
    await expect(recorder.readClock(1, never)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
});

describe('battery and room', () => {
  test('are told', async () => {
    const { recorder } = await dock({ battery: 37, capacityBytes: 1000, freeBytes: 250 });
    expect(await recorder.readStatus(never)).toEqual({
      batteryPercent: 37,
      capacityBytes: 1000,
      freeBytes: 250,
    });
  });

  test('with more free than there is, the free room is unknown (QEMU usb-mtp)', async () => {
    const { recorder } = await dock({ capacityBytes: 1000, freeBytes: 1001 });
    expect(await recorder.readStatus(never)).toMatchObject({ capacityBytes: 1000, freeBytes: null });
  });

  test('are unknown where the recorder does not tell', async () => {
    const { recorder } = await dock({ battery: null, without: ['GetStorageInfo'] });
    expect(recorder.capabilities.has('battery')).toBe(false);
    expect(await recorder.readStatus(never)).toEqual({
      batteryPercent: null,
      capacityBytes: null,
      freeBytes: null,
    });
  });
});

describe('release', () => {
  const proofOf = (bytes: string) => ({ sizeBytes: bytes.length, sha256: sha256Of(Buffer.from(bytes)) });

  test('deletes the clip, and only that', async () => {
    await put('a.mp4', 'aaa');
    await put('b.mp4', 'bbb');
    const own = await dock();
    const [first] = await clipsOf(own);
    if (first === undefined) throw new Error('nothing is listed');
    await own.recorder.erase(first, proofOf('aaa'), never);
    expect(await readdir(folder)).toEqual(['b.mp4']);
    await expect(own.recorder.erase(first, proofOf('aaa'), never)).rejects.toMatchObject({
      code: 'CLIP_MISSING',
    });
  });

  test.each([
    ['its length', 'aaaa', '2026-08-04T10:20:30Z'],
    ['its time', 'bbb', '2026-08-04T10:20:32Z'],
  ])('leaves a clip that changed by %s', async (_, bytes, time) => {
    await put('a.mp4', 'aaa');
    const own = await dock();
    const clip = await onlyClip(own);
    await put('a.mp4', bytes);
    await utimes(join(folder, 'a.mp4'), new Date(time), new Date(time));
    await expect(own.recorder.erase(clip, proofOf('aaa'), never)).rejects.toMatchObject({
      code: 'CLIP_CHANGED',
    });
    expect(await readdir(folder)).toEqual(['a.mp4']);
  });

  test('leaves a clip of another length than the receipt names', async () => {
    await put('a.mp4', 'aaa');
    const own = await dock();
    const erasing = own.recorder.erase(await onlyClip(own), proofOf('aaaa'), never);
    await expect(erasing).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
    expect(await readdir(folder)).toEqual(['a.mp4']);
  });

  test('is no capability of a recorder that cannot delete', async () => {
    await put('a.mp4', 'aaa');
    const own = await dock({ without: ['DeleteObject'] });
    const erasing = own.recorder.erase(await onlyClip(own), proofOf('aaa'), never);
    await expect(erasing).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
});

test('a clip that was listed by another docking is found by its path', async () => {
  await put('DCIM/a.mp4', 'aaa');
  const first = await dock();
  const clip = await onlyClip(first);
  await first.recorder.close();
  await put('DCIM/0.mp4', '0');
  const second = await dock();
  expect((await pullOf(second, clip)).toString()).toBe('aaa');
  await rm(join(folder, 'DCIM/a.mp4'));
  await expect(second.recorder.open(clip, never)).rejects.toMatchObject({ code: 'CLIP_MISSING' });
});
