import { ProtocolError } from './protocol-error.ts';

export const headerBytes = 8;

/** Management operation of an SMP packet: the request, and the answer to it. */
export type Operation = 'read' | 'read-response' | 'write' | 'write-response';

const operations: readonly Operation[] = ['read', 'read-response', 'write', 'write-response'];

/** Version 1 reports errors as `rc`, version 2 as `err: { group, rc }`. */
export type SmpVersion = 1 | 2;

/** The 8 bytes in front of every body (SMP Protocol Specification, "Frame: The envelope"). */
export interface Header {
  version: SmpVersion;
  operation: Operation;
  group: number;
  sequence: number;
  command: number;
}

export interface Packet {
  header: Header;
  body: Uint8Array;
}

/** The operation of the answer to a request. */
export function answerTo(operation: 'read' | 'write'): Operation {
  return operation === 'read' ? 'read-response' : 'write-response';
}

/** Header and body as one packet. Throws ProtocolError BODY_TOO_LARGE past 65 535 bytes of body. */
export function encodePacket(header: Header, body: Uint8Array): Uint8Array {
  if (body.length > 0xffff) {
    throw new ProtocolError('BODY_TOO_LARGE', `a body of ${body.length} bytes does not fit a packet`);
  }
  const packet = Buffer.alloc(headerBytes + body.length);
  packet[0] = ((header.version - 1) << 3) | operations.indexOf(header.operation);
  packet.writeUInt16BE(body.length, 2);
  packet.writeUInt16BE(header.group, 4);
  packet[6] = header.sequence;
  packet[7] = header.command;
  packet.set(body, headerBytes);
  return packet;
}

/** Splits a packet. Throws ProtocolError HEADER_TRUNCATED, HEADER_RESERVED, HEADER_LENGTH. */
export function decodePacket(packet: Uint8Array): Packet {
  if (packet.length < headerBytes) {
    throw new ProtocolError('HEADER_TRUNCATED', `${packet.length} bytes are no header`);
  }
  const claimed = packetBytesOf(packet);
  if (claimed !== packet.length) {
    throw new ProtocolError('HEADER_LENGTH', `header claims ${claimed} bytes, there are ${packet.length}`);
  }
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const first = view.getUint8(0);
  return {
    header: {
      version: (first >> 3) & 1 ? 2 : 1,
      operation: operations[first & 0b11] ?? 'read',
      group: view.getUint16(4),
      sequence: view.getUint8(6),
      command: view.getUint8(7),
    },
    body: packet.subarray(headerBytes),
  };
}

/** Length of the packet whose header these bytes begin with. Throws ProtocolError HEADER_RESERVED. */
export function packetBytesOf(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, headerBytes);
  // Bits 7-5 are reserved, of the version only 0 and 1 are known, of the operation 0 to 3.
  if ((view.getUint8(0) & 0b1111_0100) !== 0 || view.getUint8(1) !== 0) {
    throw new ProtocolError('HEADER_RESERVED', `header begins 0x${view.getUint16(0).toString(16)}`);
  }
  return headerBytes + view.getUint16(2);
}
