import { type ChildProcess, spawn } from 'node:child_process';
import type { Log } from '../log.ts';

/**
 * The socket on which systemd is told how the gateway stands (sd_notify(3)). It is a Unix datagram socket, which Node
 * cannot open: one `socat` passes on what it is told for as long as the gateway runs. Should it die, the next message
 * starts another; should that fail too, systemd hears nothing and restarts the gateway, which is its job.
 */
export class NotifySocket {
  readonly #path: string;
  readonly #log: Log;
  #child: ChildProcess | null = null;

  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** Sends one assignment, such as `READY=1`. Never throws. */
  tell(assignment: string): void {
    this.#child ??= this.#start();
    this.#child.stdin?.write(`${assignment}\n`);
  }

  /** Resolves once everything told has been handed on. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.stdin?.end();
    await closed;
  }

  #start(): ChildProcess {
    // A name that begins with @ lies in the abstract namespace.
    const address = this.#path.startsWith('@')
      ? `ABSTRACT-SENDTO:${this.#path.slice(1)}`
      : `UNIX-SENDTO:${this.#path}`;
    const child = spawn('socat', ['-u', 'STDIN', address], { stdio: ['pipe', 'ignore', 'pipe'], cwd: '/' });
    child.stderr?.on('data', (words: Buffer) =>
      this.#log.warn({ socat: words.toString() }, 'systemd not told'),
    );
    child.stdin?.on('error', () => {});
    child.on('error', (error) =>
      this.#log.error({ err: error }, 'socat cannot be started; systemd is not told'),
    );
    child.on('close', () => {
      if (this.#child === child) this.#child = null;
    });
    return child;
  }
}
