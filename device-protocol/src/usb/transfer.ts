/** One transfer on its way, and waiting for it: what every carrier of USB has in common. */

import { type TransferOptions, UsbError } from './usb-connection.ts';

/** A transfer that was started. */
export interface RunningTransfer {
  /** Settles exactly once: with the bytes read (none for one towards the device), or with a UsbError. */
  readonly done: Promise<Uint8Array>;
  /** Asks for an early end. `done` then settles soon, with bytes where the transfer was over already. */
  cancel(): void;
}

/**
 * Waits for a transfer. Where time runs out or the signal aborts, it is cancelled and waited for, so that nothing
 * is on its way any more when this returns. Bytes that came after all are not thrown away by a time-out.
 * Throws UsbError, or the signal's reason.
 */
export async function finishTransfer(
  start: () => RunningTransfer,
  { timeoutMs, signal }: TransferOptions,
): Promise<Uint8Array> {
  signal.throwIfAborted();
  const transfer = start();
  let isLate = false;
  const cancel = () => transfer.cancel();
  const timer = setTimeout(() => {
    isLate = true;
    cancel();
  }, timeoutMs);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const bytes = await transfer.done;
    signal.throwIfAborted();
    return bytes;
  } catch (error) {
    signal.throwIfAborted();
    if (isLate && !isLastWord(error)) {
      throw new UsbError('TIMEOUT', `the device did not answer within ${timeoutMs} ms`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

/** What the device itself said weighs more than that it said so late. */
function isLastWord(error: unknown): boolean {
  return error instanceof UsbError && (error.code === 'GONE' || error.code === 'STALL');
}
