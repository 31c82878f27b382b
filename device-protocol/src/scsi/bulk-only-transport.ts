/** SCSI commands over one pair of bulk pipes: USB Mass Storage Class, Bulk-Only Transport 1.0. */

import { type TransferOptions, type UsbConnection, UsbError } from '../usb/usb-connection.ts';
import { ScsiProtocolError } from './protocol-error.ts';
import { decodeStatusWrapper, encodeCommandWrapper, type StatusWrapper } from './wrappers.ts';

export interface ScsiCommand {
  /** The command block, 1 to 16 bytes. */
  command: Uint8Array;
  /** Data from the device: so many bytes, or fewer. */
  takeBytes?: number;
  /** Data to the device. */
  give?: Uint8Array;
}

export interface ScsiOutcome {
  status: 'passed' | 'failed';
  /** What the device sent, without padding. */
  data: Uint8Array;
}

export interface BulkOnlyOptions {
  /** For each of the three phases of a command. */
  phaseTimeoutMs: number;
}

/** Class requests, §3. */
const requests = { reset: 0xff, getMaxLun: 0xfe } as const;
const maxLun = 15;

export class BulkOnlyTransport {
  readonly #usb: UsbConnection;
  readonly #phaseTimeoutMs: number;
  #lastTag = 0;
  /** Something was left half done: the device has to be reset before the next command. */
  #isOutOfStep = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(usb: UsbConnection, { phaseTimeoutMs }: BulkOnlyOptions) {
    this.#usb = usb;
    this.#phaseTimeoutMs = phaseTimeoutMs;
  }

  /** Number of the last logical unit (§3.2); 0 where the device stalls, as it may. Throws UsbError, ScsiProtocolError. */
  async readMaxLun(signal: AbortSignal): Promise<number> {
    try {
      const answer = await this.#usb.controlIn(
        this.#classRequest(requests.getMaxLun),
        1,
        this.#options(signal),
      );
      const [lun] = answer;
      if (lun === undefined || lun > maxLun)
        throw new ScsiProtocolError('DATA_VALUE', `last logical unit ${lun}`);
      return lun;
    } catch (error) {
      if (error instanceof UsbError && error.code === 'STALL') return 0;
      throw error;
    }
  }

  /**
   * Runs one command on unit 0; commands follow one another. Throws UsbError, ScsiProtocolError, or the signal's reason; the
   * device is then reset before the next one.
   */
  run(command: ScsiCommand, signal: AbortSignal): Promise<ScsiOutcome> {
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(signal.reason);
      const mine = this.#last.then(() => {
        signal.removeEventListener('abort', giveUp);
        return this.#runAlone(command, signal);
      });
      // One that still waits for its turn gives up at once; one that runs ends its transfer first.
      signal.addEventListener('abort', giveUp, { once: true });
      this.#last = mine.catch(() => undefined);
      mine.then(resolve, reject);
    });
  }

  async #runAlone(command: ScsiCommand, signal: AbortSignal): Promise<ScsiOutcome> {
    signal.throwIfAborted();
    if (this.#isOutOfStep) await this.#recover(signal);
    this.#isOutOfStep = true;
    const outcome = await this.#phases(command, signal);
    this.#isOutOfStep = false;
    return outcome;
  }

  async #phases({ command, takeBytes = 0, give }: ScsiCommand, signal: AbortSignal): Promise<ScsiOutcome> {
    this.#lastTag = (this.#lastTag + 1) >>> 0;
    const tag = this.#lastTag;
    const transferBytes = give?.length ?? takeBytes;
    const isIn = give === undefined && takeBytes > 0;
    const wrapper = encodeCommandWrapper({ tag, transferBytes, isIn, lun: 0, command });
    await this.#usb.bulkOut(wrapper, this.#options(signal));
    const data = await this.#dataPhase(isIn ? takeBytes : 0, give, signal);
    const status = await this.#statusPhase({ tag, transferBytes }, signal);
    if (status.status === 'phase-error')
      throw new ScsiProtocolError('PHASE_ERROR', 'the device reports a phase error');
    return { status: status.status, data: relevant(data, isIn ? transferBytes - status.residueBytes : 0) };
  }

  /** A stall here ends the data early and is no error by itself: the status tells (§6.7.2, §6.7.3). */
  async #dataPhase(
    takeBytes: number,
    give: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { bulkIn, bulkOut } = this.#usb.pipes;
    try {
      if (takeBytes > 0) return await this.#usb.bulkIn(takeBytes, this.#options(signal));
      if (give !== undefined && give.length > 0) await this.#usb.bulkOut(give, this.#options(signal));
    } catch (error) {
      if (!isStall(error)) throw error;
      await this.#usb.clearHalt(takeBytes > 0 ? bulkIn : bulkOut, signal);
    }
    return new Uint8Array(0);
  }

  /** One stall, or one empty packet left from the data, is passed over (§5.3, figure 2). */
  async #statusPhase(
    asked: { tag: number; transferBytes: number },
    signal: AbortSignal,
  ): Promise<StatusWrapper> {
    const { bulkIn, maxPacketBytes } = this.#usb.pipes;
    const read = () => this.#usb.bulkIn(maxPacketBytes, this.#options(signal));
    let answer: Uint8Array;
    try {
      answer = await read();
      if (answer.length === 0) answer = await read();
    } catch (error) {
      if (!isStall(error)) throw error;
      await this.#usb.clearHalt(bulkIn, signal);
      answer = await read();
    }
    return decodeStatusWrapper(answer, asked);
  }

  /** Reset recovery (§5.3.4); a device that cannot even do that gets its port reset. */
  async #recover(signal: AbortSignal): Promise<void> {
    const { bulkIn, bulkOut } = this.#usb.pipes;
    try {
      await this.#usb.controlOut(
        this.#classRequest(requests.reset),
        new Uint8Array(0),
        this.#options(signal),
      );
      await this.#usb.clearHalt(bulkIn, signal);
      await this.#usb.clearHalt(bulkOut, signal);
    } catch (error) {
      if (!(error instanceof UsbError) || error.code === 'GONE') throw error;
      await this.#usb.reset(signal);
    }
  }

  #classRequest(request: number) {
    const { interfaceNumber: index } = this.#usb;
    return { type: 'class', recipient: 'interface', request, value: 0, index } as const;
  }

  #options(signal: AbortSignal): TransferOptions {
    return { timeoutMs: this.#phaseTimeoutMs, signal };
  }
}

/** Data without its padding. Throws ScsiProtocolError where the device says that more came than did. */
function relevant(data: Uint8Array, relevantBytes: number): Uint8Array {
  if (data.length < relevantBytes) {
    throw new ScsiProtocolError(
      'CSW_RESIDUE',
      `${relevantBytes} bytes are said to have come, ${data.length} did`,
    );
  }
  return data.subarray(0, relevantBytes);
}

function isStall(error: unknown): boolean {
  return error instanceof UsbError && error.code === 'STALL';
}
