import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AttachmentEvent, AttachmentSource } from '../attachment.ts';
import { knownModels } from '../models/known-models.ts';
import { serialAdapterModel } from '../models/serial-adapter.ts';
import { watchVolumes } from '../volume/volume-watch.ts';
import {
  type MergedAttachments,
  type MergeOptions,
  mergeAttachments,
  type UsbBus,
} from './merge-attachments.ts';
import { SysfsUsb } from './sysfs-usb.ts';
import { FakeSysfs } from './testing/fake-sysfs.ts';
import { usbBus } from './usb-bus.ts';

/** A bus in a folder, a folder of volumes, and the stream made of both. */
class Dock {
  readonly heard: string[] = [];
  readonly events: AttachmentEvent[] = [];
  readonly stop = new AbortController();
  readonly sysfs: FakeSysfs;
  readonly volumes: string;
  readonly merged: MergedAttachments;
  #running: Promise<void> = Promise.resolve();

  private constructor(sysfs: FakeSysfs, volumes: string, own: Partial<MergeOptions>) {
    this.sysfs = sysfs;
    this.volumes = volumes;
    this.merged = mergeAttachments({
      volumes: watchVolumes({ directory: volumes, reconcileIntervalMs: 20 }),
      ports: null,
      usb: usbBus({ ...sysfs, reconcileIntervalMs: 20, onListenerEnd: () => {} }),
      times: { volumeWaitMs: 60_000, consoleWaitMs: 60_000, modeSwitchMs: 60_000 },
      onTrouble: (error) => this.heard.push(`trouble: ${String(error)}`),
      ...own,
    });
  }

  static async make(own: Partial<MergeOptions> = {}): Promise<Dock> {
    const dock = new Dock(
      await FakeSysfs.make(),
      await realpath(await mkdtemp(join(tmpdir(), 'docket-volumes-'))),
      own,
    );
    dock.#running = dock.#listen();
    return dock;
  }

  async #listen(): Promise<void> {
    for await (const event of this.merged.watch(this.stop.signal)) {
      this.events.push(event);
      if (event.type === 'refused') this.heard.push(`refused ${event.portPath} ${event.reason}`);
      else if (event.type === 'detached') this.heard.push(`detached ${event.portPath}`);
      else {
        const { portPath, target, console } = event.attachment;
        const kind = target.type === 'usb' ? target.driver : target.type;
        this.heard.push(`attached ${portPath} ${kind}${console === undefined ? '' : ' with console'}`);
      }
    }
  }

  async mount(portPath: string): Promise<void> {
    await mkdir(join(this.volumes, portPath));
    await writeFile(join(this.volumes, portPath, 'a.mp4'), 'footage');
  }

  unmount(portPath: string): Promise<void> {
    return rm(join(this.volumes, portPath), { recursive: true });
  }

  hears(...story: string[]): Promise<void> {
    return vi.waitFor(() => expect(this.heard).toEqual(story), 10_000);
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.#running;
    await this.sysfs.remove();
    await rm(this.volumes, { recursive: true, force: true });
  }
}

let dock: Dock;
afterEach(() => dock.close());

const stick = { interfaces: ['080650'] };
const command = { vendorId: '0595', productId: '4343', interfaces: ['080650'], serialNumber: 'R1' };
const storage = { ...command, productId: '2002', address: 9 };

describe('recorders on the bus and in folders', () => {
  beforeEach(async () => {
    dock = await Dock.make();
  });

  test('are docked each in its own way, and detached when they leave', async () => {
    await dock.sysfs.plug('1-1', { interfaces: ['060101'] });
    await dock.hears('attached 1-1 mtp');
    await dock.sysfs.plug('1-2', stick);
    await dock.mount('1-2');
    await dock.hears('attached 1-1 mtp', 'attached 1-2 volume');
    await dock.sysfs.unplug('1-1');
    await dock.hears('attached 1-1 mtp', 'attached 1-2 volume', 'detached 1-1');
    await dock.unmount('1-2');
    await dock.sysfs.unplug('1-2');
    await vi.waitFor(() => expect(dock.heard.at(-1)).toBe('detached 1-2'), 20_000);
  });

  test('with storage and console are one recorder', async () => {
    await dock.sysfs.plug('1-1.3', {
      interfaces: ['080650', '020201', '0a0000'],
      terminals: { 1: 'ttyACM0' },
    });
    await dock.mount('1-1.3');
    await dock.hears('attached 1-1.3 volume with console');
    const attached = dock.events.at(-1);
    expect(attached).toMatchObject({
      attachment: { console: { type: 'serial', devicePath: join(dock.sysfs.nodesDirectory, 'ttyACM0') } },
    });
  });

  test('that are none are refused, with the card they bring', async () => {
    await dock.sysfs.plug('1-4', { interfaces: ['080650', '030101'] });
    await dock.hears('refused 1-4 foreign-interface');
    await dock.mount('1-4');
    await dock.sysfs.plug('1-5', { interfaces: ['0b0000'] });
    await dock.hears('refused 1-4 foreign-interface', 'refused 1-5 foreign-interface');
    await dock.sysfs.unplug('1-5');
    await vi.waitFor(() => expect(dock.heard.at(-1)).toBe('detached 1-5'), 20_000);
  });

  test('that switch their mode stay docked, and their card is handed to the docking', async () => {
    await dock.sysfs.plug('1-6', command);
    await dock.hears('attached 1-6 scsi');
    const hold = dock.merged.holdDetach('1-6');
    await dock.sysfs.unplug('1-6');
    const card = dock.merged.nextVolume('1-6', dock.stop.signal);
    await dock.sysfs.plug('1-6', storage);
    await dock.mount('1-6');
    expect(await card).toEqual({ type: 'volume', directory: join(dock.volumes, '1-6') });
    hold.end();
    // Another recorder comes, and is heard after whatever was still to be said of the first.
    await dock.sysfs.plug('1-7', { interfaces: ['060101'] });
    await dock.hears('attached 1-6 scsi', 'attached 1-7 mtp');
    await dock.sysfs.unplug('1-6');
    await dock.hears('attached 1-6 scsi', 'attached 1-7 mtp', 'detached 1-6');
  });

  test('that switch their mode between two looks stay docked: the new device is seen before its card', async () => {
    await dock.close();
    let look = () => {};
    const usb: UsbBus = {
      scan: () => new SysfsUsb(dock.sysfs).scan(),
      async *changes(signal) {
        while (!signal.aborted) {
          await new Promise<void>((resolve) => {
            look = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          yield;
        }
      },
    };
    dock = await Dock.make({ usb });
    await dock.sysfs.plug('1-6', command);
    look();
    await dock.hears('attached 1-6 scsi');
    const hold = dock.merged.holdDetach('1-6');
    const card = dock.merged.nextVolume('1-6', dock.stop.signal);
    await dock.sysfs.unplug('1-6');
    await dock.sysfs.plug('1-6', storage);
    await dock.mount('1-6');
    await card;
    hold.end();
    await dock.sysfs.plug('1-7', { interfaces: ['060101'] });
    look();
    await dock.hears('attached 1-6 scsi', 'attached 1-7 mtp');
  });

  test('whose card is waited for in vain: the wait ends with the docking', async () => {
    await dock.sysfs.plug('1-6', command);
    await dock.hears('attached 1-6 scsi');
    const detach = new AbortController();
    const waiting = dock.merged.nextVolume('1-6', detach.signal);
    detach.abort(new Error('taken out'));
    await expect(waiting).rejects.toThrow('taken out');
  });
});

test('the line of an adapter that the configuration gives to a slot is docked there only', async () => {
  const line = { name: 'serial', node: '' };
  const ports: AttachmentSource = {
    name: 'serial',
    async *watch(signal) {
      const target = { type: 'serial', devicePath: line.node, baudRate: 9600 } as const;
      yield { type: 'attached', attachment: { portPath: 'bench', instance: 'p', target } };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  };
  const links = await mkdtemp(join(tmpdir(), 'docket-links-'));
  line.node = join(links, 'by-path');
  dock = await Dock.make({
    ports: { source: ports, settings: [{ devicePath: line.node, baudRate: 9600, portPath: 'bench' }] },
    models: [...serialAdapterModel({ vendorId: 0x1234, productId: 0xabcd, baudRate: 9600 }), ...knownModels],
  });
  await symlink(join(dock.sysfs.nodesDirectory, 'ttyUSB0'), line.node);
  await dock.sysfs.plug('1-1', { interfaces: ['ffffff'], terminals: { 0: 'ttyUSB0' } });
  await dock.sysfs.plug('1-2', { interfaces: ['ffffff'], terminals: { 0: 'ttyUSB1' } });
  await dock.hears('attached bench serial', 'attached 1-2 serial');
  await rm(links, { recursive: true });
});

test('a way in that fails is told and begun again, and closes no other', async () => {
  let starts = 0;
  const broken: AttachmentSource = {
    name: 'broken',
    // biome-ignore lint/correctness/useYield: it fails before it has anything to say
    async *watch() {
      starts += 1;
      throw new Error('no such folder');
    },
  };
  dock = await Dock.make({ volumes: broken });
  await vi.waitFor(() => expect(starts).toBeGreaterThan(1), 10_000);
  await dock.sysfs.plug('1-1', { interfaces: ['060101'] });
  await vi.waitFor(() => expect(dock.heard).toContain('attached 1-1 mtp'), 20_000);
  expect(dock.heard).toContain('trouble: Error: no such folder');
});

test('a look is told once every way in has looked', async () => {
  dock = await Dock.make();
  const stop = new AbortController();
  let scans = 0;
  const usb: UsbBus = {
    scan: async () => {
      scans += 1;
      return new Map();
    },
    async *changes(signal) {
      while (!signal.aborted) yield await new Promise((resolve) => setImmediate(resolve));
    },
  };
  let look = () => {};
  const volumes: AttachmentSource = {
    name: 'volumes',
    async *watch(signal, onLook = () => {}) {
      look = onLook;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  };
  const onLook = vi.fn();
  const merged = mergeAttachments({ volumes, ports: null, usb, onTrouble: () => {} });
  const first = merged.watch(stop.signal, onLook).next();
  await vi.waitFor(() => expect(scans).toBeGreaterThan(20), 20_000);
  expect(onLook).not.toHaveBeenCalled();
  look();
  await vi.waitFor(() => expect(onLook).toHaveBeenCalledTimes(1), 20_000);
  stop.abort();
  await first;
});
