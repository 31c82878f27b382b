import type { LinuxPortBinding } from '@serialport/bindings-cpp';
import { SerialPort } from 'serialport';
import { RecorderError } from '../errors.ts';
import { noticeHangUp } from './hang-up.ts';
import type { Link } from './link.ts';

export interface SerialTarget {
  devicePath: string;
  baudRate: number;
}

/**
 * Opens a serial port for this process alone. Throws RecorderError RECORDER_GONE where there is no such port,
 * RECORDER_SILENT where it is there but cannot be had (held by another program, no permission).
 */
export async function openSerialLink(target: SerialTarget, signal: AbortSignal): Promise<Link> {
  signal.throwIfAborted();
  const { devicePath, baudRate } = target;
  const port = new SerialPort({ path: devicePath, baudRate, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(openError(devicePath, error))));
  });
  // Recorders are docked on Linux only; an opened port has its binding.
  noticeHangUp(port.port as LinuxPortBinding);
  const link = new SerialLink(port);
  if (signal.aborted) {
    await link.close();
    throw signal.reason;
  }
  return link;
}

class SerialLink implements Link {
  readonly input: AsyncIterable<Uint8Array>;
  readonly #port: SerialPort;
  /** Rejects when the port closes, whoever closed it: a write to a closed port would wait for ever. */
  readonly #closed: Promise<never>;
  #isClosing = false;

  constructor(port: SerialPort) {
    this.#port = port;
    this.input = this.#read();
    this.#closed = new Promise<never>((_, reject) => {
      // 'close' may come twice, and an 'error' beside it; the first one settles this promise.
      port.on('close', (cause?: unknown) => reject(goneError(port.path, cause)));
      port.on('error', (cause) => reject(goneError(port.path, cause)));
    });
    this.#closed.catch(() => undefined);
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#port) yield chunk;
    } catch (cause) {
      if (!this.#isClosing) throw goneError(this.#port.path, cause);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#port.isOpen) return this.#closed;
    const written = new Promise<void>((resolve, reject) => {
      this.#port.write(bytes, (cause) => (cause ? reject(goneError(this.#port.path, cause)) : resolve()));
    });
    await Promise.race([written, this.#closed]);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#port.isOpen) return;
    // An error here means that the port is closed already, which is what was asked for.
    await new Promise<void>((resolve) => this.#port.close(() => resolve()));
  }
}

/** The binding gives plain errors without a code, so only their words tell what happened. */
function openError(devicePath: string, cause: Error): RecorderError {
  const isHeld = /cannot lock|resource temporarily unavailable|resource busy/i.test(cause.message);
  if (isHeld) {
    return new RecorderError('RECORDER_SILENT', `${devicePath} is held by another program`, { cause });
  }
  if (/permission denied|operation not permitted/i.test(cause.message)) {
    return new RecorderError('RECORDER_SILENT', `${devicePath} may not be opened by this user`, { cause });
  }
  return new RecorderError('RECORDER_GONE', `${devicePath} cannot be opened: ${cause.message}`, { cause });
}

function goneError(devicePath: string, cause: unknown): RecorderError {
  return new RecorderError('RECORDER_GONE', `the port ${devicePath} closed`, { cause });
}
