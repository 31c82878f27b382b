import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

export interface KeptProcessOptions {
  start(): ChildProcess;
  /** Called for whatever the process writes or sends: it is never read, only heard. */
  onSign(): void;
  /** The process ended by itself. It is started again after a pause that grows while it keeps ending. */
  onEnd(reason: string): void;
  pause?: { firstMs: number; longestMs: number };
}

const defaultPause = { firstMs: 1_000, longestMs: 60_000 };

/** Keeps a process running that tells by any sign that something changed, until the signal aborts; a program that is not there is not looked for again. Never throws. */
export async function keepProcess(options: KeptProcessOptions, signal: AbortSignal): Promise<void> {
  const { firstMs, longestMs } = options.pause ?? defaultPause;
  let pauseMs = firstMs;
  while (!signal.aborted) {
    const startedAtMs = performance.now();
    const { reason, isMissing } = await runOnce(options, signal);
    if (signal.aborted || isMissing) return;
    // One that held for long did not fail for the reason the earlier ones did.
    if (performance.now() - startedAtMs > longestMs) pauseMs = firstMs;
    options.onEnd(reason);
    await delay(pauseMs, undefined, { signal }).catch(() => {});
    pauseMs = Math.min(2 * pauseMs, longestMs);
  }
}

interface Ending {
  reason: string;
  isMissing: boolean;
}

function runOnce({ start, onSign }: KeptProcessOptions, signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve) => {
    const child = start();
    const kill = () => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    const ended = (reason: string, isMissing = false) => {
      signal.removeEventListener('abort', kill);
      resolve({ reason, isMissing });
    };
    child.stdout?.on('data', onSign);
    child.on('message', onSign);
    child.on('error', (error: NodeJS.ErrnoException) => {
      // One that could not be started never exits.
      if (child.pid === undefined) ended(error.message, error.code === 'ENOENT');
    });
    child.on('exit', (code, killedBy) => ended(killedBy ?? `exit code ${code}`));
    if (signal.aborted) kill();
  });
}
