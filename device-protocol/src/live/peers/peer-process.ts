import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** Enough of what a program says to see why it failed. */
const keptCharacters = 20_000;
const patienceMs = 3000;

export interface PeerEnd {
  /** Exit code, or `null` where a signal ended it. */
  code: number | null;
  /** The last it said on its error output. */
  log: string;
}

/**
 * A program that Docket is tried against. It dies with this process, however that ends, and `stop()` leaves nothing of
 * it.
 */
export class PeerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: string[] = [];
  #rest = '';
  #log = '';
  #wake: (() => void) | null = null;
  #hasEnded = false;
  /** Hears each line of its output. */
  onLine: ((line: string) => void) | null = null;
  readonly ended: Promise<PeerEnd>;

  constructor(
    program: string,
    programArguments: readonly string[],
    environment: Record<string, string> = {},
  ) {
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...programArguments], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    // It may end while we write to it.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log = (this.#log + text).slice(-keptCharacters);
    });
    this.ended = this.#end();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get input(): Writable {
    return this.#child.stdin;
  }

  get log(): string {
    return this.#log;
  }

  /** The next line of its output. Throws where it ends before. */
  async nextLine(): Promise<string> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#hasEnded) throw new Error(`a test peer ended early: ${this.#log}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Asks it to end, and ends it where it does not. */
  async stop(): Promise<PeerEnd> {
    if (this.#hasEnded) return this.ended;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<PeerEnd> {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
    return this.ended;
  }

  async #end(): Promise<PeerEnd> {
    try {
      const [code] = (await once(this.#child, 'close')) as [number | null];
      return { code, log: this.#log };
    } catch (error) {
      return { code: null, log: String(error) };
    } finally {
      this.#hasEnded = true;
      this.#wake?.();
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split(/[\r\n]+/u);
    this.#rest = (lines.pop() ?? '').slice(-keptCharacters);
    for (const line of lines) {
      this.onLine?.(line);
      this.#lines.push(line);
      if (this.#lines.length > 1000) this.#lines.shift();
    }
    this.#wake?.();
  }
}
