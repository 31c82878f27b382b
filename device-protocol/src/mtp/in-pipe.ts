import { type UsbConnection, UsbError } from '../usb/usb-connection.ts';

/** Bytes of one transfer from the recorder. */
export interface Received {
  bytes: Uint8Array;
  /** True where the recorder ended the transfer: what follows stands in another one. */
  isEnd: boolean;
}

/**
 * The bulk pipe towards the host as runs of bytes. Containers are told apart by their length, not by transfers: after
 * data that fills its last packet some recorders send an empty one and others do not (USB 2.0 §5.8.3).
 */
export class InPipe {
  readonly #usb: UsbConnection;
  #kept: Received | null = null;
  #isHalted = false;

  constructor(usb: UsbConnection) {
    this.#usb = usb;
  }

  /** True once the recorder stalled the pipe, until `clearHalt`. */
  get isHalted(): boolean {
    return this.#isHalted;
  }

  /** What was kept, else one transfer of up to `lengthBytes`, in whole packets. Throws UsbError. */
  async next(lengthBytes: number, timeoutMs: number, signal: AbortSignal): Promise<Received> {
    const kept = this.#kept;
    if (kept !== null) {
      this.#kept = null;
      return kept;
    }
    const { maxPacketBytes } = this.#usb.pipes;
    const wantedBytes = Math.ceil(lengthBytes / maxPacketBytes) * maxPacketBytes;
    try {
      const bytes = await this.#usb.bulkIn(wantedBytes, { timeoutMs, signal });
      return { bytes, isEnd: bytes.length < wantedBytes };
    } catch (error) {
      if (error instanceof UsbError && error.code === 'STALL') this.#isHalted = true;
      throw error;
    }
  }

  /** Puts back what belongs to the next container. */
  keep(received: Received): void {
    if (received.bytes.length > 0) this.#kept = received;
  }

  forget(): void {
    this.#kept = null;
  }

  async clearHalt(signal: AbortSignal): Promise<void> {
    await this.#usb.clearHalt(this.#usb.pipes.bulkIn, signal);
    this.#isHalted = false;
  }
}
