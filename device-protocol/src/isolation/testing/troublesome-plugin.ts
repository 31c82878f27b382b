/** A driver for tests that does to its own process whatever it is told to. */

import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecorderPlugin } from '../../plugin/plugin.ts';
import type { ClipReader, ListedClip, Recorder } from '../../recorder.ts';

export interface Trouble {
  /** What is done, once a call of this name comes (for `read`: once it reaches `afterBytes`). */
  at: 'open' | 'identify' | 'read' | 'list';
  afterBytes?: number;
  kind:
    | 'abort'
    | 'busy'
    | 'exit'
    | 'throw'
    | 'silence'
    | 'garbage'
    | 'huge-header'
    | 'foreign-answer'
    | 'unasked-bytes'
    | 'deaf-to-cancel';
}

export interface TroublesomeOptions {
  clips: number;
  clipBytes: number;
  /** Bytes handed over by each read; then that long a pause. */
  pauseMs?: number;
  trouble?: Trouble;
}

/** Byte at a position of every clip. */
export function byteAt(positionBytes: number): number {
  return (positionBytes * 31 + (positionBytes >> 8) * 7) & 0xff;
}

async function make({ kind }: Trouble, signal: AbortSignal): Promise<void> {
  switch (kind) {
    case 'abort':
      process.abort();
      break;
    case 'exit':
      process.exit(7);
      break;
    case 'throw':
      throw new TypeError('the driver tripped');
    case 'busy':
      for (;;);
    case 'silence':
      await delay(2 ** 30, undefined, { signal });
      break;
    case 'deaf-to-cancel':
      await delay(2 ** 30);
      break;
    case 'garbage':
      writeSync(3, Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
      break;
    case 'huge-header':
      writeSync(3, Buffer.from('ffffffff00000000', 'hex'));
      break;
    case 'foreign-answer':
      writeSync(3, frame({ id: 4_000_000, answer: {} }, 0));
      break;
    case 'unasked-bytes':
      // The second question; the first one opened the recorder.
      writeSync(3, frame({ id: 2, answer: {} }, 0xffff_ffff));
  }
}

function frame(header: unknown, payloadBytes: number): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(text.length, 0);
  head.writeUInt32BE(payloadBytes, 4);
  return Buffer.concat([head, text]);
}

export const recorderPlugin: RecorderPlugin = {
  apiVersion: 1,
  name: 'troublesome',
  serves: [{ by: 'volume' }],
  createDriver: (options) => ({
    name: 'troublesome',
    open: async (_, signal) => {
      const troublesome = options as TroublesomeOptions;
      if (troublesome.trouble?.at === 'open') await make(troublesome.trouble, signal);
      return recorder(troublesome);
    },
  }),
};

function recorder(options: TroublesomeOptions): Recorder {
  const meet = async (at: Trouble['at'], signal: AbortSignal, reachedBytes = 0) => {
    const { trouble } = options;
    if (trouble?.at === at && reachedBytes >= (trouble.afterBytes ?? 0)) await make(trouble, signal);
  };
  const cannot = async (): Promise<never> => {
    throw Object.assign(new Error('it cannot'), { code: 'NOT_SUPPORTED' });
  };
  return {
    driver: 'troublesome',
    capabilities: new Set(),
    parallelReads: 2,
    firmware: null,
    identify: async (signal) => {
      await meet('identify', signal);
      return {
        serialNumber: 'T-1',
        vendor: null,
        model: process.env.DOCKET_SECRET ?? null,
        firmware: null,
        officerNumber: null,
        source: 'device',
      };
    },
    async *list(signal) {
      for (let number = 0; number < options.clips; number++) {
        signal.throwIfAborted();
        if (number === options.clips >> 1) await meet('list', signal);
        yield { type: 'clip', clip: clip(number, options.clipBytes) };
      }
    },
    open: async ({ sizeBytes }) => reader(sizeBytes, options, meet),
    readStatus: async () => ({ batteryPercent: 55, capacityBytes: null, freeBytes: null }),
    isPresent: async () => true,
    close: async () => {},
    readClock: cannot,
    setClock: cannot,
    hashOnDevice: cannot,
    writeIdentity: cannot,
    switchMode: cannot,
    erase: cannot,
  };
}

function reader(
  sizeBytes: number,
  { pauseMs = 0 }: TroublesomeOptions,
  meet: (at: 'read', signal: AbortSignal, reachedBytes: number) => Promise<void>,
): ClipReader {
  return {
    sizeBytes,
    pieceBytes: 256 * 1024,
    read: async (into, positionBytes, signal) => {
      const lengthBytes = Math.max(0, Math.min(into.length, sizeBytes - positionBytes));
      await meet('read', signal, positionBytes + lengthBytes);
      if (pauseMs > 0) await delay(pauseMs, undefined, { signal });
      for (let index = 0; index < lengthBytes; index++) into[index] = byteAt(positionBytes + index);
      return lengthBytes;
    },
    assertUnchanged: async () => {},
    close: async () => {},
  };
}

function clip(number: number, sizeBytes: number): ListedClip {
  const name = `片段${String(number).padStart(6, '0')}.mp4`;
  return {
    // The last byte is no UTF-8: paths are bytes.
    pathBytes: Uint8Array.from([...Buffer.from(`DCIM/${name}`), 0xff]),
    name,
    nameEncoding: 'bytes',
    kind: 'video',
    sizeBytes,
    modifiedAt: null,
    startedAt: { text: '2026-01-02T03:04:05', source: 'name', assumedZone: null },
    marked: false,
    markedSource: null,
    deviceNumberInName: null,
    officerNumberInName: null,
    concern: null,
  };
}
