import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SysfsUsb } from './sysfs-usb.ts';
import { FakeSysfs } from './testing/fake-sysfs.ts';

let sysfs: FakeSysfs;
let usb: SysfsUsb;
beforeEach(async () => {
  sysfs = await FakeSysfs.make();
  usb = new SysfsUsb(sysfs);
});
afterEach(() => sysfs.remove());

const terminalsOf = async (portPath: string) => (await usb.scan()).get(portPath)?.terminals;

describe('a look at the bus', () => {
  test('tells what a device says of itself, and the place it stands in', async () => {
    await sysfs.plug('1-1.4.2', {
      vendorId: '0595',
      productId: '4343',
      interfaces: ['080650', 'ff4201'],
      manufacturer: 'JieLi',
      product: 'DV16',
      serialNumber: 'R1',
      address: 7,
    });
    const found = await usb.scan();
    expect([...found.keys()]).toEqual(['1-1.4.2']);
    expect(found.get('1-1.4.2')?.device).toEqual({
      portPath: '1-1.4.2',
      busNumber: 1,
      deviceAddress: 7,
      vendorId: 0x0595,
      productId: 0x4343,
      release: 0x0210,
      class: 0,
      manufacturer: 'JieLi',
      product: 'DV16',
      serialNumber: 'R1',
      interfaces: [
        { number: 0, class: 8, subclass: 6, protocol: 0x50 },
        { number: 1, class: 0xff, subclass: 0x42, protocol: 1 },
      ],
    });
  });

  test('passes over hubs and root hubs, and waits until every interface is there', async () => {
    await sysfs.plug('1-1', { interfaces: ['090000'], class: '09' });
    await sysfs.plug('1-2', { interfaces: ['080650'], announcedInterfaces: 2 });
    expect((await usb.scan()).size).toBe(0);
    await sysfs.unplug('1-2');
    await sysfs.plug('1-2', { interfaces: ['080650', '030101'] });
    expect((await usb.scan()).get('1-2')?.device.interfaces).toHaveLength(2);
  });

  test('tells another device on the same port, also one that got the same address', async () => {
    await sysfs.plug('1-1', { interfaces: ['080650'], serialNumber: 'A' });
    const first = (await usb.scan()).get('1-1');
    expect((await usb.scan()).get('1-1')?.instance).toBe(first?.instance);
    await sysfs.unplug('1-1');
    expect((await usb.scan()).size).toBe(0);
    await sysfs.plug('1-1', { interfaces: ['080650'], serialNumber: 'B', address: 6 });
    const second = (await usb.scan()).get('1-1');
    expect(second?.instance).not.toBe(first?.instance);
    expect(second?.device.serialNumber).toBe('B');
  });

  test('finds the terminals of serial adapters and of CDC-ACM lines', async () => {
    await sysfs.plug('1-1', { interfaces: ['ffffff'], terminals: { 0: 'ttyUSB3' } });
    await sysfs.plug('1-2', { interfaces: ['080650', '020201', '0a0000'], terminals: { 1: 'ttyACM0' } });
    await sysfs.plug('1-3', { interfaces: ['080650'] });
    expect(await terminalsOf('1-1')).toEqual([join(sysfs.nodesDirectory, 'ttyUSB3')]);
    expect(await terminalsOf('1-2')).toEqual([join(sysfs.nodesDirectory, 'ttyACM0')]);
    expect(await terminalsOf('1-3')).toEqual([]);
  });

  test('shows no text that plays with a screen, and none for none', async () => {
    await sysfs.plug('1-1', { interfaces: ['080650'], product: 'Good\u202eCam\u0007', manufacturer: ' ' });
    const device = (await usb.scan()).get('1-1')?.device;
    expect(device?.product).toBe('Good\\u{202e}Cam\\u{7}');
    expect(device?.manufacturer).toBe(null);
    expect(device?.serialNumber).toBe(null);
  });

  test('of a machine without a bus finds nothing', async () => {
    const none = new SysfsUsb({ devicesDirectory: join(sysfs.root, 'no/such/folder') });
    expect(await none.hasBus()).toBe(false);
    expect((await none.scan()).size).toBe(0);
    expect(await usb.hasBus()).toBe(true);
  });
});
