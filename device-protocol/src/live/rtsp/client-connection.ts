import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Arrival } from '../arrival.ts';
import { hostClockMs } from '../host-clock.ts';
import { RtspHeaders } from './headers.ts';
import { FeedEnded, LiveError } from './live-error.ts';
import {
  encodeFrameHead,
  encodeRequest,
  encodeResponse,
  type RtspRequest,
  type RtspResponse,
} from './message.ts';
import { MessageStream } from './message-stream.ts';
import { isRtspProtocolError } from './protocol-error.ts';

export interface ConnectionListener {
  frame(channel: number, payload: Buffer, arrival: Arrival): void;
  /** Asked by the server; must be answered with `reply`. */
  request(request: RtspRequest): void;
}

/** A request that was sent. One that nobody waits for any more stays, so that answers without a number keep their order. */
interface Asked {
  number: number;
  sentAtMs: number;
  resolve(response: RtspResponse): void;
  reject(error: Error): void;
}

/** From the number of one request to that of the next. */
const mostNumberStep = 1_024;
const mostAsked = 32;
/** A peer that lets so much pile up does not read any more. */
const mostUnsentBytes = 256 * 1024;
const mostUnsentFrameBytes = 64 * 1024;

export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** One connection to an RTSP server: requests and their answers by number (CSeq), what the server asks, and frames. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #stream = new MessageStream({ strayBytes: 'skip' });
  readonly #closed: Promise<void>;
  #asked: Asked[] = [];
  #lastNumber = 0;
  #hasForgotten = false;
  #sentNotBeforeMs: number | null = null;
  #isProving = true;
  #failure: Error | null = null;
  listener: ConnectionListener | null = null;
  /** Hears once why it ended. */
  onFailure: ((error: Error) => void) | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', (error) => this.fail(lost(error)));
    socket.once('close', () => this.fail(lost()));
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /** Connects. Rejects with LiveError `unreachable`, or with the signal's reason. */
  static open(host: string, port: number, signal: AbortSignal): Promise<ClientConnection> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const socket = connect({ host, port, noDelay: true });
      const settle = (act: () => void) => {
        signal.removeEventListener('abort', abort);
        socket.off('error', fail);
        act();
      };
      const give = (error: unknown) => {
        // What still goes wrong while it is thrown away is nobody's concern.
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      };
      const abort = () => settle(() => give(signal.reason));
      const fail = (error: NodeJS.ErrnoException) =>
        settle(() => give(new LiveError('unreachable', `${host}:${port} does not answer (${error.code})`)));
      signal.addEventListener('abort', abort, { once: true });
      socket.once('error', fail);
      socket.once('connect', () => settle(() => resolve(new ClientConnection(socket))));
    });
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  /** Sends a request; resolves with its answer, rejects with what ended the connection. */
  request(method: string, url: string, lines: HeaderLines): Promise<RtspResponse> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) {
        reject(this.#failure);
        return;
      }
      // Not one after the other: an answer to what was not asked yet cannot be made by counting on.
      this.#lastNumber += randomInt(1, mostNumberStep);
      const number = this.#lastNumber;
      const headers = new RtspHeaders([['CSeq', String(number)], ['User-Agent', 'docket'], ...lines]);
      const bytes = encodeRequest({ method, url, headers });
      if (this.#asked.length === mostAsked) {
        this.#asked.shift()?.reject(new LiveError('timed-out', 'the recorder leaves requests unanswered'));
        this.#hasForgotten = true;
      }
      this.#asked.push({ number, sentAtMs: hostClockMs(), resolve, reject });
      this.#send(bytes);
    });
  }

  /** Answers a request of the server. */
  reply(request: RtspRequest, status: number, lines: HeaderLines = []): void {
    const echoed = ['CSeq', 'Session'].flatMap((name) => {
      const value = request.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    this.#send(encodeResponse({ status, headers: new RtspHeaders([...echoed, ...lines]) }));
  }

  /** Sends a frame; where the peer reads too slowly it is left out. */
  sendFrame(channel: number, payload: Buffer): void {
    if (this.#failure !== null || this.#socket.writableLength > mostUnsentFrameBytes) return;
    this.#socket.write(Buffer.concat([encodeFrameHead(channel, payload.length), payload]));
  }

  /** Ends it at once: whoever waits for an answer gets this error. The first is the one that counts. */
  fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#socket.destroy();
    const asked = this.#asked;
    this.#asked = [];
    for (const { reject } of asked) reject(error);
    this.onFailure?.(error);
  }

  /** Resolves once the socket is gone. */
  async close(): Promise<void> {
    this.fail(new FeedEnded('closed', 'the connection was closed'));
    await this.#closed;
  }

  #send(bytes: Buffer): void {
    if (this.#failure !== null) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > mostUnsentBytes)
      this.fail(new FeedEnded('protocol', 'the recorder asks without reading the answers'));
  }

  #take(chunk: Buffer): void {
    const atMs = hostClockMs();
    let arrival: Arrival = { atMs, sentNotBeforeMs: this.#sentNotBeforeMs };
    try {
      for (const item of this.#stream.push(chunk)) {
        if (this.#failure !== null) return;
        if (item.kind === 'frame') {
          this.listener?.frame(item.channel, item.payload, arrival);
        } else if (item.kind === 'response') {
          this.#answer(item);
          arrival = { atMs, sentNotBeforeMs: this.#sentNotBeforeMs };
        } else if (item.kind === 'request') {
          this.listener?.request(item);
        }
      }
    } catch (error) {
      if (!isRtspProtocolError(error)) throw error;
      this.fail(new LiveError('protocol', `the recorder does not speak RTSP: ${error.message}`));
    }
  }

  #answer(response: RtspResponse): void {
    // Continue (100) and its like only announce the answer.
    if (response.status < 200) return;
    const number = numberOf(response);
    const asked = this.#takeAsked(number);
    // Whoever answers what was never asked tries numbers: its answers prove nothing more.
    if (number !== null && number > this.#lastNumber) this.#isProving = false;
    if (asked === null) return;
    // What comes after this answer was sent after it, and it was sent after the request; unless it names no request.
    if (number !== null && this.#isProving)
      this.#sentNotBeforeMs = Math.max(this.#sentNotBeforeMs ?? Number.NEGATIVE_INFINITY, asked.sentAtMs);
    asked.resolve(response);
  }

  /** The request an answer belongs to; one without a number belongs to the oldest. */
  #takeAsked(number: number | null): Asked | null {
    if (number === null && this.#hasForgotten) return null;
    const index = number === null ? 0 : this.#asked.findIndex((one) => one.number === number);
    return index < 0 ? null : (this.#asked.splice(index, 1)[0] ?? null);
  }
}

/** The request that an answer names; `null` where it names none. */
function numberOf({ headers }: RtspResponse): number | null {
  const text = headers.get('CSeq');
  return text !== null && /^\d{1,10}$/u.test(text) ? Number(text) : null;
}

function lost(error?: NodeJS.ErrnoException): LiveError {
  const why = error?.code === undefined ? '' : ` (${error.code})`;
  return new LiveError('unreachable', `the recorder closed the connection${why}`);
}
