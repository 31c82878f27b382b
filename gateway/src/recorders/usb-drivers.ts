import type { RecorderDriver } from '@docket/device-protocol';
import { type DriverChoice, isolatedDriver, type UsbWay } from '@docket/device-protocol/transport';

const usb: UsbWay = { via: 'libusb' };

/** A driver is given up as hung only after whoever waits for its bytes has given up. */
const patience = 1.5;

/** Drivers of recorders that Docket reaches over USB itself, by name; each recorder has a process of its own. */
export function usbDrivers(stallTimeoutMs: number): ReadonlyMap<string, RecorderDriver> {
  const choices: DriverChoice[] = [
    { driver: 'mtp', usb },
    { driver: 'smp', usb },
  ];
  return new Map(
    choices.map((choice) => [
      choice.driver,
      isolatedDriver({ choice, progressTimeoutMs: patience * stallTimeoutMs }),
    ]),
  );
}
