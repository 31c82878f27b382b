/** The device's end of bulk-only transport: takes command wrappers, moves data, sends status wrappers (BOT 1.0 §5 to §6). */

import { ScsiProtocolError } from '../../scsi/protocol-error.ts';
import {
  type CommandWrapper,
  decodeCommandWrapper,
  encodeStatusWrapper,
  type StatusWrapper,
} from '../../scsi/wrappers.ts';
import type { DevicePort, SimulatedUsbDevice } from '../usb/simulated-usb-device.ts';
import { FaultScript, findMishap, type ScsiFault, type ScsiMishap } from './faults.ts';
import {
  type Execution,
  encodeSense,
  fail,
  give,
  type LogicalUnit,
  type SenseValues,
  senses,
} from './logical-unit.ts';

export interface BulkOnlyTargetOptions {
  unit: LogicalUnit;
  faults: readonly ScsiFault[];
  /** Every answer takes so long. */
  exchangeMs: number;
  pipes: { bulkIn: number; bulkOut: number; maxPacketBytes: number };
}

/** A command between its wrapper and its status. */
interface Running {
  wrapper: CommandWrapper;
  mishaps: ScsiMishap[];
  name: string;
}

/** More than any host asks for at once; keeps what waits for the host bounded. */
const maxTransferBytes = 16 * 1024 * 1024;
/** A device hears nothing of its data being fetched; it looks. */
const fetchPollMs = 1;
const requestSense = 0x03;
const requests = { reset: 0xff, getMaxLun: 0xfe } as const;
const nothing = new Uint8Array(0);

export class BulkOnlyTarget implements Omit<SimulatedUsbDevice, 'descriptors'> {
  readonly #options: BulkOnlyTargetOptions;
  readonly #faults: FaultScript;
  #port: DevicePort | null = null;
  /** Gathers data from the host, where a command wants some. */
  #taking: {
    running: Running;
    execution: Execution & { type: 'take' };
    chunks: Uint8Array[];
    bytes: number;
  } | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Sent once the host has cleared the halt in its way. */
  #heldStatus: Uint8Array | null = null;
  /** After a wrapper that is none, both pipes stay halted until the host resets (§6.6.1). */
  #isLost = false;
  #sense: SenseValues = senses.none;
  #givenBytes = 0;

  constructor(options: BulkOnlyTargetOptions) {
    this.#options = options;
    this.#faults = new FaultScript(options.faults);
  }

  attached(port: DevicePort): void {
    // A port reset comes without a plug in between.
    if (this.#port === null) this.#options.unit.open?.();
    this.#port = port;
    this.#startAnew();
  }

  detached(): void {
    this.#startAnew();
    this.#port = null;
    this.#options.unit.close?.();
  }

  received(_endpoint: number, bytes: Uint8Array): void {
    if (this.#taking !== null) this.#take(bytes);
    else this.#begin(bytes);
  }

  control(setup: { type: string; request: number; direction: 'in' | 'out' }): Uint8Array | null {
    if (setup.type !== 'class') return null;
    if (setup.request === requests.getMaxLun && setup.direction === 'in') return Uint8Array.of(0);
    if (setup.request !== requests.reset) return null;
    this.#startAnew();
    this.#port?.flush(this.#options.pipes.bulkIn);
    return nothing;
  }

  haltCleared(endpoint: number): void {
    if (this.#isLost) {
      this.#port?.halt(endpoint);
      return;
    }
    const status = this.#heldStatus;
    this.#heldStatus = null;
    if (status !== null) this.#sendStatus(status);
  }

  #startAnew(): void {
    clearTimeout(this.#timer);
    this.#taking = null;
    this.#heldStatus = null;
    this.#isLost = false;
  }

  #begin(bytes: Uint8Array): void {
    let wrapper: CommandWrapper;
    try {
      wrapper = decodeCommandWrapper(bytes);
    } catch (error) {
      if (!(error instanceof ScsiProtocolError)) throw error;
      this.#isLost = true;
      this.#port?.halt(this.#options.pipes.bulkIn);
      this.#port?.halt(this.#options.pipes.bulkOut);
      return;
    }
    const name = this.#options.unit.nameOf(wrapper.command);
    const running = { wrapper, name, mishaps: this.#faults.meet(name) };
    const execution = this.#execute(running);
    const wanted = execution.type === 'take' ? execution.lengthBytes : 0;
    if (!wrapper.isIn && wrapper.transferBytes > 0) {
      if (this.#isStalled(running.mishaps, 'data')) {
        this.#refuseData(running);
        return;
      }
      // All the host announced is taken, whatever the command wants of it (§6.7.3).
      const finish = execution.type === 'take' ? execution.finish : () => execution;
      this.#taking = {
        running,
        execution: { type: 'take', lengthBytes: wanted, finish },
        chunks: [],
        bytes: 0,
      };
      return;
    }
    this.#answerLater(running, execution);
  }

  /** The host's data is stalled before any of it is taken. */
  #refuseData({ wrapper: { tag, transferBytes } }: Running): void {
    this.#sense = senses.invalidField;
    this.#port?.halt(this.#options.pipes.bulkOut);
    this.#sendStatus(encodeStatusWrapper({ tag, residueBytes: transferBytes, status: 'failed' }));
  }

  #execute({ wrapper: { command, transferBytes }, mishaps }: Running): Execution {
    const failing = findMishap(mishaps, 'fail');
    if (failing !== undefined) return fail(failing.sense);
    if (transferBytes > maxTransferBytes) return fail(senses.invalidField);
    if (command[0] === requestSense) {
      const sense = encodeSense(this.#sense);
      this.#sense = senses.none;
      return give(sense.subarray(0, command[4] ?? 0));
    }
    return this.#options.unit.execute(command);
  }

  #take(bytes: Uint8Array): void {
    const taking = this.#taking;
    if (taking === null) return;
    taking.chunks.push(bytes);
    taking.bytes += bytes.length;
    const isShort = bytes.length % this.#options.pipes.maxPacketBytes !== 0 || bytes.length === 0;
    const { transferBytes } = taking.running.wrapper;
    if (taking.bytes < transferBytes && !isShort) return;
    this.#taking = null;
    const data = Buffer.concat(taking.chunks).subarray(0, transferBytes);
    const { lengthBytes, finish } = taking.execution;
    const execution: Execution =
      data.length < lengthBytes ? { ...taking.execution } : finish(data.subarray(0, lengthBytes));
    this.#answerLater(taking.running, execution, Math.min(lengthBytes, data.length));
  }

  #answerLater(running: Running, execution: Execution, takenBytes = 0): void {
    if (findMishap(running.mishaps, 'keep-silent') !== undefined) return;
    const delayMs = this.#options.exchangeMs + (findMishap(running.mishaps, 'delay')?.delayMs ?? 0);
    if (delayMs === 0) this.#answer(running, execution, takenBytes);
    else this.#timer = setTimeout(() => this.#answer(running, execution, takenBytes), delayMs);
  }

  /** The thirteen cases of §6.7: what the host expects against what the command comes to. */
  #answer(running: Running, execution: Execution, takenBytes: number): void {
    const { wrapper, mishaps } = running;
    const { tag, transferBytes, isIn } = wrapper;
    if (execution.type === 'fail') this.#sense = execution.sense;
    const data = this.#dataOf(running, execution);
    const room = isIn ? transferBytes : 0;
    const isBeyond = execution.type === 'take' || data.length > room;
    const isPhaseError = isBeyond || findMishap(mishaps, 'phase-error') !== undefined;
    const status = isPhaseError ? 'phase-error' : execution.type === 'fail' ? 'failed' : 'passed';
    const isStalled = room > 0 && this.#isStalled(mishaps, 'data');
    const given = isStalled ? nothing : data.subarray(0, room);
    if (this.#unplugsWithin(running, given)) return;
    if (room > 0 && !isStalled) this.#sendData(given, transferBytes);
    const residueBytes = transferBytes - (isIn ? given.length : takenBytes);
    this.#statusPhase(running, { tag, residueBytes, status }, isStalled);
  }

  #dataOf({ mishaps }: Running, execution: Execution): Uint8Array {
    if (execution.type !== 'give') return nothing;
    const short = findMishap(mishaps, 'short-data');
    const data = Uint8Array.from(execution.data.subarray(0, short?.lengthBytes ?? execution.data.length));
    const corrupt = findMishap(mishaps, 'corrupt-byte');
    if (corrupt !== undefined && corrupt.positionBytes < data.length) {
      data[corrupt.positionBytes] = (data[corrupt.positionBytes] ?? 0) ^ 0x01;
    }
    return data;
  }

  #isStalled(mishaps: readonly ScsiMishap[], phase: 'data' | 'status'): boolean {
    return mishaps.some((one) => one.do === 'stall' && one.phase === phase);
  }

  #unplugsWithin({ mishaps }: Running, data: Uint8Array): boolean {
    const before = this.#givenBytes;
    this.#givenBytes += data.length;
    const unplug = findMishap(mishaps, 'unplug');
    if (unplug === undefined || this.#givenBytes < unplug.positionBytes) return false;
    const last = Math.max(unplug.positionBytes - before, 0);
    this.#port?.send(this.#options.pipes.bulkIn, data.subarray(0, last), { isEnd: false });
    this.#port?.unplug();
    return true;
  }

  /** Less than the host asked for is ended by a short packet; all of it needs no end. */
  #sendData(data: Uint8Array, transferBytes: number): void {
    const { bulkIn, maxPacketBytes } = this.#options.pipes;
    const isEnd = data.length < transferBytes || data.length % maxPacketBytes !== 0;
    this.#port?.send(bulkIn, data, { isEnd });
  }

  #statusPhase({ mishaps }: Running, status: StatusWrapper, isDataStalled: boolean): void {
    const encoded = encodeStatusWrapper({
      ...status,
      tag: findMishap(mishaps, 'wrong-tag') === undefined ? status.tag : (status.tag + 1) >>> 0,
      residueBytes: findMishap(mishaps, 'wrong-residue')?.residueBytes ?? status.residueBytes,
    });
    if (findMishap(mishaps, 'wrong-signature') !== undefined) encoded[0] = 0x55 ^ 0xff;
    if (isDataStalled || this.#isStalled(mishaps, 'status')) this.#haltBefore(encoded);
    else this.#sendStatus(encoded);
  }

  /** Halts once the host has fetched the data, and sends the status once it has cleared that. */
  #haltBefore(status: Uint8Array): void {
    const { bulkIn } = this.#options.pipes;
    if ((this.#port?.queuedBytes(bulkIn) ?? 0) > 0) {
      this.#timer = setTimeout(() => this.#haltBefore(status), fetchPollMs);
      return;
    }
    this.#heldStatus = status;
    this.#port?.halt(bulkIn);
  }

  #sendStatus(encoded: Uint8Array): void {
    this.#port?.send(this.#options.pipes.bulkIn, encoded);
    this.#options.unit.afterStatus?.();
  }
}
