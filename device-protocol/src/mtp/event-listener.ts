import { setTimeout as delay } from 'node:timers/promises';
import { type UsbConnection, UsbError } from '../usb/usb-connection.ts';
import { type Container, decodeContainer, maxContainerBytes } from './container.ts';
import { isWireError } from './wire-error.ts';

const pollMs = 30_000;
const stallPauseMs = 200;

/**
 * Calls `onEvent` for every event on the interrupt pipe until the signal aborts or the pipe fails for good. Events are
 * hints: one that is lost or malformed changes nothing that is not checked elsewhere. Never rejects.
 */
export async function listenForEvents(
  usb: UsbConnection,
  onEvent: (event: Container) => void,
  signal: AbortSignal,
): Promise<void> {
  const { interruptIn } = usb.pipes;
  if (interruptIn === null) return;
  while (!signal.aborted) {
    try {
      const event = eventIn(await usb.interruptIn(maxContainerBytes * 2, { timeoutMs: pollMs, signal }));
      if (event !== null) onEvent(event);
    } catch (error) {
      if (signal.aborted || !(error instanceof UsbError)) return;
      if (error.code === 'TIMEOUT') continue;
      if (error.code !== 'STALL') return;
      const isCleared = await usb.clearHalt(interruptIn, signal).then(
        () => true,
        () => false,
      );
      if (!isCleared) return;
      await delay(stallPauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function eventIn(bytes: Uint8Array): Container | null {
  try {
    const container = decodeContainer(bytes);
    return container.type === 'event' ? container : null;
  } catch (error) {
    if (isWireError(error)) return null;
    throw error;
  }
}
