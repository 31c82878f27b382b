import type { RefusedDeviceReason } from '../attachment.ts';
import type { UsbDeviceFacts, UsbInterfaceFacts } from '../usb/usb-device.ts';
import { foreignInterfaces } from './foreign-interfaces.ts';
import type { DeviceRule, InterfaceRule, KnownModel } from './known-model.ts';
import { knownModels } from './known-models.ts';

export type ModelMatch =
  | { known: true; model: KnownModel; interface: UsbInterfaceFacts }
  | { known: false; reason: RefusedDeviceReason };

/**
 * Which row of the table a device is. Its descriptors decide alone; nothing is opened. A foreign interface refuses the
 * whole device, so that a stick that is also a keyboard stays shut.
 */
export function matchModel(device: UsbDeviceFacts, models: readonly KnownModel[] = knownModels): ModelMatch {
  if (isForeign(device)) return { known: false, reason: 'foreign-interface' };
  for (const model of models) {
    const found = interfaceOf(device, model.match);
    if (found !== undefined) return { known: true, model, interface: found };
  }
  return { known: false, reason: 'unknown-model' };
}

/** Whether a device only carries others. */
export function isHub(device: UsbDeviceFacts): boolean {
  return (
    device.class === 0x09 ||
    (device.interfaces.length > 0 && device.interfaces.every((one) => one.class === 0x09))
  );
}

/** Whether a device has a CDC-ACM serial line beside its other interfaces. */
export function hasSerialConsole(device: UsbDeviceFacts): boolean {
  return device.interfaces.some((one) => fits(one, { class: 0x02, subclass: 0x02 }));
}

function isForeign(device: UsbDeviceFacts): boolean {
  const whole = { class: device.class };
  return foreignInterfaces.some(
    (rule) =>
      device.interfaces.some((one) => fits(one, rule)) ||
      (rule.subclass === undefined && fits({ ...whole, subclass: 0, protocol: 0 }, rule)),
  );
}

function interfaceOf(device: UsbDeviceFacts, rule: DeviceRule): UsbInterfaceFacts | undefined {
  const fitsDevice =
    (rule.vendorId ?? device.vendorId) === device.vendorId &&
    (rule.productId ?? device.productId) === device.productId &&
    (rule.product ?? device.product) === device.product;
  return fitsDevice ? device.interfaces.find((one) => fits(one, rule.interface)) : undefined;
}

function fits(one: Omit<UsbInterfaceFacts, 'number'>, rule: InterfaceRule): boolean {
  return (
    one.class === rule.class &&
    (rule.subclass ?? one.subclass) === one.subclass &&
    (rule.protocol ?? one.protocol) === one.protocol
  );
}
