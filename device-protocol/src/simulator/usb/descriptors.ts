/** Writes the descriptors of a simulated device (USB 2.0 §9.6). */

import type { SimulatedDescriptors, SimulatedEndpoint, SimulatedInterface } from './simulated-usb-device.ts';

export type UsbSpeed = 'full' | 'high';

/** USB 2.0 §9.4, table 9-5. */
const types = { device: 1, configuration: 2, string: 3, interface: 4, endpoint: 5 };
const stringIndex = { languages: 0, manufacturer: 1, product: 2, serialNumber: 3, firstInterface: 4 };
const usEnglish = 0x0409;
const maxStringUnits = 126;
const endpointTypeBits = { bulk: 2, interrupt: 3 };
/** High speed: 2^(7-1) microframes, 8 ms. Full speed: 7 ms. */
const interruptInterval = 7;

/** A bulk packet of 512 bytes exists at high speed only, a smaller one at full speed only (USB 2.0 §5.8.3). */
export function speedOf({ interfaces }: SimulatedDescriptors): UsbSpeed {
  const bulk = interfaces.flatMap(({ endpoints }) => endpoints).filter(({ type }) => type === 'bulk');
  return bulk.every(({ maxPacketBytes }) => maxPacketBytes === 512) ? 'high' : 'full';
}

/** The answer to GET_DESCRIPTOR, uncut; `null` for a descriptor the device does not have. */
export function descriptorOf(of: SimulatedDescriptors, type: number, index: number): Uint8Array | null {
  if (type === types.device && index === 0) return deviceDescriptor(of);
  if (type === types.configuration && index === 0) return configurationDescriptor(of);
  if (type === types.string) return stringDescriptor(of, index);
  return null;
}

const u16 = (value: number): number[] => [value & 0xff, value >> 8];

function deviceDescriptor(of: SimulatedDescriptors): Uint8Array {
  return Uint8Array.from([
    18,
    types.device,
    ...u16(0x0200),
    // Class, subclass and protocol stand with the interfaces.
    0,
    0,
    0,
    64,
    ...u16(of.vendorId),
    ...u16(of.productId),
    ...u16(of.release),
    of.manufacturer === '' ? 0 : stringIndex.manufacturer,
    of.product === '' ? 0 : stringIndex.product,
    of.serialNumber === '' ? 0 : stringIndex.serialNumber,
    1,
  ]);
}

function configurationDescriptor({ interfaces }: SimulatedDescriptors): Uint8Array {
  const body = interfaces.flatMap(interfaceDescriptor);
  const selfPoweredUpTo500mA = [0xc0, 250];
  const head = [9, types.configuration, ...u16(9 + body.length), interfaces.length, 1, 0];
  return Uint8Array.from([...head, ...selfPoweredUpTo500mA, ...body]);
}

function interfaceDescriptor(of: SimulatedInterface, position: number): number[] {
  const { number, endpoints, subclass, protocol } = of;
  const name = of.name === undefined ? 0 : stringIndex.firstInterface + position;
  const head = [9, types.interface, number, 0, endpoints.length, of.class, subclass, protocol, name];
  return [...head, ...of.endpoints.flatMap(endpointDescriptor)];
}

function endpointDescriptor({ address, type, maxPacketBytes }: SimulatedEndpoint): number[] {
  const interval = type === 'interrupt' ? interruptInterval : 0;
  return [7, types.endpoint, address, endpointTypeBits[type], ...u16(maxPacketBytes), interval];
}

function stringDescriptor(of: SimulatedDescriptors, index: number): Uint8Array | null {
  if (index === stringIndex.languages) return Uint8Array.from([4, types.string, ...u16(usEnglish)]);
  const text =
    {
      [stringIndex.manufacturer]: of.manufacturer,
      [stringIndex.product]: of.product,
      [stringIndex.serialNumber]: of.serialNumber,
    }[index] ?? of.interfaces[index - stringIndex.firstInterface]?.name;
  if (text === undefined || text === '') return null;
  const units = Buffer.from(text.slice(0, maxStringUnits), 'utf16le');
  return Uint8Array.from([units.length + 2, types.string, ...units]);
}
