import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Attachment, UsbDeviceFacts } from '@docket/device-protocol';
import { openUsbRedir } from '@docket/device-protocol/simulator';
import {
  type DriverChoice,
  matchModel,
  type SocketAddress,
  SysfsUsb,
  type UsbWay,
} from '@docket/device-protocol/transport';

export const driverNames = ['volume', 'smp', 'mtp', 'scsi'] as const;
export type DriverName = (typeof driverNames)[number];

/** Where a device under test is, as it was asked for. */
export type DevicePlace =
  | { by: 'folder'; directory: string }
  | { by: 'serial'; devicePath: string; baudRate: number }
  | { by: 'tcp'; host: string; port: number }
  | { by: 'usb'; portPath: string }
  | { by: 'usb-redir'; address: SocketAddress };

/** Ways in that each driver knows. */
export const waysOf: Record<DriverName, readonly DevicePlace['by'][]> = {
  volume: ['folder'],
  smp: ['serial', 'tcp', 'usb', 'usb-redir'],
  mtp: ['usb', 'usb-redir'],
  scsi: ['usb', 'usb-redir'],
};

/** What `--port` names: a USB port path, or a path of the file system. */
export function placeOfPort(driver: DriverName, port: string, baudRate: number): DevicePlace {
  if (driver === 'volume') return { by: 'folder', directory: resolve(port) };
  if (/^\d{1,3}-\d{1,3}(?:\.\d{1,3}){0,6}$/u.test(port)) return { by: 'usb', portPath: port };
  return { by: 'serial', devicePath: resolve(port), baudRate };
}

export interface OpenableDevice {
  choice: DriverChoice;
  attachment: Attachment;
}

/** Nothing that the driver could open is there. */
export class NoDevice extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NoDevice';
  }
}

/** What a driver is given to open the device. Throws NoDevice, UsbError. */
export async function findDevice(
  driver: DriverName,
  place: DevicePlace,
  signal: AbortSignal,
): Promise<OpenableDevice> {
  switch (place.by) {
    case 'folder': {
      if (!(await stat(place.directory).catch(() => null))?.isDirectory())
        throw new NoDevice(place.directory);
      return {
        choice: { driver: 'volume' },
        attachment: attachment('volume', { type: 'volume', directory: place.directory }),
      };
    }
    case 'serial': {
      const { devicePath, baudRate } = place;
      return {
        choice: { driver: 'smp' },
        attachment: attachment('serial', { type: 'serial', devicePath, baudRate }),
      };
    }
    case 'tcp': {
      const { host, port } = place;
      const target = { type: 'serial', devicePath: `${host}:${port}`, baudRate: 0 } as const;
      return { choice: { driver: 'smp', tcp: { host, port } }, attachment: attachment('tcp', target) };
    }
    case 'usb': {
      const presence = (await new SysfsUsb().scan()).get(place.portPath);
      if (presence === undefined) throw new NoDevice(place.portPath);
      return overUsb(driver, { via: 'libusb' }, presence.device);
    }
    case 'usb-redir': {
      const looked = await openUsbRedir(place.address, { signal });
      looked.unplug();
      return overUsb(driver, { via: 'usb-redir', ...place.address }, looked.device);
    }
  }
}

function overUsb(driver: DriverName, usb: UsbWay, device: UsbDeviceFacts): OpenableDevice {
  const match = matchModel(device);
  const isOwn = match.known && match.model.way.by === 'interface' && match.model.way.driver === driver;
  // Firmware under development may call itself anything: its first interface is as good a guess as any.
  const interfaceNumber = match.known ? match.interface.number : (device.interfaces[0]?.number ?? 0);
  const model = isOwn ? match.model.key : 'unknown';
  const target = { type: 'usb', device, driver, interfaceNumber, model } as const;
  return { choice: choiceOf(driver, usb), attachment: attachment(device.portPath, target) };
}

function choiceOf(driver: DriverName, usb: UsbWay): DriverChoice {
  if (driver === 'mtp' || driver === 'scsi') return { driver, usb };
  return { driver: 'smp', usb };
}

function attachment(portPath: string, target: Attachment['target']): Attachment {
  return { portPath, instance: 'conformance', target };
}
