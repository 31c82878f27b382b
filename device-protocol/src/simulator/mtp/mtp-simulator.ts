import { setTimeout as delay } from 'node:timers/promises';
import { classRequests, events, responses } from '../../mtp/codes.ts';
import { decodeHeader, encodeContainer, headerBytes } from '../../mtp/container.ts';
import { cancelRequest } from '../../mtp/datasets.ts';
import { type Operation, operations } from '../../mtp/operations.ts';
import { isWireError } from '../../mtp/wire-error.ts';
import { SimulatedClock, type SimulatedClockOptions } from '../simulated-clock.ts';
import type { DevicePort, SimulatedDescriptors, SimulatedUsbDevice } from '../usb/simulated-usb-device.ts';
import type { Behaviour, Plug, Reply, SimulatedCommand } from './behaviour.ts';
import { reply } from './behaviour.ts';
import { type GeneratedClip, MtpCard, type NameAlias, type SimulatedStorage } from './card.ts';
import { answerCommand, type RecorderState } from './handlers.ts';
import { endpoints, sendReply } from './send-reply.ts';

export interface MtpSimulatorOptions {
  /** Folder whose files are the clips of the first storage; erased clips are deleted from it. */
  folder?: string;
  /** Clips of the first storage that are worked out instead of stored. */
  clips?: readonly GeneratedClip[];
  /** All storages, in the place of the first one. */
  storages?: readonly SimulatedStorage[];
  aliases?: readonly NameAlias[];
  /** Default: a clock that is right. `null` for a recorder without one. */
  clock?: SimulatedClockOptions | null;
  /** Default true. */
  isClockSettable?: boolean;
  /** ObjectInfo shows only the lower 32 bits of a size, as umtp-responder does. Default false. */
  truncatesSizes?: boolean;
  /** Percent, default 80. `null` for a recorder that does not tell. */
  battery?: number | null;
  capacityBytes?: number;
  freeBytes?: number;
  manufacturer?: string;
  model?: string;
  firmware?: string;
  /** Of DeviceInfo. Default `DEMO-001`. */
  serialNumber?: string;
  /** Of the USB descriptor. Default that of DeviceInfo. */
  usbSerialNumber?: string;
  /** Names of operations the recorder does not have. */
  without?: readonly string[];
  /** Control requests of the class are stalled, as many recorders do. Default false. */
  stallsClassRequests?: boolean;
  /** What an earlier host left to be read on the bulk pipe. */
  leftover?: Uint8Array;
  /** A session an earlier host left open. */
  openSession?: number;
  faults?: readonly Behaviour[];
}

/** A simulated MTP recorder, and what can be done to it from outside. */
export interface MtpSimulator extends SimulatedUsbDevice {
  /** Commands received so far, in order. */
  readonly commands: readonly SimulatedCommand[];
  readonly clock: SimulatedClock | null;
  /** Sends an event on the interrupt pipe. */
  emit(event: number, ...parameters: number[]): void;
  /** Looks at the folder again and tells of what is new by ObjectAdded. */
  rescan(): Promise<void>;
  unplug(): void;
}

const maxPayloadBytes = 64 * 1024;
/** Tests look at what was asked; a recorder that is left on for days must not grow. */
const maxRememberedCommands = 100_000;

/** A recorder that speaks MTP, written once for every carrier. */
export function createMtpSimulator(options: MtpSimulatorOptions = {}): MtpSimulator {
  return new SimulatedMtpRecorder(options);
}

interface Running {
  transaction: number;
  cancel: AbortController;
}

class SimulatedMtpRecorder implements MtpSimulator {
  readonly descriptors: SimulatedDescriptors;
  readonly commands: SimulatedCommand[] = [];
  readonly #options: MtpSimulatorOptions;
  readonly #state: RecorderState;
  #port: DevicePort | null = null;
  #incoming: Uint8Array = new Uint8Array(0);
  /** A command whose data phase is still to come. */
  #pending: SimulatedCommand | null = null;
  #running: Running | null = null;
  #work: Promise<void> = Promise.resolve();
  #stalled: number | null = null;

  constructor(options: MtpSimulatorOptions) {
    this.#options = options;
    this.#state = stateOf(options);
    this.descriptors = descriptorsOf(this.#state, options.usbSerialNumber ?? this.#state.serialNumber);
  }

  get clock(): SimulatedClock | null {
    return this.#state.clock;
  }

  attached(port: DevicePort): void {
    this.#forgetWork();
    this.#port = port;
    this.#state.session = this.#options.openSession ?? null;
    if (this.#options.leftover !== undefined) port.send(endpoints.bulkIn, this.#options.leftover);
  }

  detached(): void {
    this.#forgetWork();
    this.#port = null;
  }

  received(endpoint: number, bytes: Uint8Array): void {
    if (endpoint !== endpoints.bulkOut) return;
    this.#incoming = Buffer.concat([this.#incoming, bytes]);
    for (let container = this.#takeContainer(); container !== null; container = this.#takeContainer()) {
      this.#take(container);
    }
  }

  control(
    setup: { type: string; request: number; direction: 'in' | 'out' },
    data: Uint8Array,
  ): Uint8Array | null {
    if (setup.type !== 'class' || this.#options.stallsClassRequests === true) return null;
    switch (setup.request) {
      case classRequests.cancel:
        this.#cancel(cancelRequest.decode(data).transaction);
        return new Uint8Array(0);
      case classRequests.status:
        return this.#status();
      case classRequests.reset:
        this.#forgetWork();
        this.#state.session = null;
        this.#port?.flush(endpoints.bulkIn);
        return new Uint8Array(0);
      default:
        return null;
    }
  }

  haltCleared(endpoint: number): void {
    if (endpoint === this.#stalled) this.#stalled = null;
  }

  emit(event: number, ...parameters: number[]): void {
    const container = encodeContainer({ type: 'event', code: event, transaction: 0, parameters });
    this.#port?.send(endpoints.interruptIn, container);
  }

  async rescan(): Promise<void> {
    for (const handle of await this.#state.card.scan()) this.emit(events.objectAdded, handle);
  }

  unplug(): void {
    this.#port?.unplug();
  }

  #status(): Uint8Array {
    const busy = this.#running?.cancel.signal.aborted === true;
    const code = busy ? responses.deviceBusy : this.#stalled === null ? responses.ok : responses.generalError;
    const status = Buffer.alloc(this.#stalled === null ? 4 : 8);
    status.writeUInt16LE(status.length, 0);
    status.writeUInt16LE(code, 2);
    if (this.#stalled !== null) status.writeUInt32LE(this.#stalled, 4);
    return status;
  }

  /** The next whole container of what came; bytes that are none are dropped, as firmware does. */
  #takeContainer(): Uint8Array | null {
    if (this.#incoming.length < headerBytes) return null;
    try {
      const { lengthBytes } = decodeHeader(this.#incoming);
      if (lengthBytes > headerBytes + maxPayloadBytes) {
        this.#incoming = new Uint8Array(0);
        return null;
      }
      if (this.#incoming.length < lengthBytes) return null;
      const container = this.#incoming.subarray(0, lengthBytes);
      this.#incoming = this.#incoming.subarray(lengthBytes);
      return container;
    } catch (error) {
      if (!isWireError(error)) throw error;
      this.#incoming = new Uint8Array(0);
      return null;
    }
  }

  #take(container: Uint8Array): void {
    const { type, code, transaction } = decodeHeader(container);
    if (type === 'data') {
      const command = this.#pending;
      this.#pending = null;
      if (command !== null && command.transaction === transaction) {
        this.#start({ ...command, payload: container.slice(headerBytes) });
      }
      return;
    }
    if (type !== 'command') return;
    const command = commandOf(code, transaction, container.subarray(headerBytes));
    if (command.operation.data === 'to-recorder') this.#pending = command;
    else this.#start(command);
  }

  #start(command: SimulatedCommand): void {
    if (this.commands.length < maxRememberedCommands) this.commands.push(command);
    const running: Running = { transaction: command.transaction, cancel: new AbortController() };
    this.#work = this.#work.then(async () => {
      const port = this.#port;
      if (port === null || running.cancel.signal.aborted) return;
      this.#running = running;
      await this.#answer(command, port, running.cancel.signal);
      if (running.cancel.signal.aborted) port.flush(endpoints.bulkIn);
      this.#running = null;
    });
  }

  async #answer(command: SimulatedCommand, port: DevicePort, signal: AbortSignal): Promise<void> {
    const plug: Plug = { unplug: () => port.unplug(), emit: (event, ...rest) => this.emit(event, ...rest) };
    const steps = [...(this.#options.faults ?? [])];
    const next = async (): Promise<Reply> => {
      const step = steps.shift();
      if (step !== undefined) return step(command, next, plug);
      return answerCommand(this.#state, command).catch(() => reply(responses.generalError));
    };
    const answer = await next();
    const { delayMs } = answer.delivery;
    if (delayMs > 0) await delay(delayMs, undefined, { signal }).catch(() => undefined);
    const stalled = await sendReply(port, command, answer, signal);
    if (stalled !== null) this.#stalled = stalled;
  }

  #cancel(transaction: number): void {
    if (this.#running?.transaction === transaction) this.#running.cancel.abort();
    this.#port?.flush(endpoints.bulkIn);
    this.#incoming = new Uint8Array(0);
    this.#pending = null;
  }

  #forgetWork(): void {
    this.#running?.cancel.abort();
    this.#incoming = new Uint8Array(0);
    this.#pending = null;
    this.#stalled = null;
  }
}

function commandOf(code: number, transaction: number, rest: Uint8Array): SimulatedCommand {
  const unknown: Operation = {
    name: `0x${code.toString(16)}`,
    code,
    parameters: [],
    data: 'none',
    isRepeatable: false,
    source: '',
    doc: '',
  };
  const operation = Object.values(operations).find((one) => one.code === code) ?? unknown;
  const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength);
  const sent = Array.from({ length: rest.length / 4 }, (_, index) => view.getUint32(index * 4, true));
  const parameters = operation.parameters.map((_, index) => sent[index] ?? 0);
  return { operation, transaction, parameters, payload: new Uint8Array(0) };
}

function stateOf(options: MtpSimulatorOptions): RecorderState {
  const first: SimulatedStorage = {
    id: 0x0001_0001,
    description: 'SD',
    capacityBytes: options.capacityBytes ?? 64e9,
    freeBytes: options.freeBytes ?? 32e9,
    ...(options.folder === undefined ? {} : { folder: options.folder }),
    ...(options.clips === undefined ? {} : { clips: options.clips }),
  };
  const { clock = {}, battery = 80, without = [] } = options;
  return {
    manufacturer: options.manufacturer ?? '示例厂商',
    model: options.model ?? 'MTP-1',
    firmware: options.firmware ?? '1.0.0',
    serialNumber: options.serialNumber ?? 'DEMO-001',
    battery,
    card: new MtpCard(options.storages ?? [first], options.aliases),
    clock: clock === null ? null : new SimulatedClock(clock),
    isClockSettable: options.isClockSettable ?? true,
    truncatesSizes: options.truncatesSizes ?? false,
    operations: Object.values(operations).filter(({ name }) => !without.includes(name)),
    session: null,
  };
}

function descriptorsOf({ manufacturer, model }: RecorderState, serialNumber: string): SimulatedDescriptors {
  return {
    vendorId: 0x1209,
    productId: 0x0002,
    release: 0x0100,
    manufacturer,
    product: model,
    serialNumber,
    interfaces: [
      {
        number: 0,
        class: 6,
        subclass: 1,
        protocol: 1,
        name: 'MTP',
        endpoints: [
          { address: endpoints.bulkIn, type: 'bulk', maxPacketBytes: 512 },
          { address: endpoints.bulkOut, type: 'bulk', maxPacketBytes: 512 },
          { address: endpoints.interruptIn, type: 'interrupt', maxPacketBytes: 64 },
        ],
      },
    ],
  };
}
