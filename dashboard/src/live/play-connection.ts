import type { PlayEnd, PlayHello, PlayMessage } from '@docket/gateway/contract';
import { type MediaPart, readMediaPart, readPlayMessage } from './play-message.ts';

/** The part of WebSocket that is used here; a test brings its own. */
export interface SocketLike {
  readonly readyState: number;
  binaryType: BinaryType;
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent<string | ArrayBuffer>) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface PlayHandlers {
  hello(hello: PlayHello): void;
  media(part: MediaPart): void;
  time(message: { askedAtMs: number; atMs: number }): void;
  behind(): void;
  /** The connection is gone, with what the gateway said of it; it is made anew. */
  lost(reason: PlayEnd | null): void;
}

const firstDelayMs = 500;
const longestDelayMs = 10_000;
/** After which a connection that brings nothing is given up. */
const silenceMs = 6_000;
const askEveryMs = 1_000;
/** `WebSocket.OPEN` (WHATWG WebSockets). */
const open = 1;

/** One play connection, kept up until closed. */
export class PlayConnection {
  readonly #url: string;
  readonly #handlers: PlayHandlers;
  readonly #createSocket: (url: string) => SocketLike;
  #socket: SocketLike | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #askTimer: ReturnType<typeof setInterval> | undefined;
  #delayMs = firstDelayMs;
  #heardAtMs = 0;
  #reason: PlayEnd | null = null;
  #isClosed = false;

  constructor(
    url: string,
    handlers: PlayHandlers,
    createSocket: (url: string) => SocketLike = (address) => new WebSocket(address),
  ) {
    this.#url = url;
    this.#handlers = handlers;
    this.#createSocket = createSocket;
    this.#connect();
  }

  /** Drops the connection and makes it anew, after the usual pause. */
  restart(): void {
    if (this.#isClosed) return;
    this.#drop();
    this.#handlers.lost(this.#reason);
    this.#retryTimer = setTimeout(() => this.#connect(), this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs);
  }

  /** What it brings is shown: after a loss it is made anew as soon as after the first one. */
  settled(): void {
    this.#delayMs = firstDelayMs;
  }

  /** Makes a connection that waits to be made anew at once. */
  hurry(): void {
    this.settled();
    if (this.#isClosed || this.#socket !== null) return;
    clearTimeout(this.#retryTimer);
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #connect(): void {
    const socket = this.#createSocket(this.#url);
    this.#socket = socket;
    this.#reason = null;
    this.#heardAtMs = Date.now();
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.#ask(socket);
    socket.onmessage = ({ data }) => this.#hear(data);
    socket.onclose = () => this.restart();
    this.#askTimer = setInterval(() => this.#ask(socket), askEveryMs);
  }

  #drop(): void {
    clearTimeout(this.#retryTimer);
    clearInterval(this.#askTimer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #ask(socket: SocketLike): void {
    if (Date.now() - this.#heardAtMs > silenceMs) return void this.restart();
    if (socket.readyState === open) socket.send(JSON.stringify({ type: 'time', askedAtMs: now() }));
  }

  #hear(data: string | ArrayBuffer): void {
    if (typeof data !== 'string') {
      const part = readMediaPart(data);
      if (part === null) return;
      this.#heardAtMs = Date.now();
      this.#handlers.media(part);
      return;
    }
    const message = readPlayMessage(data);
    if (message !== null) this.#understand(message);
  }

  #understand(message: PlayMessage): void {
    switch (message.type) {
      case 'hello':
        this.#heardAtMs = Date.now();
        return void this.#handlers.hello(message);
      case 'time':
        return void this.#handlers.time(message);
      case 'behind':
        return void this.#handlers.behind();
      case 'end':
        this.#reason = message.reason;
    }
  }
}

/** Unix milliseconds with fractions, by a clock that does not jump. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
