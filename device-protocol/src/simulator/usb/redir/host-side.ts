/** Opens a device that is offered over usbredir, without a kernel or QEMU between: drivers run against it as against any. */

import { connect } from 'node:net';
import { parseDeviceDescriptor } from '../../../usb/parse-descriptors.ts';
import { finishTransfer, type RunningTransfer } from '../../../usb/transfer.ts';
import { connectionOver, type UsbCarrier } from '../../../usb/transfer-connection.ts';
import { type ControlSetup, UsbError } from '../../../usb/usb-connection.ts';
import type { UsbDeviceFacts } from '../../../usb/usb-device.ts';
import {
  type Enumeration,
  enumerationOf,
  type PluggedDevice,
  PortOccupant,
  usbErrorOf,
} from '../plugged-device.ts';
import { setupPacketOf } from '../setup-packet.ts';
import { endpointHaltFeature, standardRequests } from '../standard-requests.ts';
import type { RedirAddress } from './device-side.ts';
import { HostSession } from './host-session.ts';

export interface UsbRedirOptions {
  signal: AbortSignal;
  /** Default `1-1`. */
  portPath?: string;
}

const requestTimeoutMs = 5_000;
const nothing = new Uint8Array(0);
/** Waiting for the first device: its address is none. */
const noDevice = { deviceAddress: 0 } as UsbDeviceFacts;

/** Connects and resolves once a device is there and enumerated. `unplug` closes the connection. Throws UsbError, or the signal's reason. */
export async function openUsbRedir(
  address: RedirAddress,
  { signal, portPath = '1-1' }: UsbRedirOptions,
): Promise<PluggedDevice> {
  signal.throwIfAborted();
  const occupant = new PortOccupant();
  const over = new AbortController();
  let claimed = new Set<number>();
  let addresses = 0;
  const session = new HostSession(connect(address), {
    connected: () => {
      const place = { portPath, busNumber: 1, deviceAddress: ++addresses };
      enumerate(session, place).then(
        (enumeration) => {
          if (addresses === place.deviceAddress) occupant.set(enumeration);
        },
        (error: unknown) =>
          session.fail(error instanceof Error ? error : new UsbError('FAILED', String(error))),
      );
    },
    disconnected: () => {
      claimed = new Set();
      occupant.set(null);
    },
    closed: (cause) => {
      occupant.set(null);
      over.abort(new UsbError('GONE', 'the usbredir connection was closed', { cause }));
    },
  });
  const first = await occupant
    .after(noDevice, AbortSignal.any([signal, over.signal]))
    .catch((error: unknown) => {
      session.close();
      throw error;
    });
  return {
    device: first,
    current: () => occupant.enumeration?.facts ?? null,
    deviceAfter: (previous, until) => occupant.after(previous, AbortSignal.any([until, over.signal])),
    unplug: () => session.close(),
    openUsb: async (device, interfaceNumber, until) => {
      until.throwIfAborted();
      const { enumeration } = occupant;
      if (enumeration?.facts.deviceAddress !== device.deviceAddress) throw usbErrorOf('gone');
      const layout = enumeration.layout.find(({ number }) => number === interfaceNumber);
      if (layout === undefined)
        throw new UsbError('FAILED', `the device has no interface ${interfaceNumber}`);
      if (claimed.has(interfaceNumber)) throw new UsbError('BUSY', `interface ${interfaceNumber} is in use`);
      const claims = claimed;
      // What was opened on one device must not reach the next one on the same wire.
      const isThere = () => claims === claimed;
      const carrier = carrierOver(session, isThere, () => claims.delete(interfaceNumber));
      const connection = connectionOver(carrier, enumeration.facts, interfaceNumber, layout.endpoints);
      claimed.add(interfaceNumber);
      return connection;
    },
  };
}

/** What a kernel does with a device that was just plugged in (USB 2.0 §9.1.2). */
async function enumerate(
  session: HostSession,
  place: { portPath: string; busNumber: number; deviceAddress: number },
): Promise<Enumeration> {
  const options = { timeoutMs: requestTimeoutMs, signal: new AbortController().signal };
  const read = (type: number, index: number, lengthBytes: number): Promise<Uint8Array> => {
    const request = standardRequests.getDescriptor;
    const value = (type << 8) | index;
    const language = type === 3 ? 0x0409 : 0;
    const setup: ControlSetup = { type: 'standard', recipient: 'device', request, value, index: language };
    return finishTransfer(() => session.control(setupPacketOf(setup, 'in', lengthBytes), nothing), options);
  };
  const device = await read(1, 0, 18);
  const head = await read(2, 0, 9);
  const configuration = await read(2, 0, (head[2] ?? 0) | ((head[3] ?? 0) << 8));
  const { manufacturerIndex, productIndex, serialNumberIndex } = parseDeviceDescriptor(device);
  const strings = new Map<number, Uint8Array>();
  for (const index of [manufacturerIndex, productIndex, serialNumberIndex]) {
    // A device that stalls over a name has none.
    if (index !== 0) strings.set(index, await read(3, index, 255).catch(() => nothing));
  }
  await finishTransfer(() => session.configure(), options);
  return enumerationOf({ device, configuration, strings }, place);
}

function carrierOver(session: HostSession, isThere: () => boolean, release: () => void): UsbCarrier {
  const ifThere = (start: () => RunningTransfer): RunningTransfer =>
    isThere() ? start() : { done: Promise.reject(usbErrorOf('gone')), cancel: () => undefined };
  const control = (setup: ControlSetup, direction: 'in' | 'out', lengthBytes: number, data: Uint8Array) =>
    ifThere(() => session.control(setupPacketOf(setup, direction, lengthBytes), data));
  return {
    transferIn: ({ address, type, maxPacketBytes }, lengthBytes) =>
      ifThere(() =>
        type === 'interrupt'
          ? session.interruptIn(address, maxPacketBytes, lengthBytes)
          : session.bulk(address, lengthBytes, nothing),
      ),
    transferOut: ({ address }, bytes) => ifThere(() => session.bulk(address, bytes.length, bytes)),
    controlIn: (setup, lengthBytes) => control(setup, 'in', lengthBytes, nothing),
    controlOut: (setup, bytes) => control(setup, 'out', bytes.length, bytes),
    clearHalt: (index) => {
      const request = standardRequests.clearFeature;
      const value = endpointHaltFeature;
      return control({ type: 'standard', recipient: 'endpoint', request, value, index }, 'out', 0, nothing);
    },
    reset: () => ifThere(() => session.reset()),
    release: async () => release(),
  };
}
