import { RecorderError } from '../errors.ts';
import type { TProperties } from '../schema.ts';
import { decodeBody } from './body.ts';
import { deviceErrorIn } from './device-error.ts';
import { answerTo, decodePacket, encodePacket, type Packet } from './header.ts';
import type { Message, RequestOf, ResponseOf } from './message.ts';
import type { DiscardReason, PacketLink } from './packet-link.ts';
import { isProtocolError } from './protocol-error.ts';

export interface SessionOptions {
  /** How long one sending of a request waits for its answer. */
  timeoutMs: number;
  /** How often a request is sent in all before the recorder counts as silent. */
  attempts: number;
}

export interface RequestOptions extends Partial<SessionOptions> {
  signal?: AbortSignal;
}

/** What the session put aside or did again; counts since it was opened. */
export interface SessionStatistics {
  resent: number;
  /** The most requests that waited at once. */
  mostWaiting: number;
  /** Whole packets that answered nothing asked: late duplicates, other sequence numbers, broken headers. */
  foreignPackets: number;
  discarded: Partial<Record<DiscardReason, number>>;
}

interface Pending {
  message: Message;
  resolve(body: unknown): void;
  reject(error: unknown): void;
}

const defaults: SessionOptions = { timeoutMs: 2000, attempts: 3 };
const sequenceNumbers = 256;

/**
 * Requests and answers over one link. A request is sent again, with the same sequence number, while no answer
 * comes; an answer is taken only where sequence number, group, command and operation are those of a request that
 * waits. Several requests may wait at once.
 */
export class SmpSession {
  readonly statistics: SessionStatistics = { resent: 0, mostWaiting: 0, foreignPackets: 0, discarded: {} };
  readonly #link: PacketLink;
  readonly #options: SessionOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #reading: Promise<void>;
  // Starting anywhere makes a late answer to an earlier session an unlikely match.
  #nextSequence = Math.floor(Math.random() * sequenceNumbers);
  #lost: RecorderError | null = null;

  constructor(link: PacketLink, options: Partial<SessionOptions> = {}) {
    this.#link = link;
    this.#options = { ...defaults, ...options };
    this.#reading = this.#readAll();
  }

  /** What comes over this wire within a few seconds. */
  get pieceBytes(): number {
    return this.#link.pieceBytes;
  }

  /** How long one sending waits, unless a request says otherwise. */
  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  /**
   * Sends a request and resolves with its validated answer. Throws DeviceError where the recorder refuses,
   * RecorderError RECORDER_GONE, RECORDER_SILENT, PROTOCOL_VIOLATION, and the reason of an aborted signal.
   */
  async request<Request extends TProperties, Response extends TProperties>(
    message: Message<Request, Response>,
    body: RequestOf<Message<Request, Response>>,
    options: RequestOptions = {},
  ): Promise<ResponseOf<Message<Request, Response>>> {
    options.signal?.throwIfAborted();
    if (this.#lost !== null) throw this.#lost;
    const sequence = this.#takeSequence();
    const { group, command, operation } = message;
    const header = { version: 2, operation, group, sequence, command } as const;
    const packet = encodePacket(header, message.request.encode(body));
    const answer = await this.#exchange(sequence, message as unknown as Message, packet, options);
    return answer as ResponseOf<Message<Request, Response>>;
  }

  /** Closes the link; requests that wait fail with RECORDER_GONE. */
  async close(): Promise<void> {
    this.#lose(new RecorderError('RECORDER_GONE', 'the session was closed'));
    await this.#link.close();
    await this.#reading;
  }

  #takeSequence(): number {
    for (let tried = 0; tried < sequenceNumbers; tried++) {
      const sequence = this.#nextSequence;
      this.#nextSequence = (sequence + 1) % sequenceNumbers;
      if (!this.#pending.has(sequence)) return sequence;
    }
    throw new RangeError('all 256 sequence numbers are waiting for answers');
  }

  #exchange(
    sequence: number,
    message: Message,
    packet: Uint8Array,
    { signal, timeoutMs = this.#options.timeoutMs, attempts = this.#options.attempts }: RequestOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let sent = 0;
      let timer: NodeJS.Timeout | undefined;

      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#pending.delete(sequence);
      };
      const pending: Pending = {
        message,
        resolve: (body) => {
          settle();
          resolve(body);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = (): void => pending.reject(signal?.reason);
      const send = (): void => {
        if (sent === attempts) {
          const text = `${message.name} was not answered in ${attempts} × ${timeoutMs} ms`;
          pending.reject(new RecorderError('RECORDER_SILENT', text));
          return;
        }
        if (sent > 0) this.statistics.resent++;
        sent++;
        timer = setTimeout(send, timeoutMs);
        this.#link.send(packet).catch((error: unknown) => pending.reject(error));
      };

      this.#pending.set(sequence, pending);
      this.statistics.mostWaiting = Math.max(this.statistics.mostWaiting, this.#pending.size);
      signal?.addEventListener('abort', onAbort, { once: true });
      send();
    });
  }

  async #readAll(): Promise<void> {
    try {
      for await (const event of this.#link.input) {
        if (event.kind === 'packet') this.#receive(event.packet);
        else this.statistics.discarded[event.why] = (this.statistics.discarded[event.why] ?? 0) + 1;
      }
      this.#lose(new RecorderError('RECORDER_GONE', 'the link to the recorder ended'));
    } catch (cause) {
      const isGone = cause instanceof RecorderError;
      this.#lose(
        isGone ? cause : new RecorderError('RECORDER_GONE', 'the link to the recorder broke', { cause }),
      );
    }
  }

  #receive(bytes: Uint8Array): void {
    const packet = decodeOrNull(bytes);
    const pending = packet === null ? undefined : this.#pending.get(packet.header.sequence);
    if (packet === null || pending === undefined || !answers(packet, pending.message)) {
      this.statistics.foreignPackets++;
      return;
    }
    try {
      const body = decodeBody(packet.body);
      const refused = deviceErrorIn(pending.message.name, body);
      if (refused !== null) pending.reject(refused);
      else pending.resolve(pending.message.response.parse(body));
    } catch (cause) {
      if (!isProtocolError(cause)) throw cause;
      const text = `the answer to ${pending.message.name} breaks the protocol: ${cause.message}`;
      pending.reject(new RecorderError('PROTOCOL_VIOLATION', text, { cause }));
    }
  }

  #lose(error: RecorderError): void {
    this.#lost ??= error;
    for (const pending of [...this.#pending.values()]) pending.reject(this.#lost);
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

function answers({ header }: Packet, { group, command, operation }: Message): boolean {
  return header.group === group && header.command === command && header.operation === answerTo(operation);
}
