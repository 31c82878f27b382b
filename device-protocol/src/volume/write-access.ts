import { createConnection, type Socket } from 'node:net';
import { RecorderError } from '../errors.ts';

/** A volume that may be written for the moment, and where. It is read-only again once this is closed. */
export interface WritableVolume {
  directory: string;
  close(): Promise<void>;
}

/** Has a volume that is mounted read-only opened for writing. */
export interface WriteAccess {
  /** Throws RecorderError ERASE_REFUSED where it is not given. */
  open(portPath: string, signal: AbortSignal): Promise<WritableVolume>;
}

const longestAnswerBytes = 4096;

/**
 * Write access by the socket of `docket-volume-access`: one line `open <port path>` is answered by `ok <folder>` or
 * `error <words>`, and the volume stays writable while the connection lives. Whatever ends this process ends it too.
 */
export function writeAccessBySocket(socketPath: string): WriteAccess {
  return {
    async open(portPath, signal) {
      signal.throwIfAborted();
      const socket = createConnection(socketPath);
      const abort = () => socket.destroy(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        const answer = await ask(socket, `open ${portPath}\n`);
        if (!answer.startsWith('ok /')) throw refusal(portPath, answer.replace(/^error /u, ''));
        return { directory: answer.slice('ok '.length), close: () => hangUp(socket) };
      } catch (cause) {
        socket.destroy();
        signal.throwIfAborted();
        throw cause instanceof RecorderError ? cause : refusal(portPath, String(cause), cause);
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
  };
}

function refusal(portPath: string, words: string, cause?: unknown): RecorderError {
  return new RecorderError(
    'ERASE_REFUSED',
    `the volume in ${portPath} was not opened for writing: ${words}`,
    {
      cause,
    },
  );
}

/** Sends a line and resolves with the first line that comes back. */
function ask(socket: Socket, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection ended without an answer')));
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\n');
      if (end >= 0) resolve(answer.slice(0, end));
      else if (answer.length > longestAnswerBytes) reject(new Error('the answer does not end'));
    });
    socket.write(line);
  });
}

/** Resolves once the other end has hung up too: then the volume is read-only again. */
async function hangUp(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.end();
  await closed;
}
