/**
 * Packets of usbredirproto 0.7 (docs/usb-redirection-protocol.md of usbredir), as far as control, bulk and interrupt
 * transfers need them. `device` is the end with the USB device, `host` the one whose computer gets it.
 */

import { layout, RedirProtocolError } from './layout.ts';

export const packetTypes = {
  hello: 0,
  deviceConnect: 1,
  deviceDisconnect: 2,
  reset: 3,
  interfaceInfo: 4,
  endpointInfo: 5,
  setConfiguration: 6,
  getConfiguration: 7,
  configurationStatus: 8,
  setAltSetting: 9,
  getAltSetting: 10,
  altSettingStatus: 11,
  startInterruptReceiving: 15,
  stopInterruptReceiving: 16,
  interruptReceivingStatus: 17,
  cancelDataPacket: 21,
  filterReject: 22,
  filterFilter: 23,
  deviceDisconnectAck: 24,
  controlPacket: 100,
  bulkPacket: 101,
  interruptPacket: 103,
} as const;

export const statuses = {
  success: 0,
  cancelled: 1,
  invalid: 2,
  ioError: 3,
  stall: 4,
  timeout: 5,
  overflow: 6,
} as const;

/** Bits of the capabilities, by their number. */
const capabilityBits = {
  connectDeviceVersion: 1,
  deviceDisconnectAck: 3,
  maxPacketSize: 4,
  wideIds: 5,
  wideBulkLength: 6,
} as const;

export type Capabilities = Record<keyof typeof capabilityBits, boolean>;

export const narrowHeader = layout({ type: 'u32', length: 'u32', id: 'u32' });
/** With 64-bit ids, in two halves. */
export const wideHeader = layout({ type: 'u32', length: 'u32', id: 'u32', idHigh: 'u32' });

export const deviceConnect = layout({
  speed: 'u8',
  class: 'u8',
  subclass: 'u8',
  protocol: 'u8',
  vendorId: 'u16',
  productId: 'u16',
});
/** Follows `deviceConnect` with the capability. */
export const deviceVersion = layout({ release: 'u16' });
export const configuration = layout({ configuration: 'u8' });
export const configurationStatus = layout({ status: 'u8', configuration: 'u8' });
export const interfaceNumber = layout({ interface: 'u8' });
export const altSetting = layout({ interface: 'u8', alternate: 'u8' });
export const altSettingStatus = layout({ status: 'u8', interface: 'u8', alternate: 'u8' });
export const endpoint = layout({ endpoint: 'u8' });
export const endpointStatus = layout({ status: 'u8', endpoint: 'u8' });
export const control = layout({
  endpoint: 'u8',
  request: 'u8',
  requestType: 'u8',
  status: 'u8',
  value: 'u16',
  index: 'u16',
  length: 'u16',
});
export const bulk = layout({ endpoint: 'u8', status: 'u8', length: 'u16', stream: 'u32' });
/** Follows `bulk` with the capability. */
export const bulkLengthHigh = layout({ lengthHigh: 'u16' });
export const interrupt = layout({ endpoint: 'u8', status: 'u8', length: 'u16' });

const versionBytes = 64;
const maxInterfaces = 32;
export const maxEndpoints = 32;
const invalidEndpointType = 255;

export function encodeHello(): Uint8Array {
  const body = Buffer.alloc(versionBytes + 4);
  body.write('docket');
  const word = Object.values(capabilityBits).reduce((bits, bit) => bits | (1 << bit), 0);
  body.writeUInt32LE(word, versionBytes);
  return body;
}

/** What both ends can do, from the peer's hello: we can do all there is here. */
export function sharedCapabilities(hello: Uint8Array): Capabilities {
  if (hello.length < versionBytes) throw new RedirProtocolError('the hello is too short');
  const word = hello.length >= versionBytes + 4 ? Buffer.from(hello).readUInt32LE(versionBytes) : 0;
  const has = (bit: number): boolean => ((word >>> bit) & 1) === 1;
  return {
    connectDeviceVersion: has(capabilityBits.connectDeviceVersion),
    deviceDisconnectAck: has(capabilityBits.deviceDisconnectAck),
    maxPacketSize: has(capabilityBits.maxPacketSize),
    wideIds: has(capabilityBits.wideIds),
    wideBulkLength: has(capabilityBits.wideBulkLength),
  };
}

export interface RedirInterface {
  number: number;
  class: number;
  subclass: number;
  protocol: number;
}

export function encodeInterfaceInfo(interfaces: readonly RedirInterface[]): Uint8Array {
  const body = Buffer.alloc(4 + 4 * maxInterfaces);
  body.writeUInt32LE(interfaces.length);
  interfaces.forEach((one, place) => {
    const columns = [one.number, one.class, one.subclass, one.protocol];
    for (const [column, value] of columns.entries()) body[4 + column * maxInterfaces + place] = value;
  });
  return body;
}

export interface RedirEndpoint {
  address: number;
  /** USB's own numbers: 0 control, 2 bulk, 3 interrupt. */
  type: number;
  interval: number;
  interface: number;
  maxPacketBytes: number;
}

/** Endpoints stand in a table by number, those towards the host in its second half. */
export function encodeEndpointInfo(
  endpoints: readonly RedirEndpoint[],
  withMaxPacketSize: boolean,
): Uint8Array {
  const sizesAt = 3 * maxEndpoints;
  const body = Buffer.alloc(sizesAt + (withMaxPacketSize ? 2 * maxEndpoints : 0));
  body.fill(invalidEndpointType, 0, maxEndpoints);
  for (const { address, type, interval, interface: number, maxPacketBytes } of endpoints) {
    const place = (address & 0x0f) | ((address & 0x80) >> 3);
    body[place] = type;
    body[maxEndpoints + place] = interval;
    body[2 * maxEndpoints + place] = number;
    if (withMaxPacketSize) body.writeUInt16LE(maxPacketBytes, sizesAt + 2 * place);
  }
  return body;
}

export interface BulkPacket {
  endpoint: number;
  status: number;
  stream: number;
  /** Asked for, or brought. */
  lengthBytes: number;
  data: Uint8Array;
}

export function encodeBulk(packet: BulkPacket, { wideBulkLength }: Capabilities): Uint8Array {
  const { endpoint, status, stream, lengthBytes, data } = packet;
  const head = bulk.encode({ endpoint, status, length: lengthBytes & 0xffff, stream });
  const high = wideBulkLength ? bulkLengthHigh.encode({ lengthHigh: lengthBytes >>> 16 }) : new Uint8Array(0);
  return Buffer.concat([head, high, data]);
}

export function decodeBulk(body: Uint8Array, { wideBulkLength }: Capabilities): BulkPacket {
  const { endpoint, status, length, stream } = bulk.decode(body);
  const rest = body.subarray(bulk.sizeBytes);
  if (!wideBulkLength) return { endpoint, status, stream, lengthBytes: length, data: rest };
  const { lengthHigh } = bulkLengthHigh.decode(rest);
  const data = rest.subarray(bulkLengthHigh.sizeBytes);
  return { endpoint, status, stream, lengthBytes: lengthHigh * 0x10000 + length, data };
}
