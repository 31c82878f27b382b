import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';

/** The recorder's end of a pseudo terminal; the dock opens the other end at `path`. */
export interface Pty {
  readonly path: string;
  readonly fromDock: Readable;
  readonly toDock: Writable;
  /** Pulls the plug: the dock's end hangs up and its path goes away, at once. Resolves when that is done. */
  unplug(): Promise<void>;
}

/**
 * Makes a raw pseudo terminal with a link at `path`. It is held by a `socat` process, which passes every byte on
 * unchanged and ends with this process. Throws where `socat` is missing or cannot make the link.
 */
export async function openPty(path: string): Promise<Pty> {
  const socat = spawn('socat', ['-d', '-d', '-b65536', '-', `pty,raw,echo=0,link=${path}`], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => {
    socat.once('exit', () => resolve());
    socat.once('error', () => resolve());
  });
  // Writing to a plug that was just pulled is no fault of the recorder.
  socat.stdin.on('error', () => undefined);
  await transferLoop(socat, socat.stderr);
  return {
    path,
    fromDock: socat.stdout,
    toDock: socat.stdin,
    unplug: async () => {
      // Killed rather than asked: nothing more may leave the buffers.
      socat.kill('SIGKILL');
      await exited;
      await rm(path, { force: true });
    },
  };
}

/** Resolves when socat says that bytes are passed on, which is after the link was made. */
async function transferLoop(socat: ChildProcess, log: Readable): Promise<void> {
  const failed = once(socat, 'close').then(() => {
    throw new Error(`socat ended before the pseudo terminal was ready: ${heard}`);
  });
  // A missing program is an 'error', which `once` turns into a rejection.
  failed.catch(() => undefined);
  let heard = '';
  const ready = new Promise<void>((resolve) => {
    log.setEncoding('utf8').on('data', (text: string) => {
      heard = (heard + text).slice(-4096);
      if (heard.includes('starting data transfer loop')) resolve();
    });
  });
  await Promise.race([ready, failed]);
}
