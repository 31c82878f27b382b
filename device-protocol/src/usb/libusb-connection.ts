/**
 * Real USB, by npm `usb` (libusb). This loads native code: only the child process of a docking imports it, never
 * what the gateway's own process loads.
 */

import { type Device, getDeviceList, Transfer } from 'usb';
import { usbErrorFrom } from './libusb-error.ts';
import { endpointTypes, type UsbEndpointFacts } from './parse-descriptors.ts';
import type { RunningTransfer } from './transfer.ts';
import { connectionOver, type UsbCarrier } from './transfer-connection.ts';
import { type ControlSetup, type OpenUsb, UsbError } from './usb-connection.ts';
import type { UsbDeviceFacts } from './usb-device.ts';

/** libusb_transfer_type. */
const transferTypes = { control: 0, bulk: 2, interrupt: 3, isochronous: 1 } as const;
const controlSetupBytes = 8;
const requestTypes = { standard: 0x00, class: 0x20, vendor: 0x40 } as const;
const recipients = { device: 0, interface: 1, endpoint: 2 } as const;
const nothing = Buffer.alloc(0);

/** Interfaces in use, by device: the handle is one for all of them, and libusb lets one handle claim twice. */
const uses = new Map<Device, Set<number>>();

/**
 * Opens a device by its place on the bus and claims one interface; a kernel driver on it is detached and comes back
 * at the end. Throws UsbError: GONE where another device or none is at that place by now, BUSY, DENIED, FAILED where
 * the interface has no bulk pipes.
 */
export const openLibusb: OpenUsb = async (facts, interfaceNumber, signal) => {
  signal.throwIfAborted();
  const device = findDevice(facts);
  hold(device, interfaceNumber);
  try {
    const endpoints = endpointsOf(device, interfaceNumber);
    const hadKernelDriver = claim(device, interfaceNumber);
    try {
      const carrier = carrierOver(device, () => giveBack(device, interfaceNumber, hadKernelDriver));
      return connectionOver(carrier, facts, interfaceNumber, endpoints);
    } catch (error) {
      await releaseInterface(device, interfaceNumber, hadKernelDriver);
      throw error;
    }
  } catch (error) {
    letGo(device, interfaceNumber);
    throw usbErrorFrom(error);
  }
};

function findDevice({ busNumber, deviceAddress, vendorId, productId }: UsbDeviceFacts): Device {
  const found = getDeviceList().find(
    (one) => one.busNumber === busNumber && one.deviceAddress === deviceAddress,
  );
  const descriptor = found?.deviceDescriptor;
  if (found === undefined || descriptor?.idVendor !== vendorId || descriptor.idProduct !== productId) {
    throw new UsbError('GONE', `no such device at bus ${busNumber}, address ${deviceAddress} any more`);
  }
  return found;
}

/** Opens the device for the first interface that is used. Throws UsbError. */
function hold(device: Device, interfaceNumber: number): void {
  const used = uses.get(device) ?? new Set();
  if (used.has(interfaceNumber)) throw new UsbError('BUSY', `interface ${interfaceNumber} is in use`);
  try {
    if (used.size === 0) device.open(false);
  } catch (error) {
    throw usbErrorFrom(error);
  }
  uses.set(device, used.add(interfaceNumber));
}

function letGo(device: Device, interfaceNumber: number): void {
  const used = uses.get(device);
  used?.delete(interfaceNumber);
  if (used === undefined || used.size > 0) return;
  uses.delete(device);
  try {
    device.close();
  } catch {
    // A device that is gone cannot be closed any further.
  }
}

function endpointsOf(device: Device, interfaceNumber: number): UsbEndpointFacts[] {
  const settings = device.configDescriptor?.interfaces.find(
    ([first]) => first?.bInterfaceNumber === interfaceNumber,
  );
  const setting = settings?.find(({ bAlternateSetting }) => bAlternateSetting === 0);
  if (setting === undefined) throw new UsbError('FAILED', `the device has no interface ${interfaceNumber}`);
  return setting.endpoints.flatMap(({ bEndpointAddress: address, bmAttributes, wMaxPacketSize }) => {
    const type = endpointTypes[bmAttributes & 0x03];
    const maxPacketBytes = wMaxPacketSize & 0x07ff;
    return type === undefined || maxPacketBytes === 0 ? [] : [{ address, type, maxPacketBytes }];
  });
}

/** Returns whether a kernel driver had to make way. */
function claim(device: Device, interfaceNumber: number): boolean {
  const hadKernelDriver = device.__isKernelDriverActive(interfaceNumber);
  if (hadKernelDriver) device.__detachKernelDriver(interfaceNumber);
  try {
    device.__claimInterface(interfaceNumber);
  } catch (error) {
    if (hadKernelDriver) attachKernelDriver(device, interfaceNumber);
    throw error;
  }
  return hadKernelDriver;
}

async function giveBack(device: Device, interfaceNumber: number, hadKernelDriver: boolean): Promise<void> {
  await releaseInterface(device, interfaceNumber, hadKernelDriver);
  letGo(device, interfaceNumber);
}

/** Never fails: an interface of a device that is gone is released already. */
async function releaseInterface(
  device: Device,
  interfaceNumber: number,
  hadKernelDriver: boolean,
): Promise<void> {
  await new Promise<void>((resolve) => {
    try {
      device.__releaseInterface(interfaceNumber, () => resolve());
    } catch {
      resolve();
    }
  });
  if (hadKernelDriver) attachKernelDriver(device, interfaceNumber);
}

function attachKernelDriver(device: Device, interfaceNumber: number): void {
  try {
    device.__attachKernelDriver(interfaceNumber);
  } catch {
    // The device is gone, or another program was faster: neither is ours to mend.
  }
}

function carrierOver(device: Device, release: () => Promise<void>): UsbCarrier {
  const control = (
    setup: ControlSetup,
    isIn: boolean,
    lengthBytes: number,
    data: Uint8Array,
  ): RunningTransfer => {
    const buffer = Buffer.alloc(controlSetupBytes + lengthBytes);
    buffer[0] = (isIn ? 0x80 : 0) | requestTypes[setup.type] | recipients[setup.recipient];
    buffer[1] = setup.request;
    buffer.writeUInt16LE(setup.value, 2);
    buffer.writeUInt16LE(setup.index, 4);
    buffer.writeUInt16LE(lengthBytes, 6);
    buffer.set(data, controlSetupBytes);
    return submit(device, 0, 'control', buffer, (actual) =>
      isIn ? Uint8Array.from(buffer.subarray(controlSetupBytes, controlSetupBytes + actual)) : nothing,
    );
  };
  return {
    transferIn: ({ address, type }, lengthBytes) => {
      const buffer = Buffer.alloc(lengthBytes);
      return submit(
        device,
        address,
        type,
        buffer,
        (actual) => new Uint8Array(buffer.buffer, buffer.byteOffset, actual),
      );
    },
    transferOut: ({ address, type }, bytes) => {
      // A copy: what the caller does with its bytes after an abort must not reach the wire.
      const buffer = Buffer.from(bytes);
      return submit(device, address, type, buffer, (actual) => {
        if (actual === buffer.length) return nothing;
        throw new UsbError('FAILED', `the device took ${actual} of ${buffer.length} bytes`);
      });
    },
    controlIn: (setup, lengthBytes) => control(setup, true, lengthBytes, nothing),
    controlOut: (setup, bytes) => control(setup, false, bytes.length, bytes),
    clearHalt: (endpoint) => request((callback) => device.__clearHalt(endpoint, callback)),
    reset: () => request((callback) => device.reset(callback), resetErrorFrom),
    release,
  };
}

/** Time is kept by whoever waits; libusb gets none to keep. */
function submit(
  device: Device,
  endpoint: number,
  type: UsbEndpointFacts['type'],
  buffer: Buffer,
  read: (actualBytes: number) => Uint8Array,
): RunningTransfer {
  let cancel: () => void = () => undefined;
  const done = new Promise<Uint8Array>((resolve, reject) => {
    const finish = (error: unknown, _: Buffer, actualBytes: number) => {
      try {
        if (error) throw error;
        resolve(read(actualBytes));
      } catch (cause) {
        reject(usbErrorFrom(cause));
      }
    };
    try {
      const transfer = new Transfer(device, endpoint, transferTypes[type], 0, finish);
      transfer.submit(buffer);
      cancel = () => {
        try {
          transfer.cancel();
        } catch {
          // A transfer that cannot be cancelled is ending by itself: the device is gone.
        }
      };
    } catch (cause) {
      reject(usbErrorFrom(cause));
    }
  });
  return { done, cancel };
}

/** A call of libusb's that cannot be cancelled: the kernel ends it within its own time. */
function request(
  start: (callback: (error?: unknown) => void) => void,
  errorFrom: (cause: unknown) => UsbError = usbErrorFrom,
): RunningTransfer {
  const done = new Promise<Uint8Array>((resolve, reject) => {
    const callback = (error?: unknown) => (error ? reject(errorFrom(error)) : resolve(nothing));
    try {
      start(callback);
    } catch (cause) {
      callback(cause);
    }
  });
  return { done, cancel: () => undefined };
}

/** LIBUSB_ERROR_NOT_FOUND after a reset: the device came back as another one. */
function resetErrorFrom(cause: unknown): UsbError {
  const isOther = typeof cause === 'object' && cause !== null && 'errno' in cause && cause.errno === -5;
  return isOther
    ? new UsbError('GONE', 'the device came back as another one', { cause })
    : usbErrorFrom(cause);
}
