import type { UsbDeviceFacts } from '../usb/usb-device.ts';

/** A device on the bus, as the kernel shows it before anyone opens it. */
export interface UsbPresence {
  device: UsbDeviceFacts;
  /** Tells this enumeration from the next one on the same port. */
  instance: string;
  /** Serial lines that the kernel made of it, as paths under `/dev`, in order of their names. */
  terminals: readonly string[];
}
