import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsbPlaces } from './usb-places.ts';

let sys: string;
let places: UsbPlaces;
const devices = () => join(sys, 'bus/usb/devices');

beforeEach(async () => {
  sys = await mkdtemp(join(tmpdir(), 'docket-sysfs-'));
  await mkdir(devices(), { recursive: true });
  places = new UsbPlaces({ devicesDirectory: devices() });
});
afterEach(() => rm(sys, { recursive: true }));

/** A root hub below its controller, linked from the bus as the kernel does it. */
async function addRootHub(controller: string, bus: number, speed: number): Promise<string> {
  const folder = join(sys, 'devices', controller, `usb${bus}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'speed'), `${speed}\n`);
  await link(folder, `usb${bus}`);
  return folder;
}

async function link(folder: string, name: string): Promise<void> {
  await symlink(relative(devices(), folder), join(devices(), name));
}

async function addPeer(folder: string, hub: string, port: string, peer: string): Promise<void> {
  const ports = join(folder, `${hub}:1.0`, port);
  await mkdir(ports, { recursive: true });
  await symlink(peer, join(ports, 'peer'));
}

const near = 'pci0000:00/0000:00:14.0';
const far = 'pci0000:00/0000:00:1c.0/0000:02:00.0';

test('a place outlives a new numbering of the buses', async () => {
  await addRootHub(near, 1, 480);
  await addRootHub(far, 3, 480);
  const place = places.placeOf('3-1.4.2');
  expect(place).toBe(`${far} usb2 1.4.2`);
  expect(places.portPathOf(place)).toBe('3-1.4.2');

  await rm(join(devices(), 'usb1'));
  await rm(join(devices(), 'usb3'));
  await rename(join(sys, 'devices', far, 'usb3'), join(sys, 'devices', far, 'usb1'));
  await rename(join(sys, 'devices', near, 'usb1'), join(sys, 'devices', near, 'usb3'));
  await link(join(sys, 'devices', far, 'usb1'), 'usb1');
  await link(join(sys, 'devices', near, 'usb3'), 'usb3');

  expect(places.portPathOf(place)).toBe('1-1.4.2');
  expect(places.placeOf('1-1.4.2')).toBe(place);
  expect(places.placeOf('3-1.4.2')).toBe(`${near} usb2 1.4.2`);
});

test('a controller that is not there has no port; its place is kept in mind', async () => {
  await addRootHub(near, 1, 480);
  const place = places.placeOf('1-2');
  await rm(join(devices(), 'usb1'));
  expect(places.portPathOf(place)).toBeNull();
});

test('both halves of a USB 3 connector are one place, at the root and behind a hub', async () => {
  const slow = await addRootHub(near, 1, 480);
  const fast = await addRootHub(near, 2, 10000);
  await addPeer(fast, '2-0', 'usb2-port1', join(slow, '1-0:1.0', 'usb1-port5'));
  const hub = join(fast, '2-1');
  await mkdir(hub);
  await link(hub, '2-1');
  await addPeer(hub, '2-1', '2-1-port4', join(slow, '1-5', '1-5:1.0', '1-5-port4'));
  expect(places.placeOf('2-1')).toBe(places.placeOf('1-5'));
  expect(places.placeOf('2-1.4')).toBe(places.placeOf('1-5.4'));
  expect(places.portPathOf(places.placeOf('2-1.4'))).toBe('1-5.4');
  expect(places.placeOf('2-3')).toBe(`${near} usb3 3`);
});

test.each(['serial-1', '1-1.4', '1-1:1.0', 'usb1', '../../etc'])(
  '%s on a machine without such a bus is its own place',
  (name) => {
    expect(places.portPathOf(places.placeOf(name))).toBe(name);
  },
);
