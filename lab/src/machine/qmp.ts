import type { Socket } from 'node:net';
import { onLine } from './lines.ts';

export interface QmpEvent {
  event: string;
  data?: Record<string, unknown>;
}

interface Answer {
  return?: unknown;
  error?: { desc: string };
}

/** QEMU's control socket (QEMU Machine Protocol): commands take turns, events come in between. */
export class Qmp {
  readonly #socket: Socket;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  readonly #listeners = new Set<(event: QmpEvent) => void>();

  constructor(socket: Socket) {
    this.#socket = socket;
    onLine(socket, (line) => this.#take(JSON.parse(line)));
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const answer of this.#waiting.splice(0)) answer({ error: { desc: 'QEMU is gone' } });
    });
  }

  /** Throws what QEMU says where it refuses. */
  execute<Result>(command: string, parameters: Record<string, unknown> = {}): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error(`${command}: QEMU is gone`));
      this.#waiting.push(({ error, return: result }) => {
        if (error === undefined) resolve(result as Result);
        else reject(new Error(`${command}: ${error.desc}`));
      });
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: parameters })}\n`);
    });
  }

  /** Resolves with the next event that fits. Listen before giving the command that causes it. */
  event(fits: (event: QmpEvent) => boolean): Promise<QmpEvent> {
    return new Promise((resolve, reject) => {
      const listener = (event: QmpEvent) => {
        if (!fits(event)) return;
        this.#listeners.delete(listener);
        resolve(event);
      };
      this.#listeners.add(listener);
      this.#socket.once('close', () => reject(new Error('QEMU is gone')));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(message: Answer & Partial<QmpEvent>): void {
    if (message.event !== undefined) {
      for (const listener of [...this.#listeners]) listener(message as QmpEvent);
    } else if ('return' in message || message.error !== undefined) this.#waiting.shift()?.(message);
  }
}
