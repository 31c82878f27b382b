import { RecorderError } from '../errors.ts';
import { type UsbConnection, UsbError } from '../usb/usb-connection.ts';
import { BulkStream } from './bulk-stream.ts';
import type { PacketEvent, PacketLink } from './packet-link.ts';

const pieceBytes = 1024 * 1024;
/** A transfer towards the host waits this long and is then asked for anew: a recorder speaks only when asked. */
const idleMs = 60_000;
const sendMs = 5_000;
/** Halts in a row, without a packet between them, after which the endpoint counts as broken. */
const maxHalts = 3;

/** Bare packets over the two bulk endpoints of a USB interface, each packet one transfer. */
export function bulkPackets(usb: UsbConnection): PacketLink {
  return new BulkPackets(usb);
}

class BulkPackets implements PacketLink {
  readonly pieceBytes = pieceBytes;
  readonly input: AsyncIterable<PacketEvent>;
  readonly #usb: UsbConnection;
  readonly #closing = new AbortController();
  /** Transfers from the host take turns: a packet and the empty one that ends it stay together. */
  #sent: Promise<void> = Promise.resolve();

  constructor(usb: UsbConnection) {
    this.#usb = usb;
    this.input = this.#read();
  }

  async *#read(): AsyncGenerator<PacketEvent> {
    const { signal } = this.#closing;
    const stream = new BulkStream(this.#usb.pipes.maxPacketBytes);
    let halts = 0;
    while (!signal.aborted) {
      try {
        const { wantedBytes } = stream;
        const chunk = await this.#usb.bulkIn(wantedBytes, { timeoutMs: idleMs, signal });
        for (const event of stream.push(chunk, chunk.length < wantedBytes)) {
          if (event.kind === 'packet') halts = 0;
          yield event;
        }
      } catch (error) {
        if (signal.aborted) return;
        yield* stream.interrupt();
        if (error instanceof UsbError && error.code === 'STALL' && ++halts <= maxHalts) {
          await this.#usb.clearHalt(this.#usb.pipes.bulkIn, signal).catch(linkFault);
        } else if (!isPassing(error)) {
          linkFault(error);
        }
      }
    }
  }

  send(packet: Uint8Array): Promise<void> {
    const sending = this.#sent.then(() => this.#sendNow(packet));
    this.#sent = sending.catch(() => undefined);
    return sending;
  }

  async #sendNow(packet: Uint8Array): Promise<void> {
    const { signal } = this.#closing;
    const options = { timeoutMs: sendMs, signal, endWithEmptyPacket: true };
    try {
      await this.#usb.bulkOut(packet, options);
    } catch (error) {
      if (!(error instanceof UsbError && error.code === 'STALL')) linkFault(error);
      // Halted by something earlier: cleared once, the packet itself is tried again.
      await this.#usb.clearHalt(this.#usb.pipes.bulkOut, signal).catch(linkFault);
      await this.#usb.bulkOut(packet, options).catch(linkFault);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new RecorderError('RECORDER_GONE', 'the link was closed'));
    await this.#usb.close();
  }
}

/** Nothing came, or too much at once: what follows may be whole. */
function isPassing(error: unknown): boolean {
  return error instanceof UsbError && (error.code === 'TIMEOUT' || error.code === 'OVERFLOW');
}

/** What a failed transfer means for the recorder. */
function linkFault(cause: unknown): never {
  if (!(cause instanceof UsbError)) throw cause;
  const code = cause.code === 'TIMEOUT' || cause.code === 'STALL' ? 'RECORDER_SILENT' : 'RECORDER_GONE';
  throw new RecorderError(code, `the USB transfer failed: ${cause.message}`, { cause });
}
