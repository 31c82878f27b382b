import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { AttachmentEvent, AttachmentSource } from '@docket/device-protocol';
import { UsbPlaces } from '@docket/device-protocol/transport';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLog } from '../log.ts';
import { SlotCalibration } from './slot-calibration.ts';
import { LabelRefusal, SlotLabels } from './slot-labels.ts';

let folder: string;
let sys: string;
const controllers = ['pci0000:00/0000:00:14.0', 'pci0000:00/0000:00:1c.0/0000:02:00.0'] as const;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-labels-'));
  sys = join(folder, 'sys');
  await mkdir(join(sys, 'bus/usb/devices'), { recursive: true });
  await numberBuses([1, 2]);
});
afterEach(() => rm(folder, { recursive: true }));

/** Gives the root hubs of both controllers their bus numbers, as a start of the machine does. */
async function numberBuses(buses: readonly [number, number]): Promise<void> {
  const bus = join(sys, 'bus/usb/devices');
  await rm(join(sys, 'devices'), { recursive: true, force: true });
  await rm(bus, { recursive: true });
  await mkdir(bus);
  for (const [index, controller] of controllers.entries()) {
    const hub = join(sys, 'devices', controller, `usb${buses[index]}`);
    await mkdir(hub, { recursive: true });
    await writeFile(join(hub, 'speed'), '480\n');
    await symlink(relative(bus, hub), join(bus, `usb${buses[index]}`));
  }
}

function openLabels(configured: { slot: string; label: string }[] = []): Promise<SlotLabels> {
  return SlotLabels.open({
    file: join(folder, 'slots.json'),
    places: new UsbPlaces({ devicesDirectory: join(sys, 'bus/usb/devices') }),
    configured,
    log: createLog('silent'),
  });
}

describe('labels', () => {
  test('stay with their places when the buses are numbered anew', async () => {
    const labels = await openLabels();
    await labels.assign('1-1.4', 'A1', '李四');
    await labels.assign('2-1.4', 'B1', '李四');
    await numberBuses([2, 1]);
    const again = await openLabels();
    expect([again.labelOf('2-1.4'), again.labelOf('1-1.4')]).toEqual(['A1', 'B1']);
    expect(again.slots()).toEqual(['2-1.4', '1-1.4']);
    expect(again.labelOf('1-1.3')).toBeNull();
  });

  test('of a controller that is not there are kept, and come back with it', async () => {
    const labels = await openLabels();
    await labels.assign('2-1', 'B1', '李四');
    await rename(join(sys, 'bus/usb/devices/usb2'), join(folder, 'taken-out'));
    expect(labels.list()).toMatchObject([{ label: 'B1', slot: null }]);
    expect(labels.slots()).toEqual([]);
    await rename(join(folder, 'taken-out'), join(sys, 'bus/usb/devices/usb2'));
    expect(labels.labelOf('2-1')).toBe('B1');
  });

  test('of the configuration stand above those of calibration', async () => {
    await (await openLabels()).assign('1-1', 'A1', '李四');
    const labels = await openLabels([{ slot: '1-1', label: 'Front' }]);
    expect(labels.labelOf('1-1')).toBe('Front');
    expect(labels.list()).toMatchObject([{ label: 'Front', source: 'configuration' }]);
    await expect(labels.assign('1-1', 'A2', '李四')).rejects.toMatchObject({ code: 'label-configured' });
    await expect(labels.assign('1-2', 'Front', '李四')).rejects.toMatchObject({ code: 'label-taken' });
  });

  test('are given once; two places at the same moment are no exception', async () => {
    const labels = await openLabels();
    const both = await Promise.allSettled([
      labels.assign('1-1', 'A1', '李四'),
      labels.assign('1-2', 'A1', '李四'),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await labels.assign('1-1', 'A1', '李四');
    expect(labels.list()).toHaveLength(1);
  });

  test('can be changed and forgotten by the id of their place', async () => {
    const labels = await openLabels();
    await labels.assign('1-1', 'A1', '李四');
    const placeId = labels.list()[0]?.placeId ?? '';
    await labels.rename(placeId, 'A9', '李四');
    expect((await openLabels()).labelOf('1-1')).toBe('A9');
    await labels.forget(placeId);
    expect((await openLabels()).list()).toEqual([]);
    await expect(labels.forget(placeId)).rejects.toBeInstanceOf(LabelRefusal);
  });

  test('that cannot be read are set aside, not lost', async () => {
    await writeFile(join(folder, 'slots.json'), '{"v":1,"labels":[{');
    const labels = await openLabels();
    expect(labels.list()).toEqual([]);
    await labels.assign('1-1', 'A1', '李四');
    expect(await readFile(join(folder, 'slots.json.unreadable'), 'utf8')).toContain('labels');
  });
});

describe('calibration', () => {
  const attached = (portPath: string): AttachmentEvent => ({
    type: 'attached',
    attachment: { portPath, instance: 'x', target: { type: 'volume', directory: '/nowhere' } },
  });

  async function pass(
    calibration: SlotCalibration,
    ...events: AttachmentEvent[]
  ): Promise<AttachmentEvent[]> {
    const source: AttachmentSource = {
      name: 'wire',
      async *watch() {
        yield* events;
      },
    };
    const passed: AttachmentEvent[] = [];
    for await (const event of calibration.watching(source).watch(new AbortController().signal)) {
      passed.push(event);
    }
    return passed;
  }

  test('shows what is plugged in while it runs, and hands every event on', async () => {
    const calibration = new SlotCalibration(await openLabels());
    expect(await pass(calibration, attached('1-1'))).toHaveLength(1);
    expect(calibration.state()).toMatchObject({ active: false, seen: null });
    expect(calibration.start('李四')).toBe(true);
    expect(calibration.start('王五')).toBe(false);
    const gone: AttachmentEvent = { type: 'detached', portPath: '2-3', instance: 'x' };
    expect(await pass(calibration, attached('2-3'))).toHaveLength(1);
    expect(calibration.state()).toMatchObject({
      active: true,
      startedBy: '李四',
      seen: { slot: '2-3', present: true, label: null, place: `${controllers[1]} usb2 3` },
    });
    await pass(calibration, gone);
    expect(calibration.state().seen).toMatchObject({ slot: '2-3', present: false });
    calibration.stop();
  });

  test('tells of each label that is given meanwhile', async () => {
    const labels = await openLabels();
    const calibration = new SlotCalibration(labels);
    const told: (string | null | undefined)[] = [];
    calibration.onChange(({ seen }) => told.push(seen?.label));
    calibration.start('李四');
    await pass(calibration, attached('1-1'));
    await labels.assign('1-1', 'A1', '李四');
    expect(told).toEqual([undefined, null, 'A1']);
    calibration.stop();
  });

  test('holds dockings back until it ends, or their recorder leaves', async () => {
    const calibration = new SlotCalibration(await openLabels());
    const leaves = new AbortController();
    const order: string[] = [];
    calibration.start('李四');
    const left = calibration.ended(leaves.signal).then(() => order.push('left'));
    const stays = calibration.ended(new AbortController().signal).then(() => order.push('docked'));
    leaves.abort();
    await left;
    expect(order).toEqual(['left']);
    calibration.stop();
    await stays;
    expect(order).toEqual(['left', 'docked']);
    await calibration.ended(new AbortController().signal);
  });

  test('ends by itself when it was forgotten, counted from the last thing that happened', async () => {
    const labels = await openLabels();
    vi.useFakeTimers();
    try {
      const calibration = new SlotCalibration(labels, 1_000);
      calibration.start('李四');
      vi.advanceTimersByTime(900);
      await pass(calibration, attached('1-1'));
      vi.advanceTimersByTime(900);
      expect(calibration.state().active).toBe(true);
      vi.advanceTimersByTime(100);
      expect(calibration.state().active).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});
