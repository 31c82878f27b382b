import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Values of AMF 0, as far as commands need them. */
export type Amf = string | number | boolean | null | { [name: string]: Amf };

const handshakeBytes = 1_536;
const chunkBytes = 128;

/** A client of RTMP that says whatever it is told to say. */
export class RawRtmp {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
  }

  /** Connects, without a word. */
  static async connect(port: number): Promise<RawRtmp> {
    const socket = connect(port, '127.0.0.1');
    const client = new RawRtmp(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Connects and shakes hands; what it says afterwards are messages. */
  static async greet(port: number): Promise<RawRtmp> {
    const client = await RawRtmp.connect(port);
    client.send(handshake());
    return client;
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Says what a publisher says before its first picture. */
  publish(name: string): void {
    for (const message of publishing(name)) this.send(message);
  }

  command(...values: Amf[]): void {
    this.send(commandOf(...values));
  }

  /** Sound (8), pictures (9) or data (18). */
  media(type: number, payload: Buffer, timestamp = 0): void {
    this.send(messageOf(type, payload, timestamp));
  }

  /** Says nothing more, and waits until the other side has closed. */
  async finish(): Promise<void> {
    this.#socket.end();
    await this.untilCut();
  }

  /** Resolves once the other side has ended the connection. */
  async untilCut(): Promise<void> {
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }

  /** Reads nothing more. */
  pause(): void {
    this.#socket.pause();
  }

  cut(): void {
    this.#socket.destroy();
  }

  get receivedText(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }
}

export function handshake(): Buffer {
  return Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * handshakeBytes)]);
}

export function commandOf(...values: Amf[]): Buffer {
  return messageOf(20, Buffer.concat(values.map(encodeAmf)));
}

/** The commands by which a stream of this name, with its key, is published. */
export function publishing(name: string): Buffer[] {
  return [
    commandOf('connect', 1, { app: 'live', tcUrl: 'rtmp://127.0.0.1/live' }),
    commandOf('createStream', 2, null),
    commandOf('publish', 3, null, name, 'live'),
  ];
}

/** A message in chunks of the usual length (RTMP 1.0 §5.3.1), of a time up to 32 bits. */
export function messageOf(type: number, payload: Buffer, timestamp = 0): Buffer {
  const isExtended = timestamp >= 0xff_ffff;
  const extended = Buffer.alloc(isExtended ? 4 : 0);
  if (isExtended) extended.writeUInt32BE(timestamp);
  const head = Buffer.alloc(12);
  head[0] = 3;
  head.writeUIntBE(isExtended ? 0xff_ffff : timestamp, 1, 3);
  head.writeUIntBE(payload.length, 4, 3);
  head[7] = type;
  head.writeUInt32LE(1, 8);
  return chunked(Buffer.concat([head, extended]), payload, Buffer.concat([Buffer.of(0xc3), extended]));
}

/** A message so long after the one before. */
export function messageAfter(type: number, payload: Buffer, laterMs: number): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 0x43;
  head.writeUIntBE(laterMs, 1, 3);
  head.writeUIntBE(payload.length, 4, 3);
  head[7] = type;
  return chunked(head, payload, Buffer.of(0xc3));
}

function chunked(head: Buffer, payload: Buffer, between: Buffer): Buffer {
  const parts: Buffer[] = [head];
  for (let position = 0; position < payload.length; position += chunkBytes) {
    if (position > 0) parts.push(between);
    parts.push(payload.subarray(position, position + chunkBytes));
  }
  return Buffer.concat(parts);
}

export function encodeAmf(value: Amf): Buffer {
  if (value === null) return Buffer.from([5]);
  if (typeof value === 'boolean') return Buffer.from([1, value ? 1 : 0]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), text(value)]);
  const fields = Object.entries(value).map(([name, field]) => Buffer.concat([text(name), encodeAmf(field)]));
  return Buffer.concat([Buffer.from([3]), ...fields, Buffer.from([0, 0, 9])]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
