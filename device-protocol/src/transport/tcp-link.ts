import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { RecorderError } from '../errors.ts';
import type { Link } from './link.ts';

export interface TcpTarget {
  host: string;
  port: number;
}

/** Connects to a recorder (or a simulator of one) on the network. Throws RecorderError RECORDER_GONE. */
export async function openTcpLink({ host, port }: TcpTarget, signal: AbortSignal): Promise<Link> {
  signal.throwIfAborted();
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect', { signal });
  } catch (cause) {
    socket.destroy();
    signal.throwIfAborted();
    throw new RecorderError('RECORDER_GONE', `${host}:${port} does not answer`, { cause });
  }
  return new TcpLink(socket, `${host}:${port}`);
}

class TcpLink implements Link {
  readonly input: AsyncIterable<Uint8Array>;
  readonly #socket: Socket;
  readonly #name: string;
  #isClosing = false;

  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    // What goes wrong is told where the stream is read or written; unheard it would end the process.
    socket.on('error', () => undefined);
    this.input = this.#read();
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#socket) yield chunk;
    } catch (cause) {
      if (!this.#isClosing) throw this.#gone(cause);
    }
    if (!this.#isClosing) throw this.#gone();
  }

  async write(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(bytes, (cause) => (cause ? reject(this.#gone(cause)) : resolve()));
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#socket.destroyed) return;
    const closed = once(this.#socket, 'close');
    this.#socket.destroy();
    await closed;
  }

  #gone(cause?: unknown): RecorderError {
    return new RecorderError('RECORDER_GONE', `the connection to ${this.#name} ended`, { cause });
  }
}
