import type { RecorderDriver } from '@docket/device-protocol';
import {
  type DriverChoice,
  type FaceWatch,
  isolatedDriver,
  modeSwitchingDriver,
  type UsbWay,
} from '@docket/device-protocol/transport';
import type { Config } from '../config/index.ts';

export interface UsbDriversOptions {
  config: Config;
  /** Opens the card of a recorder that has switched its mode. */
  volume: RecorderDriver;
  /** Sees it come back. */
  faces: FaceWatch;
}

const usb: UsbWay = { via: 'libusb' };

/** A driver is given up as hung only after whoever waits for its bytes has given up, and never while it still starts. */
const patience = 1.5;
const leastPatienceMs = 90_000;

/** Drivers of recorders that Docket reaches over USB itself, by name; each recorder has a process of its own. */
export function usbDrivers({
  config,
  volume,
  faces,
}: UsbDriversOptions): ReadonlyMap<string, RecorderDriver> {
  const isolated = (choice: DriverChoice) =>
    isolatedDriver({
      choice,
      progressTimeoutMs: Math.max(leastPatienceMs, patience * config.pull.stallTimeoutMs),
    });
  const passwords = Object.fromEntries(config.usb.passwords.map(({ model, password }) => [model, password]));
  const command = isolated({ driver: 'scsi', usb, passwords });
  return new Map([
    ['mtp', isolated({ driver: 'mtp', usb })],
    ['smp', isolated({ driver: 'smp', usb })],
    ['scsi', modeSwitchingDriver({ command, volume, faces })],
  ]);
}
