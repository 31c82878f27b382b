import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { patient } from '../patience.ts';

/** Connects to a socket that a program just started is about to open. Throws after the deadline, or on abort. */
export async function connectSoon(path: string, signal: AbortSignal): Promise<Socket> {
  const deadline = performance.now() + patient(30_000);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = connect(path);
        socket.once('connect', () => resolve(socket));
        socket.once('error', reject);
      });
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}

/** Calls back with each whole line that comes in. */
export function onLine(socket: Socket, callback: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) callback(line.replace(/\r$/u, ''));
  });
}
