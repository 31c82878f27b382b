/** What libusb says, in our words. Free of native code, so that it can be tested anywhere. */

import { UsbError, type UsbErrorCode } from './usb-connection.ts';

/** `errno` of npm `usb`: negative for an error of a call (libusb_error), positive for how a transfer ended (libusb_transfer_status). */
const codes: Readonly<Record<number, UsbErrorCode>> = {
  // LIBUSB_ERROR_IO, ACCESS, NO_DEVICE, BUSY, TIMEOUT, OVERFLOW, PIPE
  [-1]: 'FAILED',
  [-3]: 'DENIED',
  [-4]: 'GONE',
  [-6]: 'BUSY',
  [-7]: 'TIMEOUT',
  [-8]: 'OVERFLOW',
  [-9]: 'STALL',
  // LIBUSB_TRANSFER_ERROR, TIMED_OUT, CANCELLED, STALL, NO_DEVICE, OVERFLOW
  1: 'FAILED',
  2: 'TIMEOUT',
  3: 'FAILED',
  4: 'STALL',
  5: 'GONE',
  6: 'OVERFLOW',
};

const meanings: Record<UsbErrorCode, string> = {
  STALL: 'the device stalled the transfer',
  TIMEOUT: 'the device did not answer in time',
  GONE: 'the device was unplugged',
  OVERFLOW: 'the device sent a packet larger than was left to read',
  BUSY: 'another program uses the device',
  DENIED: 'access to the device was denied; check the udev rules',
  FAILED: 'the USB transfer failed',
};

/** The UsbError for whatever npm `usb` threw or called back with. */
export function usbErrorFrom(cause: unknown): UsbError {
  if (cause instanceof UsbError) return cause;
  const errno = errnoOf(cause);
  const code = errno === null ? 'FAILED' : (codes[errno] ?? 'FAILED');
  const detail = cause instanceof Error ? ` (${cause.message})` : '';
  return new UsbError(code, `${meanings[code]}${detail}`, { cause });
}

function errnoOf(cause: unknown): number | null {
  if (typeof cause !== 'object' || cause === null || !('errno' in cause)) return null;
  return typeof cause.errno === 'number' ? cause.errno : null;
}
