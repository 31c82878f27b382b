/** A port with a simulated device on it, as tests and tools hold it, whatever carries it. */

import {
  parseConfiguration,
  parseDeviceDescriptor,
  parseStringDescriptor,
  type UsbInterfaceLayout,
} from '../../usb/parse-descriptors.ts';
import { type OpenUsb, UsbError } from '../../usb/usb-connection.ts';
import type { UsbDeviceFacts } from '../../usb/usb-device.ts';
import type { TransferStatus } from './in-endpoint.ts';

export interface PluggedDevice {
  /** The device that was plugged in first. */
  readonly device: UsbDeviceFacts;
  readonly openUsb: OpenUsb;
  /** What hangs on the port now. */
  current(): UsbDeviceFacts | null;
  /** The device that came after `previous`; waits for it. Rejects with the signal's reason. */
  deviceAfter(previous: UsbDeviceFacts, signal: AbortSignal): Promise<UsbDeviceFacts>;
  /** Pulls the plug: every transfer ends with GONE. */
  unplug(): void;
}

/** One enumeration: what the device said, and the endpoints its drivers will use. */
export interface Enumeration {
  facts: UsbDeviceFacts;
  layout: readonly UsbInterfaceLayout[];
}

export interface RawDescriptors {
  device: Uint8Array;
  configuration: Uint8Array;
  /** String descriptors by their index. */
  strings: ReadonlyMap<number, Uint8Array>;
}

/** Throws UsbError FAILED where the descriptors are none. */
export function enumerationOf(
  raw: RawDescriptors,
  place: { portPath: string; busNumber: number; deviceAddress: number },
): Enumeration {
  const device = parseDeviceDescriptor(raw.device);
  const layout = parseConfiguration(raw.configuration);
  const text = (index: number): string | null =>
    parseStringDescriptor(raw.strings.get(index) ?? new Uint8Array());
  const facts: UsbDeviceFacts = {
    ...place,
    vendorId: device.vendorId,
    productId: device.productId,
    release: device.release,
    class: device.class,
    manufacturer: text(device.manufacturerIndex),
    product: text(device.productIndex),
    serialNumber: text(device.serialNumberIndex),
    interfaces: layout.map(({ endpoints: _, ...facts }) => facts),
  };
  return { facts, layout };
}

/** What hangs on a port, and those who wait for the next device there. */
export class PortOccupant {
  #enumeration: Enumeration | null = null;
  readonly #waiting = new Set<() => void>();

  get enumeration(): Enumeration | null {
    return this.#enumeration;
  }

  set(enumeration: Enumeration | null): void {
    this.#enumeration = enumeration;
    for (const wake of this.#waiting) wake();
  }

  after(previous: UsbDeviceFacts, signal: AbortSignal): Promise<UsbDeviceFacts> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        this.#waiting.delete(look);
        signal.removeEventListener('abort', onAbort);
        finish();
      };
      const look = () => {
        const facts = this.#enumeration?.facts;
        if (facts !== undefined && facts.deviceAddress !== previous.deviceAddress)
          settle(() => resolve(facts));
      };
      const onAbort = () => settle(() => reject(signal.reason));
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.add(look);
      look();
    });
  }
}

/** What a host's controller makes of how a transfer ended. */
export function usbErrorOf(status: Exclude<TransferStatus, 'success'>): UsbError {
  switch (status) {
    case 'stall':
      return new UsbError('STALL', 'the device stalled the transfer');
    case 'overflow':
      return new UsbError('OVERFLOW', 'the device sent a packet larger than was left to read');
    case 'gone':
      return new UsbError('GONE', 'the device was unplugged');
    case 'cancelled':
      return new UsbError('FAILED', 'the transfer was cancelled');
    case 'invalid':
      return new UsbError('FAILED', 'the device has no such endpoint');
  }
}
