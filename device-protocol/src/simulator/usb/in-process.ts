/** Carries a simulated device without any wire: a host controller in one object, for fast tests. */

import type { RunningTransfer } from '../../usb/transfer.ts';
import { connectionOver, type UsbCarrier } from '../../usb/transfer-connection.ts';
import { type ControlSetup, UsbError } from '../../usb/usb-connection.ts';
import type { UsbDeviceFacts } from '../../usb/usb-device.ts';
import { AttachedDevice } from './attached-device.ts';
import type { TransferResult } from './in-endpoint.ts';
import {
  type Enumeration,
  enumerationOf,
  type PluggedDevice,
  PortOccupant,
  usbErrorOf,
} from './plugged-device.ts';
import { setupPacketOf } from './setup-packet.ts';
import type { SimulatedUsbDevice } from './simulated-usb-device.ts';
import { endpointHaltFeature, standardRequests } from './standard-requests.ts';

export interface InProcessOptions {
  /** Default `1-1`. */
  portPath?: string;
  /** Cuts transfers towards the device into pieces of so many bytes, as a kernel does; a multiple of the packet size. */
  outPieceBytes?: number;
}

export interface InProcessDevice extends PluggedDevice {
  /** Puts another device on the port, in the place of what hung there. */
  plug(device: SimulatedUsbDevice): UsbDeviceFacts;
}

interface Occupied {
  attached: AttachedDevice;
  claimed: Set<number>;
}

const nothing = new Uint8Array(0);
const busNumber = 1;
const getDescriptor: Omit<ControlSetup, 'value' | 'index'> = {
  type: 'standard',
  recipient: 'device',
  request: standardRequests.getDescriptor,
};

/** Plugs a simulated device in. Transfers end as on a wire: by short packet, stall, time-out, overflow, unplugging. */
export function connectInProcess(first: SimulatedUsbDevice, options: InProcessOptions = {}): InProcessDevice {
  const { portPath = '1-1', outPieceBytes = Number.POSITIVE_INFINITY } = options;
  const occupant = new PortOccupant();
  let now: Occupied | null = null;
  let addresses = 0;
  let comingBack: NodeJS.Timeout | undefined;

  function leave(): void {
    clearTimeout(comingBack);
    now?.attached.detach();
    now = null;
    occupant.set(null);
  }

  function plug(device: SimulatedUsbDevice): UsbDeviceFacts {
    leave();
    const attached = new AttachedDevice(device, {
      left: leave,
      replaced: (next, pauseMs) => {
        leave();
        comingBack = setTimeout(() => plug(next), pauseMs);
      },
    });
    addresses++;
    const enumeration = enumerate(attached, { portPath, busNumber, deviceAddress: addresses });
    now = { attached, claimed: new Set() };
    occupant.set(enumeration);
    return enumeration.facts;
  }

  return {
    device: plug(first),
    plug,
    unplug: leave,
    current: () => occupant.enumeration?.facts ?? null,
    deviceAfter: (previous, signal) => occupant.after(previous, signal),
    openUsb: async (device, interfaceNumber, signal) => {
      signal.throwIfAborted();
      const { enumeration } = occupant;
      if (now === null || enumeration?.facts.deviceAddress !== device.deviceAddress) throw usbErrorOf('gone');
      const layout = enumeration.layout.find(({ number }) => number === interfaceNumber);
      if (layout === undefined)
        throw new UsbError('FAILED', `the device has no interface ${interfaceNumber}`);
      const { attached, claimed } = now;
      if (claimed.has(interfaceNumber)) throw new UsbError('BUSY', `interface ${interfaceNumber} is in use`);
      const carrier = carrierTo(attached, outPieceBytes, () => claimed.delete(interfaceNumber));
      const connection = connectionOver(carrier, enumeration.facts, interfaceNumber, layout.endpoints);
      claimed.add(interfaceNumber);
      return connection;
    },
  };
}

function enumerate(
  attached: AttachedDevice,
  place: { portPath: string; busNumber: number; deviceAddress: number },
): Enumeration {
  const read = (type: number, index: number): Uint8Array => {
    const setup = { ...getDescriptor, value: (type << 8) | index, index: 0 };
    return attached.control(setupPacketOf(setup, 'in', 0xffff), nothing).bytes;
  };
  const strings = new Map([1, 2, 3].map((index) => [index, read(3, index)]));
  const enumeration = enumerationOf({ device: read(1, 0), configuration: read(2, 0), strings }, place);
  configure(attached);
  return enumeration;
}

function configure(attached: AttachedDevice): void {
  const request = standardRequests.setConfiguration;
  const setup: ControlSetup = { type: 'standard', recipient: 'device', request, value: 1, index: 0 };
  attached.control(setupPacketOf(setup, 'out', 0), nothing);
}

function carrierTo(attached: AttachedDevice, outPieceBytes: number, release: () => void): UsbCarrier {
  const control = (setup: ControlSetup, direction: 'in' | 'out', lengthBytes: number, data: Uint8Array) =>
    ended(attached.control(setupPacketOf(setup, direction, lengthBytes), data));
  return {
    transferIn: ({ address }, lengthBytes) =>
      running((finish) => attached.transferIn(address, lengthBytes, finish)),
    transferOut: ({ address }, bytes) => {
      let position = 0;
      let status = attached.transferOut(address, bytes.subarray(0, outPieceBytes));
      for (
        position = outPieceBytes;
        status === 'success' && position < bytes.length;
        position += outPieceBytes
      ) {
        status = attached.transferOut(address, bytes.subarray(position, position + outPieceBytes));
      }
      return ended({ status, bytes: nothing });
    },
    controlIn: (setup, lengthBytes) => control(setup, 'in', lengthBytes, nothing),
    controlOut: (setup, bytes) => control(setup, 'out', bytes.length, bytes),
    clearHalt: (endpoint) => {
      const request = standardRequests.clearFeature;
      const setup: ControlSetup = {
        type: 'standard',
        recipient: 'endpoint',
        request,
        value: endpointHaltFeature,
        index: endpoint,
      };
      return control(setup, 'out', 0, nothing);
    },
    reset: () => {
      attached.reset();
      configure(attached);
      return ended({ status: attached.isAttached ? 'success' : 'gone', bytes: nothing });
    },
    release: async () => release(),
  };
}

function running(start: (finish: (result: TransferResult) => void) => () => void): RunningTransfer {
  let cancel: () => void = () => undefined;
  const done = new Promise<Uint8Array>((resolve, reject) => {
    cancel = start(({ status, bytes }) =>
      status === 'success' ? resolve(bytes) : reject(usbErrorOf(status)),
    );
  });
  return { done, cancel: () => cancel() };
}

function ended(result: TransferResult): RunningTransfer {
  return running((finish) => {
    finish(result);
    return () => undefined;
  });
}
