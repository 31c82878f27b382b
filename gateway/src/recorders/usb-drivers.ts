import type { RecorderDriver } from '@docket/device-protocol';
import type { FaceWatch } from '@docket/device-protocol/transport';

export interface UsbDriversOptions {
  volume: RecorderDriver;
  faces: FaceWatch;
}

/** Drivers of recorders that Docket reaches over USB itself, by name; each runs in a process of its own. */
export function usbDrivers(_options: UsbDriversOptions): ReadonlyMap<string, RecorderDriver> {
  return new Map();
}
