import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { decodeBody } from './body.ts';
import { BulkStream } from './bulk-stream.ts';
import { crc16 } from './crc16.ts';
import { deviceErrorIn } from './device-error.ts';
import { encodeFrames } from './frame.ts';
import { FrameStream } from './frame-stream.ts';
import { decodePacket, encodePacket, type Header } from './header.ts';
import type { Message } from './message.ts';
import { groups, messageOf } from './messages/index.ts';
import type { PacketEvent } from './packet-link.ts';
import { ProtocolError, type ProtocolErrorCode, protocolErrorCodes } from './protocol-error.ts';
import { RawStream } from './raw-stream.ts';

/**
 * The vectors were worked out by hand from the published specification, or come from other software. They are never
 * saved from this encoder: a mistake both our ends share must fail here.
 */
const specFolder = new URL('../../spec/', import.meta.url);

function load<Vector>(name: string): Vector[] {
  return JSON.parse(readFileSync(new URL(`vectors/smp/${name}.json`, specFolder), 'utf8'));
}

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

/** Bytes stand in vectors as `{ hex }`. */
function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === 'hex') return fromHex(String(first[1]));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withBytes(inner)]));
}

const everyMessage = groups.flatMap((group) => group.messages);

function messageNamed(name: string): Message {
  const found = everyMessage.find((message) => message.name === name);
  if (found === undefined) throw new Error(`no message is named ${name}`);
  return found;
}

function errorOf(work: () => unknown): ProtocolErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

/** Events of a stream cut at the given positions. */
function eventsOf(stream: Uint8Array, ...cuts: number[]): PacketEvent[] {
  const frames = new FrameStream();
  const edges = [0, ...cuts, stream.length];
  return edges.slice(1).flatMap((edge, index) => [...frames.push(stream.subarray(edges[index], edge))]);
}

const kinds = (events: readonly PacketEvent[]): string[] =>
  events.map((event) => (event.kind === 'packet' ? 'packet' : event.why));

const crcVectors = load<{ why: string; text: string; crc: string }>('crc16');
const frameVectors = load<{ why: string; packet: string; lines: string[] }>('frames');
const streamVectors = load<{ why: string; stream: string; events: string[] }>('streams');
const bulkVectors = load<{ why: string; maxPacketBytes: number; usbPackets: string[]; events: string[] }>(
  'bulk',
);
const rawVectors = load<{ why: string; stream: string; packets: number | null }>('raw');
const packetVectors = load<{
  why: string;
  message: string;
  direction: 'request' | 'response';
  hex: string;
  header: Header;
  body: unknown;
}>('packets');
const errorVectors = load<{ why: string; message: string; hex: string; group: number | null; rc: number }>(
  'errors',
);
const invalidPackets = load<{ why: string; hex: string; error: ProtocolErrorCode }>('invalid-packets');
const invalidBodies = load<{ why: string; message: string; hex: string; error: ProtocolErrorCode }>(
  'invalid-bodies',
);

test.each(crcVectors)('CRC of $text', ({ text, crc }) => {
  expect(crc16(Buffer.from(text))).toBe(Number.parseInt(crc, 16));
});

describe.each(frameVectors)('frames: $why', ({ packet, lines }) => {
  const stream = fromHex(lines.join(''));

  test('encode', () => {
    expect(Buffer.from(encodeFrames(fromHex(packet))).toString('hex')).toBe(lines.join(''));
  });

  test('decode, cut at every position', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(eventsOf(stream, cut)).toEqual([{ kind: 'packet', packet: fromHex(packet) }]);
    }
  });

  test('no single flipped bit gives another packet', () => {
    for (let bit = 0; bit < stream.length * 8; bit++) {
      const damaged = Uint8Array.from(stream);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(kinds(eventsOf(damaged))).not.toContain('packet');
    }
  });

  test('the packet after any single flipped bit is found', () => {
    const next = fromHex('0609414173414141414241414643414b44314d773d3d0a');
    for (let bit = 0; bit < stream.length * 8; bit++) {
      const damaged = Uint8Array.from([...stream, ...next]);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(kinds(eventsOf(damaged)).at(-1)).toBe('packet');
    }
  });
});

test.each(streamVectors)('stream: $why', ({ stream, events }) => {
  const bytes = fromHex(stream);
  expect(kinds(eventsOf(bytes))).toEqual(events);
  for (let cut = 0; cut <= bytes.length; cut++) expect(kinds(eventsOf(bytes, cut))).toEqual(events);
});

/** What a host gets that asks for `wantedBytes` at a time, as a host controller fills its transfers. */
function eventsOfTransfers(usbPackets: readonly Uint8Array[], maxPacketBytes: number): PacketEvent[] {
  const stream = new BulkStream(maxPacketBytes);
  const rest = [...usbPackets];
  const events: PacketEvent[] = [];
  while (rest.length > 0) {
    const { wantedBytes } = stream;
    const parts: Uint8Array[] = [];
    let isEnd = false;
    while (!isEnd && rest.length > 0 && parts.length * maxPacketBytes < wantedBytes) {
      const part = rest.shift() ?? new Uint8Array(0);
      parts.push(part);
      isEnd = part.length < maxPacketBytes;
    }
    events.push(...stream.push(Buffer.concat(parts), isEnd));
  }
  return events;
}

test.each(bulkVectors)('bulk: $why', ({ maxPacketBytes, usbPackets, events }) => {
  const packets = usbPackets.map(fromHex);
  expect(kinds(eventsOfTransfers(packets, maxPacketBytes))).toEqual(events);
  // Taken one USB packet at a time, as a device takes them, the same packets are found.
  const stream = new BulkStream(maxPacketBytes);
  const found = packets.flatMap((one) => [...stream.push(one, one.length < maxPacketBytes)]);
  expect(kinds(found).filter((kind) => kind === 'packet')).toEqual(
    events.filter((kind) => kind === 'packet'),
  );
});

test.each(rawVectors)('raw stream: $why', ({ stream, packets }) => {
  const bytes = fromHex(stream);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const raw = new RawStream();
    const read = () => [...raw.push(bytes.subarray(0, cut)), ...raw.push(bytes.subarray(cut))];
    if (packets === null) expect(errorOf(read)).toBe('HEADER_RESERVED');
    else expect(read()).toHaveLength(packets);
  }
});

test.each(packetVectors)('$message $direction: $why', ({ message, direction, hex, header, body }) => {
  const packet = decodePacket(fromHex(hex));
  expect(packet.header).toEqual(header);
  const row = messageNamed(message);
  expect({ group: row.group, command: row.command }).toEqual({
    group: header.group,
    command: header.command,
  });
  expect(row[direction].decode(packet.body)).toEqual(withBytes(body));
  if (direction === 'response') {
    expect(deviceErrorIn(message, decodeBody(packet.body))).toBeNull();
    return;
  }
  expect(messageOf(header)).toBe(row);
  const encoded = encodePacket(header, row.request.encode(withBytes(body) as never));
  expect(Buffer.from(encoded).toString('hex')).toBe(hex);
});

test('no single flipped bit on the line gives another packet', () => {
  for (const { hex } of packetVectors) {
    const stream = encodeFrames(fromHex(hex));
    for (let bit = 0; bit < stream.length * 8; bit++) {
      const damaged = Uint8Array.from(stream);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (eventsOf(damaged).some(({ kind }) => kind === 'packet')) throw new Error(`bit ${bit} of ${hex}`);
    }
  }
});

test.each(errorVectors)('$message: $why', ({ message, hex, group, rc }) => {
  const { body } = decodePacket(fromHex(hex));
  expect(deviceErrorIn(message, decodeBody(body))).toMatchObject({ group, rc });
});

test.each(invalidPackets)('invalid packet: $why', ({ hex, error }) => {
  if (error === 'MESSAGE_UNKNOWN') expect(messageOf(decodePacket(fromHex(hex)).header)).toBeUndefined();
  else expect(errorOf(() => decodePacket(fromHex(hex)))).toBe(error);
});

test.each(invalidBodies)('invalid body of $message: $why', ({ message, hex, error }) => {
  expect(errorOf(() => messageNamed(message).response.decode(fromHex(hex)))).toBe(error);
});

describe('the vectors are complete', () => {
  test('every message has a request and a response', () => {
    const covered = new Set(packetVectors.map(({ message, direction }) => `${message} ${direction}`));
    const wanted = everyMessage.flatMap(({ name }) => [`${name} request`, `${name} response`]);
    expect(wanted.filter((one) => !covered.has(one))).toEqual([]);
  });

  test('every error code has an invalid vector', () => {
    const covered = new Set([...invalidPackets, ...invalidBodies].map(({ error }) => error));
    // Too large a body is refused when it is encoded; no bytes can show it.
    const wanted = Object.keys(protocolErrorCodes).filter((code) => code !== 'BODY_TOO_LARGE');
    expect(wanted.filter((code) => !covered.has(code as ProtocolErrorCode))).toEqual([]);
    expect(errorOf(() => encodeFrames(new Uint8Array(65_534)))).toBe('BODY_TOO_LARGE');
    expect(errorOf(() => encodePacket(packetVectors[0]?.header as Header, new Uint8Array(65_536)))).toBe(
      'BODY_TOO_LARGE',
    );
  });

  test('every message has a name and a place of its own', () => {
    expect(new Set(everyMessage.map(({ name }) => name)).size).toBe(everyMessage.length);
    const places = everyMessage.map(({ group, command, operation }) => `${group} ${command} ${operation}`);
    expect(new Set(places).size).toBe(everyMessage.length);
  });

  test('a second reader, in another language, reads them the same way', async () => {
    const reader = fileURLToPath(new URL('read_smp_vectors.py', specFolder));
    const { stdout } = await promisify(execFile)('python3', [reader]);
    expect(stdout).toContain(`packets: ${packetVectors.length} vectors agree`);
    expect(stdout).toContain(`bulk: ${bulkVectors.length} vectors agree`);
  });

  test('the CDDL of the recorder group fits them, and nothing that is broken', async () => {
    const checker = fileURLToPath(new URL('check_smp_cddl.py', specFolder));
    const { stdout } = await promisify(execFile)('python3', ['-B', checker]);
    expect(stdout).toMatch(/rules: \d+ bodies fit, \d{2,} broken ones do not/u);
  });
});
