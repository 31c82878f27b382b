import { shown } from '../names/shown.ts';
import type { RecorderIdentity } from '../recorder.ts';
import type { BodyOf } from './dataset.ts';
import type { deviceInfo } from './datasets.ts';

/** Who a recorder says it is, by DeviceInfo and by its USB descriptor. */
export function identityOf(
  { manufacturer, model, deviceVersion, serialNumber }: BodyOf<typeof deviceInfo>,
  usbSerialNumber: string | null,
): RecorderIdentity {
  const identity = {
    serialNumber: shown(preferredSerialNumber(serialNumber, usbSerialNumber) ?? undefined),
    vendor: shown(manufacturer),
    model: shown(model),
    firmware: shown(deviceVersion),
    officerNumber: null,
  };
  const saysNothing = Object.values(identity).every((claim) => claim === null);
  return { ...identity, source: saysNothing ? 'none' : 'device' };
}

/**
 * The serial number of DeviceInfo, which the recorder's own software fills in; that of the USB descriptor where it is
 * a placeholder, since a constant would make all recorders of a model one and the same.
 */
export function preferredSerialNumber(ptp: string, usb: string | null): string | null {
  if (!isPlaceholderSerialNumber(ptp)) return ptp.trim();
  if (usb !== null && !isPlaceholderSerialNumber(usb)) return usb.trim();
  return null;
}

/**
 * True for what firmware ships with where nobody wrote a serial number: nothing, one character over and over, or digits
 * in ascending order (QEMU's usb-mtp and several sample stacks send `0123456789abcdef0123456789abcdef`).
 */
export function isPlaceholderSerialNumber(serialNumber: string): boolean {
  const digits = serialNumber.trim().toLowerCase();
  if (/^(.?)\1*$/u.test(digits)) return true;
  const ascending = '0123456789abcdef'.repeat(16);
  const ascendingDecimal = '1234567890'.repeat(26);
  return digits.length >= 6 && (ascending.startsWith(digits) || ascendingDecimal.startsWith(digits));
}
