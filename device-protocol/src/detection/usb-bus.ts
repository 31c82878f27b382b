import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { keepProcess } from './kept-process.ts';
import type { UsbBus } from './merge-attachments.ts';
import { SysfsUsb, type SysfsUsbOptions } from './sysfs-usb.ts';

export interface UsbBusOptions extends SysfsUsbOptions {
  /** How often the bus is looked at although nothing was heard of it. */
  reconcileIntervalMs: number;
  /** A process that listens for changes ended, and is started again; the bus is looked at by time meanwhile. */
  onListenerEnd(listener: string, reason: string): void;
}

/**
 * The USB bus of this machine. Whoever listens (libusb and udevadm, each in a process of its own) only says that
 * something changed; what is there is read from sysfs, and looked at by time as well, so that a missed event costs
 * seconds and no more. A machine without a bus is quiet until it has one.
 */
export function usbBus(options: UsbBusOptions): UsbBus {
  const sysfs = new SysfsUsb(options);
  return { scan: () => sysfs.scan(), changes: (signal) => changes(sysfs, options, signal) };
}

async function* changes(sysfs: SysfsUsb, options: UsbBusOptions, signal: AbortSignal): AsyncGenerator<void> {
  const bell = new Bell();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const ring = () => bell.ring();
  signal.addEventListener('abort', ring, { once: true });
  let listening: Promise<unknown> | null = null;
  try {
    while (!signal.aborted) {
      if (listening === null && (await sysfs.hasBus())) listening = listen(options, ring, either);
      await bell.wait(options.reconcileIntervalMs);
      if (!signal.aborted) yield;
    }
  } finally {
    signal.removeEventListener('abort', ring);
    stop.abort();
    await listening;
  }
}

function listen(options: UsbBusOptions, onSign: () => void, signal: AbortSignal): Promise<unknown> {
  const hotPlug = fileURLToPath(new URL('./hot-plug-process.js', import.meta.url));
  return Promise.all([
    keepProcess(
      {
        start: () => fork(hotPlug, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] }),
        onSign,
        onEnd: (reason) => options.onListenerEnd('libusb', reason),
      },
      signal,
    ),
    keepProcess(
      {
        // Tells after the rules were run: a node has its owner by then.
        start: () =>
          spawn('udevadm', ['monitor', '--udev', '--subsystem-match=usb', '--subsystem-match=tty'], {
            stdio: ['ignore', 'pipe', 'ignore'],
          }),
        onSign,
        onEnd: (reason) => options.onListenerEnd('udevadm', reason),
      },
      signal,
    ),
  ]);
}

/** Wakes whoever waits; a ring while nobody waits is kept. */
class Bell {
  #isRung = false;
  #wake: () => void = () => {};

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isRung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
    }
    this.#isRung = false;
    this.#wake = () => {};
  }
}
