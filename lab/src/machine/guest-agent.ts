import type { Socket } from 'node:net';
import { patient } from '../patience.ts';
import { onLine } from './lines.ts';

export interface ShellResult {
  code: number;
  output: string;
}

/** Speaks to `guest/agent` over a virtio serial port: one shell command a line. */
export class GuestAgent {
  /** Resolves when a machine that was booted has its agent up; one that was restored has had it up before. */
  readonly up: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (result: ShellResult | null) => void>();
  #lastId = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.up = new Promise((resolve) => {
      onLine(socket, (line) => {
        const [id, code, output] = line.split(' ');
        if (id === '0') return resolve();
        const answer = this.#waiting.get(Number(id));
        answer?.({ code: Number(code), output: Buffer.from(output ?? '', 'base64').toString() });
      });
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      for (const answer of this.#waiting.values()) answer(null);
    });
  }

  /** Runs a command as root in the guest. Throws when it takes too long or the machine is gone. */
  run(command: string, timeoutMs: number): Promise<ShellResult> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error(`the machine is off: ${command}`));
      const finish = (result: ShellResult | null, why: string) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        if (result === null) reject(new Error(`${why}: ${command}`));
        else resolve(result);
      };
      const timer = setTimeout(
        () => finish(null, `no answer in ${patient(timeoutMs)} ms`),
        patient(timeoutMs),
      );
      this.#waiting.set(id, (result) => finish(result, 'the machine is gone'));
      this.#socket.write(`${id} ${Buffer.from(command).toString('base64')}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
