import { WireError } from './wire-error.ts';

/** Container types, USB Still Image Capture Device Definition 1.0 §7.1. */
export const containerTypes = { command: 1, data: 2, response: 3, event: 4 } as const;

export type ContainerType = keyof typeof containerTypes;

/** What every container begins with; all numbers are little-endian. */
export interface ContainerHeader {
  /** Of header and what follows. 0xFFFFFFFF for data of 4 GiB and more, which a short packet ends. */
  lengthBytes: number;
  type: ContainerType;
  /** Operation, response or event code. */
  code: number;
  transaction: number;
}

/** A command, response or event: a header and up to five parameters. */
export interface Container {
  type: Exclude<ContainerType, 'data'>;
  code: number;
  transaction: number;
  parameters: number[];
}

export const headerBytes = 12;
export const maxParameters = 5;
/** Longest command, response or event. */
export const maxContainerBytes = headerBytes + maxParameters * 4;
/** Length field of data that is 4 GiB or longer. */
export const lengthUnknown = 0xffff_ffff;

/** Throws WireError CONTAINER_TRUNCATED, CONTAINER_TYPE, CONTAINER_LENGTH. */
export function decodeHeader(bytes: Uint8Array): ContainerHeader {
  if (bytes.length < headerBytes) {
    throw new WireError('CONTAINER_TRUNCATED', `a container of ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthBytes = view.getUint32(0, true);
  const type = typeOf(view.getUint16(4, true));
  const isLengthPossible =
    lengthBytes >= headerBytes &&
    (type === 'data' || (lengthBytes <= maxContainerBytes && lengthBytes % 4 === 0));
  if (!isLengthPossible)
    throw new WireError('CONTAINER_LENGTH', `a ${type} container of ${lengthBytes} bytes`);
  return { lengthBytes, type, code: view.getUint16(6, true), transaction: view.getUint32(8, true) };
}

function typeOf(code: number): ContainerType {
  for (const [name, own] of Object.entries(containerTypes)) if (own === code) return name as ContainerType;
  throw new WireError('CONTAINER_TYPE', `a container of type ${code}`);
}

/**
 * A whole command, response or event. Bytes after it are left out of account: some recorders fill the packet up.
 * Throws WireError CONTAINER_TRUNCATED, CONTAINER_TYPE, CONTAINER_LENGTH.
 */
export function decodeContainer(bytes: Uint8Array): Container {
  const { lengthBytes, type, code, transaction } = decodeHeader(bytes);
  if (type === 'data') throw new WireError('CONTAINER_TYPE', 'a data container where none is due');
  if (bytes.length < lengthBytes) {
    throw new WireError('CONTAINER_TRUNCATED', `${bytes.length} bytes of a container of ${lengthBytes}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes);
  const count = (lengthBytes - headerBytes) / 4;
  const parameters = Array.from({ length: count }, (_, index) =>
    view.getUint32(headerBytes + index * 4, true),
  );
  return { type, code, transaction, parameters };
}

export function encodeContainer({ type, code, transaction, parameters }: Container): Uint8Array {
  const bytes = new Uint8Array(headerBytes + parameters.length * 4);
  writeHeader(bytes, { lengthBytes: bytes.length, type, code, transaction });
  const view = new DataView(bytes.buffer);
  parameters.forEach((parameter, index) => {
    view.setUint32(headerBytes + index * 4, parameter, true);
  });
  return bytes;
}

/** A whole data container: header and payload. */
export function encodeData(code: number, transaction: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + payload.length);
  writeHeader(bytes, { lengthBytes: bytes.length, type: 'data', code, transaction });
  bytes.set(payload, headerBytes);
  return bytes;
}

/** The header of data whose payload is sent apart; `payloadBytes` may be 4 GiB and more. */
export function encodeDataHeader(code: number, transaction: number, payloadBytes: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes);
  const lengthBytes = Math.min(headerBytes + payloadBytes, lengthUnknown);
  writeHeader(bytes, { lengthBytes, type: 'data', code, transaction });
  return bytes;
}

function writeHeader(bytes: Uint8Array, header: ContainerHeader): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  view.setUint32(0, header.lengthBytes, true);
  view.setUint16(4, containerTypes[header.type], true);
  view.setUint16(6, header.code, true);
  view.setUint32(8, header.transaction, true);
}
