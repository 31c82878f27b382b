import { crc16 } from './crc16.ts';
import {
  crcBytes,
  decodeBase64,
  frameContinuation,
  frameStart,
  maxBase64Bytes,
  maxPacketBytes,
  newline,
} from './frame.ts';
import { headerBytes } from './header.ts';
import type { DiscardReason, PacketEvent } from './packet-link.ts';

type LineKind = 'text' | 'start' | 'continuation';

/** A packet being put together: room for its whole claimed length, at most 64 KiB. */
interface Assembly {
  bytes: Uint8Array;
  filled: number;
}

const carriageReturn = 0x0d;

/** Room for a line between mark and newline: the longest base64, a carriage return, and one byte that is too many. */
const lineRoom = maxBase64Bytes + 2;

/**
 * Turns chunks of a console stream, cut anywhere, into packets and discarded bytes. A frame mark always starts a
 * new line, since its bytes occur in no frame, so the stream is in step again at the next mark after any damage.
 * Holds at most one line (126 bytes) and one packet (64 KiB), whatever arrives.
 */
export class FrameStream {
  readonly #line = new Uint8Array(lineRoom);
  #lineLength = 0;
  #previousByte = 0;
  #lineKind: LineKind = 'text';
  #assembly: Assembly | null = null;

  /** Takes the next bytes and yields what they complete, in order. */
  *push(chunk: Uint8Array): Generator<PacketEvent> {
    for (const byte of chunk) {
      const mark = markOf(this.#previousByte, byte);
      this.#previousByte = byte;
      if (byte === newline) {
        yield* this.#endLine();
      } else if (mark !== null) {
        yield* this.#startLine(mark);
      } else {
        this.#line[this.#lineLength++] = byte;
        if (this.#lineLength === lineRoom) yield* this.#cutLine();
      }
    }
  }

  /** A line may not grow: text goes out in pieces, a frame is broken. */
  *#cutLine(): Generator<PacketEvent> {
    if (this.#lineKind === 'text') {
      yield this.#discardLine('not-a-frame');
      return;
    }
    yield this.#discardLine('line-too-long');
    yield* this.#dropAssembly('packet-interrupted');
  }

  *#startLine(kind: LineKind): Generator<PacketEvent> {
    // The first byte of the mark already stands in the line, or went out with a piece of text.
    this.#lineLength = Math.max(0, this.#lineLength - 1);
    if (this.#lineKind !== 'text') {
      yield this.#discardLine('line-interrupted');
      yield* this.#dropAssembly('packet-interrupted');
    } else if (this.#lineLength > 0) {
      yield this.#discardLine('not-a-frame');
    }
    this.#lineLength = 0;
    this.#lineKind = kind;
  }

  #discardLine(why: DiscardReason): PacketEvent {
    const bytes = this.#line.slice(0, this.#lineLength);
    this.#lineLength = 0;
    this.#lineKind = 'text';
    return { kind: 'discarded', bytes, why };
  }

  *#endLine(): Generator<PacketEvent> {
    if (this.#lineKind === 'text') {
      if (this.#lineLength > 0) yield this.#discardLine('not-a-frame');
      return;
    }
    const kind = this.#lineKind;
    // A console may turn the newline into CR LF.
    const end = this.#line[this.#lineLength - 1] === carriageReturn ? this.#lineLength - 1 : this.#lineLength;
    const raw = decodeBase64(this.#line.subarray(0, end));
    if (raw === null) {
      yield this.#discardLine('bad-base64');
      yield* this.#dropAssembly('packet-interrupted');
    } else if (kind === 'start') {
      yield* this.#beginPacket(raw);
    } else {
      yield* this.#continuePacket(raw);
    }
    this.#lineLength = 0;
    this.#lineKind = 'text';
  }

  *#beginPacket(raw: Uint8Array): Generator<PacketEvent> {
    yield* this.#dropAssembly('packet-interrupted');
    const claimed = ((raw[0] ?? 0) << 8) | (raw[1] ?? 0);
    if (raw.length < 2 || claimed < headerBytes + crcBytes || claimed > maxPacketBytes + crcBytes) {
      yield { kind: 'discarded', bytes: raw, why: 'bad-length' };
      return;
    }
    this.#assembly = { bytes: new Uint8Array(claimed), filled: 0 };
    yield* this.#append(this.#assembly, raw.subarray(2));
  }

  *#continuePacket(raw: Uint8Array): Generator<PacketEvent> {
    if (this.#assembly === null) yield { kind: 'discarded', bytes: raw, why: 'stray-continuation' };
    else yield* this.#append(this.#assembly, raw);
  }

  *#append(assembly: Assembly, part: Uint8Array): Generator<PacketEvent> {
    if (part.length > assembly.bytes.length - assembly.filled) {
      yield* this.#dropAssembly('packet-overrun');
      return;
    }
    assembly.bytes.set(part, assembly.filled);
    assembly.filled += part.length;
    if (assembly.filled < assembly.bytes.length) return;

    this.#assembly = null;
    const packet = assembly.bytes.subarray(0, -crcBytes);
    const sent = ((assembly.bytes.at(-2) ?? 0) << 8) | (assembly.bytes.at(-1) ?? 0);
    if (crc16(packet) === sent) yield { kind: 'packet', packet };
    else yield { kind: 'discarded', bytes: assembly.bytes, why: 'bad-crc' };
  }

  *#dropAssembly(why: DiscardReason): Generator<PacketEvent> {
    if (this.#assembly === null) return;
    const { bytes, filled } = this.#assembly;
    this.#assembly = null;
    yield { kind: 'discarded', bytes: bytes.subarray(0, filled), why };
  }
}

function markOf(previous: number, byte: number): 'start' | 'continuation' | null {
  if (byte === frameStart[1] && previous === frameStart[0]) return 'start';
  if (byte === frameContinuation[1] && previous === frameContinuation[0]) return 'continuation';
  return null;
}
