import { crc16 } from './crc16.ts';
import { ProtocolError } from './protocol-error.ts';

/** Marks of a frame line: first of a packet, and continuation. Neither byte occurs in base64 or printable text. */
export const frameStart = [0x06, 0x09] as const;
export const frameContinuation = [0x04, 0x14] as const;
export const newline = 0x0a;

/** Longest frame line with its marks and newline (SMP Transport Specification, "UART/serial and console"). */
export const maxLineBytes = 127;
export const maxBase64Bytes = Math.floor((maxLineBytes - 3) / 4) * 4;
const maxRawBytes = (maxBase64Bytes / 4) * 3;

export const crcBytes = 2;
/** The 16-bit total length counts the packet and its CRC. */
export const maxPacketBytes = 0xffff - crcBytes;

/**
 * Encodes one packet as console frame lines, ready to be written.
 * Throws ProtocolError BODY_TOO_LARGE where the packet does not fit the 16-bit length.
 */
export function encodeFrames(packet: Uint8Array): Uint8Array {
  if (packet.length > maxPacketBytes) {
    throw new ProtocolError('BODY_TOO_LARGE', `a packet of ${packet.length} bytes does not fit a frame`);
  }
  const raw = Buffer.alloc(2 + packet.length + crcBytes);
  raw.writeUInt16BE(packet.length + crcBytes, 0);
  raw.set(packet, 2);
  raw.writeUInt16BE(crc16(packet), 2 + packet.length);

  const parts: Uint8Array[] = [];
  for (let position = 0; position < raw.length; position += maxRawBytes) {
    const mark = position === 0 ? frameStart : frameContinuation;
    const text = raw.toString('base64', position, Math.min(position + maxRawBytes, raw.length));
    parts.push(Uint8Array.from(mark), Buffer.from(text, 'latin1'), Uint8Array.of(newline));
  }
  return Buffer.concat(parts);
}

/** Decodes base64 as RFC 4648 §4 writes it, padding and zero pad bits included; `null` for anything else. */
export function decodeBase64(text: Uint8Array): Uint8Array | null {
  if (text.length === 0 || text.length % 4 !== 0) return null;
  const asText = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1');
  const bytes = Buffer.from(asText, 'base64');
  // Buffer skips characters it does not know, so only an exact way back proves that there were none.
  return bytes.toString('base64') === asText ? bytes : null;
}
