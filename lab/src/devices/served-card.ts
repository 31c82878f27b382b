import { type ChildProcess, spawn } from 'node:child_process';
import { access, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../lab.ts';

/** A card served over a socket by nbdkit, so that it can be made to fail or to hang while it is in use. */
export interface ServedCard {
  socket: string;
  /** From now on every read fails. */
  fail(): Promise<void>;
  /** From now on no read is answered, until `resume`. */
  hang(): void;
  resume(): void;
}

/** Serves a card at so many bits a second. The server ends with the scenario. */
export async function serveCard(lab: Lab, image: string, bitsPerSecond: string): Promise<ServedCard> {
  const socket = `${image}.nbd`;
  const failing = `${image}.failing`;
  const child = spawn(
    'nbdkit',
    [
      ...['-f', '-U', socket, '--filter=error', '--filter=rate', 'file', image],
      ...['error=EIO', 'error-pread-rate=100%', `error-file=${failing}`, `rate=${bitsPerSecond}`],
    ],
    { stdio: 'ignore' },
  );
  lab.atEnd(() => end(child));
  while (!(await exists(socket))) {
    if (child.exitCode !== null) throw new Error(`nbdkit ended with ${child.exitCode}`);
    await delay(20);
  }
  return {
    socket,
    fail: () => writeFile(failing, ''),
    hang: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
