import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ProcessGroup } from '../process-group.ts';

export interface LongToolOptions {
  command: string;
  arguments: readonly string[];
  /** `pipe`: the program reads what is written to `stdin`. Default `ignore`. */
  stdin?: 'pipe' | 'ignore';
  /** `pipe`: what the program writes must be read from `stdout`. Default `ignore`. */
  stdout?: 'pipe' | 'ignore';
  /** `true` for a program of Node that talks by `process.send`: see `LongTool.child`. */
  hasChannel?: boolean;
  /** Between the polite signal and the other one. Default 2000. */
  graceMs?: number;
  /** 19 is the lowest, 0 the usual. Default 0. */
  priority?: number;
  /** Its abort ends the program. */
  signal: AbortSignal;
}

/**
 * How it ended. `finished`: with code 0; `failed`: with another code, or by a signal that was not ours; `stopped`: by us.
 * `stderr` holds the end of what it said.
 */
export interface LongToolEnd {
  cause: 'finished' | 'failed' | 'stopped' | 'not-installed';
  exitCode: number | null;
  exitSignal: NodeJS.Signals | null;
  stderr: string;
}

export interface LongTool {
  /** Of the program itself; `undefined` where it did not start. */
  readonly processId: number | undefined;
  /** `null` unless it was asked for. Errors of it (the program went away) are taken. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  /** For messages to and from a program with a channel. */
  readonly child: ChildProcess;
  /** Resolves once the program is gone with all its children and its pipes are closed; never rejects. */
  readonly ended: Promise<LongToolEnd>;
  /** Ends it; resolves with `ended`. */
  stop(): Promise<LongToolEnd>;
}

const stderrTailBytes = 4_096;
const notFound = 127;
const notExecutable = 126;

/**
 * Becomes the program, and leaves a watcher in its process group: it reads descriptor 3, whose other end this process
 * alone holds. Whatever ends this process closes that end, and the watcher kills the group. Nothing of the program is
 * needed for it, and there is no moment at which it could be missed.
 */
const watched =
  '{ trap "" TERM INT HUP; read -r _; kill -KILL 0; } <&3 >/dev/null 2>&1 4>&- & exec 3<&- "$@"';

/**
 * Starts a program that runs long: no shell in between, nothing of our environment, a process group of its own that
 * dies as a whole on abort, with this process in good order, and when this process is killed. Never throws: a program
 * that is not there ends with `not-installed`.
 */
export function startLongTool(options: LongToolOptions): LongTool {
  const child = spawn('/bin/sh', ['-c', watched, 'sh', options.command, ...options.arguments], {
    detached: true,
    stdio: [
      options.stdin ?? 'ignore',
      options.stdout ?? 'ignore',
      'pipe',
      'pipe',
      ...(options.hasChannel === true ? (['ipc'] as const) : []),
    ],
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    cwd: '/',
  });
  const group = new ProcessGroup(child);
  if (options.priority !== undefined) group.setPriority(options.priority);
  for (const pipe of child.stdio) pipe?.on('error', () => {});
  const said = new Tail(child.stderr);
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    group.stop(options.graceMs ?? 2_000);
    return ended;
  };
  const ended = whenClosed(child).then(({ exitCode, exitSignal }): LongToolEnd => {
    options.signal.removeEventListener('abort', stop);
    group.forget();
    const cause = isStopped ? 'stopped' : causeOf(exitCode);
    return { cause, exitCode, exitSignal, stderr: said.text() };
  });
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) void stop();
  return { processId: child.pid, stdin: child.stdin, stdout: child.stdout, child, ended, stop };
}

function whenClosed(
  child: ChildProcess,
): Promise<{ exitCode: number | null; exitSignal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    // The lifeline is ours to close: the pipes of a child are waited for, all of them.
    child.once('exit', () => child.stdio[3]?.destroy());
    child.once('close', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }));
    child.once('error', () => {
      if (child.pid === undefined) resolve({ exitCode: notFound, exitSignal: null });
    });
  });
}

function causeOf(exitCode: number | null): LongToolEnd['cause'] {
  if (exitCode === 0) return 'finished';
  return exitCode === notFound || exitCode === notExecutable ? 'not-installed' : 'failed';
}

/** The end of what a program says. */
class Tail {
  #kept = Buffer.alloc(0);

  constructor(stream: Readable | null) {
    stream?.on('data', (chunk: Buffer) => {
      this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-stderrTailBytes);
    });
  }

  text(): string {
    return this.#kept.toString('utf8').trim();
  }
}
