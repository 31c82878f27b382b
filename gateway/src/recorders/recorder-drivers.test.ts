import type { Attachment, AttachmentTarget, UsbTarget } from '@docket/device-protocol';
import { expect, test } from 'vitest';
import { loadConfig } from '../config/index.ts';
import { createLog } from '../log.ts';
import { recorderDrivers } from './recorder-drivers.ts';

const faces = {
  holdDetach: () => ({ end: () => {} }),
  nextVolume: () => Promise.reject(new Error('never asked for here')),
};

async function driverOf(target: AttachmentTarget) {
  const assignments = ['store.directory=/s', 'archive.directory.path=/a'];
  const config = await loadConfig({ file: null, environment: {}, assignments });
  const attachment: Attachment = { portPath: '1-1', instance: 'a', target };
  const driverFor = recorderDrivers({ config, faces, plugins: [], drivers: {}, log: createLog('silent') });
  return { attachment, driver: driverFor(attachment) };
}

const overUsb = (driver: string): UsbTarget => ({
  type: 'usb',
  device: {
    portPath: '1-1',
    busNumber: 1,
    deviceAddress: 2,
    vendorId: 1,
    productId: 1,
    release: 0,
    class: 0,
    manufacturer: null,
    product: null,
    serialNumber: null,
    interfaces: [],
  },
  driver,
  interfaceNumber: 0,
  model: 'any',
});

test.each([
  [{ type: 'volume', directory: '/nowhere' }, 'volume'],
  [{ type: 'serial', devicePath: '/dev/ttyACM0', baudRate: 9600 }, 'smp'],
  [overUsb('mtp'), 'mtp'],
  [overUsb('scsi'), 'scsi'],
  [overUsb('smp'), 'smp'],
] satisfies [AttachmentTarget, string][])('%j is opened by %s', async (target, name) => {
  expect((await driverOf(target)).driver.name).toBe(name);
});

test('a driver that nobody brought opens nothing, and says so', async () => {
  const { attachment, driver } = await driverOf(overUsb('elsewhere'));
  await expect(driver.open(attachment, new AbortController().signal)).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
  });
});
