/** Reads what a device says of itself (USB 2.0 §9.6). All of it comes from a stranger: lengths are checked, texts cleaned. */

import { decodeName } from '../names/decode-name.ts';
import { UsbError } from './usb-connection.ts';
import type { UsbInterfaceFacts } from './usb-device.ts';

export interface UsbEndpointFacts {
  /** `bEndpointAddress`. */
  address: number;
  type: 'control' | 'isochronous' | 'bulk' | 'interrupt';
  maxPacketBytes: number;
}

/** Alternate setting 0 of an interface, with its endpoints. */
export interface UsbInterfaceLayout extends UsbInterfaceFacts {
  endpoints: readonly UsbEndpointFacts[];
}

export interface DeviceDescriptor {
  class: number;
  vendorId: number;
  productId: number;
  release: number;
  /** Indices of string descriptors; 0 for none. */
  manufacturerIndex: number;
  productIndex: number;
  serialNumberIndex: number;
}

const deviceDescriptor = { type: 1, lengthBytes: 18 };
const stringDescriptor = { type: 3 };
const interfaceDescriptor = { type: 4, lengthBytes: 9 };
const endpointDescriptor = { type: 5, lengthBytes: 7 };
export const endpointTypes = ['control', 'isochronous', 'bulk', 'interrupt'] as const;
/** An interface number is a byte, and so is an endpoint's address: more of either is no device. */
const maxEndpoints = 30;

/** Throws UsbError FAILED. */
export function parseDeviceDescriptor(bytes: Uint8Array): DeviceDescriptor {
  if (bytes.length < deviceDescriptor.lengthBytes || bytes[1] !== deviceDescriptor.type) {
    throw new UsbError('FAILED', 'the device sent no device descriptor');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    class: view.getUint8(4),
    vendorId: view.getUint16(8, true),
    productId: view.getUint16(10, true),
    release: view.getUint16(12, true),
    manufacturerIndex: view.getUint8(14),
    productIndex: view.getUint8(15),
    serialNumberIndex: view.getUint8(16),
  };
}

/** Interfaces of a configuration descriptor and all that follows it, in order; other descriptors are passed over. */
export function parseConfiguration(bytes: Uint8Array): UsbInterfaceLayout[] {
  const interfaces = new Map<number, { layout: UsbInterfaceFacts; endpoints: UsbEndpointFacts[] }>();
  let current: UsbEndpointFacts[] | null = null;
  for (const one of descriptorsIn(bytes)) {
    const [, type, number = 0, alternate = 0] = one;
    if (type === interfaceDescriptor.type && one.length >= interfaceDescriptor.lengthBytes) {
      current = null;
      if (alternate !== 0 || interfaces.has(number)) continue;
      const [, , , , , classCode = 0, subclass = 0, protocol = 0] = one;
      const layout = { number, class: classCode, subclass, protocol };
      current = [];
      interfaces.set(number, { layout, endpoints: current });
    } else if (type === endpointDescriptor.type && one.length >= endpointDescriptor.lengthBytes) {
      const endpoint = endpointOf(one);
      if (current !== null && endpoint !== null && current.length < maxEndpoints) current.push(endpoint);
    }
  }
  return Array.from(interfaces.values(), ({ layout, endpoints }) => ({ ...layout, endpoints }));
}

/** Text of a string descriptor, cleaned for people; `null` where it holds none. */
export function parseStringDescriptor(bytes: Uint8Array): string | null {
  const [length = 0, type] = bytes;
  if (type !== stringDescriptor.type || length < 4) return null;
  const end = Math.min(length, bytes.length);
  const text = new TextDecoder('utf-16le').decode(bytes.subarray(2, end - (end % 2))).trim();
  return text === '' ? null : decodeName(Buffer.from(text, 'utf8')).name;
}

function* descriptorsIn(bytes: Uint8Array): Generator<Uint8Array> {
  let position = 0;
  while (position + 2 <= bytes.length) {
    const length = bytes[position] ?? 0;
    // A descriptor shorter than its own head would be read for ever.
    if (length < 2 || position + length > bytes.length) return;
    yield bytes.subarray(position, position + length);
    position += length;
  }
}

/** `null` for an endpoint that can carry nothing. */
function endpointOf(descriptor: Uint8Array): UsbEndpointFacts | null {
  const [, , address = 0, attributes = 0, low = 0, high = 0] = descriptor;
  const maxPacketBytes = (low | (high << 8)) & 0x07ff;
  const type = endpointTypes[attributes & 0x03];
  if (type === undefined || maxPacketBytes === 0 || (address & 0x0f) === 0) return null;
  return { address: address & 0x8f, type, maxPacketBytes };
}
