import { encodeBody } from '../../smp/body.ts';
import { smpErrorNumbers } from '../../smp/device-error.ts';
import { answerTo, decodePacket, encodePacket, type Packet } from '../../smp/header.ts';
import type { ResponseOf } from '../../smp/message.ts';
import { messageOf } from '../../smp/messages/index.ts';
import { reset } from '../../smp/messages/os.ts';
import type { readIdentity } from '../../smp/messages/recorder.ts';
import { isProtocolError } from '../../smp/protocol-error.ts';
import { SimulatedClock, type SimulatedClockOptions } from '../simulated-clock.ts';
import {
  type Behaviour,
  type Body,
  type Plug,
  type Reply,
  refusal,
  reply,
  type SimulatedRequest,
} from './behaviour.ts';
import { type Alias, Card } from './card.ts';
import { FirmwareSlots } from './firmware-slots.ts';
import { defaultBehaviour } from './handlers.ts';
import { RecorderState } from './recorder-state.ts';

/** What a simulated recorder is, whatever line it hangs on. */
export interface SimulatedRecorderOptions {
  /** Folder whose files are the clips; erased clips are deleted from it. */
  folder: string;
  identity?: Partial<ResponseOf<typeof readIdentity>>;
  clock?: SimulatedClockOptions;
  /** Faults, first one outermost. */
  faults?: readonly Behaviour[];
  /** Files shown under other paths. */
  aliases?: readonly Alias[];
  /** Bytes of one packet. Default 4096. */
  bufferBytes?: number;
  /** Packets the recorder says it can hold. Default 8. */
  bufferCount?: number;
  /** Newest protocol version it speaks. Default 2. */
  version?: 1 | 2;
  /** Charge in percent. Default 80. */
  batteryPercent?: number;
  /** Room on the card in all. Default 64 GiB. */
  capacityBytes?: number;
  /** File in which it keeps identity, marks and firmware while it is off. Default: kept in memory. */
  stateFile?: string;
  firmware?: {
    /** Room for an image. Default 1 MiB. */
    slotBytes?: number;
    /** Time a restart takes. Default 200. */
    restartMs?: number;
    /** False: every new image is found bad at the start, and the old one runs on. Default true. */
    boots?: boolean;
    /** Messages that firmware of a version does not answer, by version: a bad release. */
    silentIn?: Readonly<Record<string, readonly string[]>>;
  };
}

/** The line a recorder hangs on. */
export interface Wire {
  /** A packet as it goes over the line. */
  wrap(packet: Uint8Array): Uint8Array;
  write(bytes: Uint8Array): void;
  unplug(): Promise<void>;
  /** Leaves the line and comes back after a pause. */
  restart(pauseMs: number): Promise<void>;
}

const defaultIdentity: ResponseOf<typeof readIdentity> = {
  serial: 'SIM0001',
  vendor: 'Docket',
  model: 'Simulated recorder',
  firmware: '1.0.0',
  root: '/clips',
  erase: true,
  status: true,
  write: true,
  mark: true,
};

/** A recorder without its line: what it holds, and how it answers packets. */
export class SimulatedRecorder {
  readonly clock: SimulatedClock;
  readonly #options: SimulatedRecorderOptions;
  readonly #card: Card;
  readonly #slots: FirmwareSlots;
  readonly #state: RecorderState;
  readonly #answer: (request: SimulatedRequest) => Promise<Reply>;
  #wire: Wire | null = null;
  /** The last writing request and its answer: sent again, it is answered again but not done again. */
  #lastWrite: { bytes: Uint8Array; body: Body } | null = null;

  constructor(options: SimulatedRecorderOptions) {
    this.#options = options;
    this.clock = new SimulatedClock(options.clock);
    this.#card = new Card(options.folder, options.aliases);
    const identity = { ...defaultIdentity, ...options.identity };
    const { slotBytes = 1024 * 1024, boots = true, silentIn = {} } = options.firmware ?? {};
    this.#state = new RecorderState(options.stateFile ?? null, identity.firmware ?? '0.0.0');
    this.#slots = new FirmwareSlots(this.#state.stored.slots, slotBytes, boots);
    const honest = defaultBehaviour({
      card: this.#card,
      clock: this.clock,
      identity,
      state: this.#state,
      slots: this.#slots,
      bufferBytes: options.bufferBytes ?? 4096,
      bufferCount: options.bufferCount ?? 8,
      batteryPercent: options.batteryPercent ?? 80,
      capacityBytes: options.capacityBytes ?? 64 * 1024 ** 3,
    });
    const plug: Plug = {
      unplug: async () => this.#wire?.unplug(),
      losePower: async () => {
        this.#boot();
        await this.#wire?.unplug();
      },
    };
    const running = (request: SimulatedRequest): Promise<Reply> => {
      const isSilent = silentIn[this.#slots.running.version]?.includes(request.name) ?? false;
      return isSilent ? Promise.resolve({ ...reply({}), times: 0 }) : honest(request);
    };
    this.#answer = (options.faults ?? []).reduceRight<(request: SimulatedRequest) => Promise<Reply>>(
      (rest, fault) => (request) => fault(request, () => rest(request), plug),
      running,
    );
  }

  /** Hangs the recorder on a line; `null` takes it off. */
  hangOn(wire: Wire | null): void {
    this.#wire = wire;
  }

  /** Answers one packet of the dock. Calls are made one at a time. */
  async serve(bytes: Uint8Array): Promise<void> {
    const packet = decodeOrNull(bytes);
    const operation = packet?.header.operation;
    if (packet === null || (operation !== 'read' && operation !== 'write')) return;
    const version = this.#options.version === 1 ? 1 : packet.header.version;
    const header = { ...packet.header, version };
    const answered = await this.#answerOnce({ header, body: packet.body }, bytes);
    const wire = this.#wire;
    if (wire === null) return;
    const sent = wire.wrap(
      encodePacket({ ...header, operation: answerTo(operation) }, encodeBody(answered.body)),
    );
    for (let times = 0; times < answered.times; times++) wire.write(answered.alter?.(sent) ?? sent);
    const isAccepted = !('rc' in answered.body) && !('err' in answered.body);
    if (isAccepted && messageOf(packet.header)?.name === reset.name) await this.#restart(wire);
  }

  async #restart(wire: Wire): Promise<void> {
    this.#boot();
    await wire.restart(this.#options.firmware?.restartMs ?? 200);
  }

  #boot(): void {
    this.#slots.boot();
    this.#state.keep({ slots: this.#slots.stored });
    this.#lastWrite = null;
  }

  /** The line is gone: nothing stays open. */
  async rest(): Promise<void> {
    this.#lastWrite = null;
    await this.#card.closeFile();
  }

  async #answerOnce(packet: Packet, bytes: Uint8Array): Promise<Reply> {
    const last = this.#lastWrite;
    if (last !== null && Buffer.compare(last.bytes, bytes) === 0) return reply(last.body);
    const answered = await this.#answerTo(packet);
    if (packet.header.operation === 'write') this.#lastWrite = { bytes, body: answered.body };
    return answered;
  }

  async #answerTo({ header, body }: Packet): Promise<Reply> {
    const message = messageOf(header);
    if (message === undefined) return refusal(header, null, smpErrorNumbers.notSupported);
    try {
      return await this.#answer({ header, name: message.name, body: message.request.decode(body) });
    } catch (error) {
      if (isProtocolError(error)) return refusal(header, null, smpErrorNumbers.invalidValue);
      if (isCardFault(error)) return refusal(header, null, smpErrorNumbers.unknown);
      throw error;
    }
  }
}

function decodeOrNull(bytes: Uint8Array): Packet | null {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (isProtocolError(error)) return null;
    throw error;
  }
}

/** The folder that plays the card can fail as a card does. */
function isCardFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
