import { encodeBody } from '../../smp/body.ts';
import { smpErrorNumbers } from '../../smp/device-error.ts';
import { encodeFrames } from '../../smp/frame.ts';
import { FrameStream } from '../../smp/frame-stream.ts';
import { answerTo, decodePacket, encodePacket, type Packet } from '../../smp/header.ts';
import type { ResponseOf } from '../../smp/message.ts';
import { messageOf } from '../../smp/messages/index.ts';
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
import { defaultBehaviour } from './handlers.ts';
import { openPty, type Pty } from './pty.ts';

export interface SmpRecorderOptions {
  /** Folder whose files are the clips; erased clips are deleted from it. */
  folder: string;
  /** Path at which the dock finds the recorder's serial port. */
  link: string;
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
  /** Unplugs when aborted. */
  signal?: AbortSignal;
}

export interface SmpRecorderSimulator extends Plug {
  readonly path: string;
  readonly clock: SimulatedClock;
  /** Unplugs, and resolves when nothing of the recorder runs any more. */
  close(): Promise<void>;
}

const defaultIdentity: ResponseOf<typeof readIdentity> = {
  serial: 'SIM0001',
  vendor: 'Docket',
  model: 'Simulated recorder',
  firmware: '1.0.0',
  root: '/clips',
  erase: true,
};

/** Starts a recorder that speaks SMP on a pseudo terminal. Throws where the terminal cannot be made. */
export async function startSmpRecorder(options: SmpRecorderOptions): Promise<SmpRecorderSimulator> {
  options.signal?.throwIfAborted();
  const simulator = new Simulator(options, await openPty(options.link));
  if (options.signal?.aborted) await simulator.close();
  options.signal?.addEventListener('abort', () => void simulator.close(), { once: true });
  return simulator;
}

class Simulator implements SmpRecorderSimulator {
  readonly path: string;
  readonly clock: SimulatedClock;
  readonly #card: Card;
  readonly #pty: Pty;
  readonly #version: 1 | 2;
  readonly #answer: (request: SimulatedRequest) => Promise<Reply>;
  readonly #running: Promise<void>;
  /** The last writing request and its answer: sent again, it is answered again but not done again. */
  #lastWrite: { bytes: Uint8Array; body: Body } | null = null;

  constructor(options: SmpRecorderOptions, pty: Pty) {
    this.path = options.link;
    this.clock = new SimulatedClock(options.clock);
    this.#card = new Card(options.folder, options.aliases);
    this.#pty = pty;
    this.#version = options.version ?? 2;
    const honest = defaultBehaviour({
      card: this.#card,
      clock: this.clock,
      identity: { ...defaultIdentity, ...options.identity },
      bufferBytes: options.bufferBytes ?? 4096,
      bufferCount: options.bufferCount ?? 8,
    });
    const plug: Plug = { unplug: () => this.unplug() };
    this.#answer = (options.faults ?? []).reduceRight<(request: SimulatedRequest) => Promise<Reply>>(
      (rest, fault) => (request) => fault(request, () => rest(request), plug),
      honest,
    );
    this.#running = this.#run();
  }

  unplug(): Promise<void> {
    return this.#pty.unplug();
  }

  async close(): Promise<void> {
    await this.unplug();
    await this.#running;
  }

  async #run(): Promise<void> {
    const stream = new FrameStream();
    for await (const chunk of this.#pty.fromDock) {
      for (const event of stream.push(chunk)) {
        if (event.kind === 'packet') await this.#serve(event.packet);
      }
    }
    await this.#card.closeFile();
  }

  async #serve(bytes: Uint8Array): Promise<void> {
    const packet = decodeOrNull(bytes);
    const operation = packet?.header.operation;
    if (packet === null || (operation !== 'read' && operation !== 'write')) return;
    const version = this.#version === 1 ? 1 : packet.header.version;
    const header = { ...packet.header, version };
    const answered = await this.#answerOnce({ header, body: packet.body }, bytes);
    const body = encodeBody(answered.body);
    const frames = encodeFrames(encodePacket({ ...header, operation: answerTo(operation) }, body));
    for (let sent = 0; sent < answered.times; sent++) {
      this.#pty.toDock.write(answered.alter?.(frames) ?? frames);
    }
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
