import { type ChildProcess, spawn } from 'node:child_process';
import { errnoOf } from '@docket/ingest';
import { ProcessGroup } from '../process-group.ts';

export type ToolFault = 'not-installed' | 'failed' | 'timed-out' | 'too-much-output' | 'stopped';

/** A tool did not do its work. `stderr` holds the end of what it said. */
export class ToolError extends Error {
  readonly fault: ToolFault;
  readonly stderr: string;

  constructor(fault: ToolFault, tool: string, stderr: string, cause?: unknown) {
    super(`${tool}: ${fault}${stderr === '' ? '' : ` (${stderr.split('\n').at(-1)})`}`, { cause });
    this.name = 'ToolError';
    this.fault = fault;
    this.stderr = stderr;
  }
}

export interface ToolRun {
  command: string;
  arguments: readonly string[];
  timeoutMs: number;
  /** Between the polite signal and the other one. */
  graceMs?: number;
  maxOutputBytes: number;
  /** 19 is the lowest, 0 the usual. Default 19. */
  priority?: number;
  /** What it reads; nothing where left out. */
  input?: Buffer;
  /** Takes the output as it comes, instead of keeping it. Must not throw. */
  onOutput?(chunk: Buffer): void;
  signal: AbortSignal;
}

const lowestPriority = 19;
const stderrTailBytes = 2_048;

/**
 * Runs a program on input from a stranger: no shell, no standard input but what is given, nothing of our environment, low priority,
 * a process group of its own that dies as a whole on time-out, too much output, abort or the end of this process.
 * Resolves with its output when it exits with 0. Throws ToolError otherwise.
 */
export function runTool(run: ToolRun): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (run.signal.aborted) return reject(new ToolError('stopped', run.command, ''));
    const child = spawn(run.command, run.arguments, {
      detached: true,
      stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
      cwd: '/',
    });
    const leash = new Leash(child, run);
    const output: Buffer[] = [];
    let outputBytes = 0;
    let stderr = Buffer.alloc(0);
    // A tool that has seen enough need not read to the end.
    child.stdin?.on('error', () => {});
    child.stdin?.end(run.input);
    child.stdout?.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > run.maxOutputBytes) leash.pull('too-much-output');
      else if (run.onOutput !== undefined) run.onOutput(chunk);
      else output.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-stderrTailBytes);
    });
    child.on('error', (cause) => {
      leash.drop();
      reject(new ToolError(errnoOf(cause) === 'ENOENT' ? 'not-installed' : 'failed', run.command, '', cause));
    });
    child.on('close', (code) => {
      leash.drop();
      const fault = leash.fault ?? (code === 0 ? null : 'failed');
      if (fault === null) resolve(Buffer.concat(output));
      else reject(new ToolError(fault, run.command, stderr.toString('utf8').trim()));
    });
  });
}

/** Holds a process group to its limits. */
class Leash {
  fault: ToolFault | null = null;
  readonly #group: ProcessGroup;
  readonly #run: ToolRun;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.pull('stopped');

  constructor(child: ChildProcess, run: ToolRun) {
    this.#run = run;
    this.#group = new ProcessGroup(child);
    this.#group.setPriority(run.priority ?? lowestPriority);
    this.#timer = setTimeout(() => this.pull('timed-out'), run.timeoutMs);
    run.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  pull(fault: ToolFault): void {
    if (this.fault !== null) return;
    this.fault = fault;
    this.#group.stop(this.#run.graceMs ?? 2_000);
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#group.forget();
    this.#run.signal.removeEventListener('abort', this.#onAbort);
  }
}
