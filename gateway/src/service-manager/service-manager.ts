import { setTimeout as delay } from 'node:timers/promises';
import type { Component } from '../component.ts';
import type { Log } from '../log.ts';
import { NotifySocket } from './notify-socket.ts';

export interface ServiceManagerOptions {
  /** `NOTIFY_SOCKET` and `WATCHDOG_USEC`, as systemd sets them; without them this part does nothing. */
  environment: NodeJS.ProcessEnv;
  /**
   * Asks the parts of the gateway whether they still work. Resolves with what does not, or `null`. One that never
   * resolves is an answer too: the watchdog gets no sign.
   */
  ailment(): Promise<string | null>;
  log: Log;
}

/**
 * Tells systemd that the gateway is ready, that it stops, and, as often as the watchdog wants a sign, that it lives:
 * the event loop turns, and every part that was asked has answered. No sign is sent for parts that hang, and systemd
 * restarts the gateway.
 */
export function serviceManager(options: ServiceManagerOptions): Component {
  const { environment, log } = options;
  const stopping = new AbortController();
  const path = environment.NOTIFY_SOCKET;
  const socket = path === undefined || path === '' ? null : new NotifySocket(path, log);
  let signs: Promise<void> = Promise.resolve();
  return {
    name: 'service manager',
    start: async () => {
      socket?.tell('READY=1');
      const everyMs = signIntervalMs(environment);
      if (socket !== null && everyMs !== null) signs = giveSigns(socket, everyMs, options, stopping.signal);
    },
    stop: async () => {
      stopping.abort();
      await signs;
      socket?.tell('STOPPING=1');
      await socket?.close();
    },
  };
}

async function giveSigns(
  socket: NotifySocket,
  everyMs: number,
  { ailment, log }: ServiceManagerOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const ill = await unlessEnded(ailment(), signal);
    if (signal.aborted) return;
    if (ill === null) socket.tell('WATCHDOG=1');
    else log.error({ ailment: ill }, 'no sign to the watchdog');
    // What was only late is well again soon: it is asked again before the watchdog bites.
    const waitMs = ill === null ? everyMs : everyMs / 10;
    await delay(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** What the question answers, or `null` as soon as the signal aborts. */
async function unlessEnded(question: Promise<string | null>, signal: AbortSignal): Promise<string | null> {
  let end = () => {};
  const ended = new Promise<null>((resolve) => {
    end = () => resolve(null);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return await Promise.race([question, ended]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** A third of the time after which the watchdog bites; `null` where none is set for this process. */
function signIntervalMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number | null {
  const limitMs = Number(WATCHDOG_USEC) / 1000;
  if (!Number.isFinite(limitMs) || limitMs <= 0) return null;
  if (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== process.pid) return null;
  return Math.max(limitMs / 3, 100);
}
