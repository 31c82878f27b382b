import type { GatewayEvent } from '@docket/gateway/contract';

/** The part of EventSource that is used here; a test brings its own. */
export interface EventSourceLike {
  onopen: ((event: Event) => void) | null;
  onerror: ((event: Event) => void) | null;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface EventStreamHandlers {
  opened(): void;
  lost(): void;
  event(event: GatewayEvent): void;
}

export interface EventStream {
  /** Drop the connection and try again at once: for when something else shows that it is dead. */
  restart(): void;
  close(): void;
}

/** Every kind of the contract: the type-check misses one that is left out, for a browser drops it without a word. */
const eventTypes = Object.keys({
  slot: true,
  'slot-removed': true,
  calibration: true,
  recorder: true,
  clip: true,
  mapping: true,
  health: true,
  live: true,
  operation: true,
  alarm: true,
  archive: true,
} satisfies Record<GatewayEvent['type'], true>);
const firstDelayMs = 1_000;
const longestDelayMs = 10_000;

/**
 * One event connection, kept up. The browser's own reconnection gives up on an HTTP error and cannot be asked
 * how long it waits, so every retry is made here.
 */
export function openEventStream(
  url: string,
  handlers: EventStreamHandlers,
  createSource: (url: string) => EventSourceLike = (address) => new EventSource(address),
): EventStream {
  let source: EventSourceLike | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delayMs = firstDelayMs;
  let closed = false;

  function drop(): void {
    source?.close();
    source = undefined;
    clearTimeout(timer);
  }

  function connect(): void {
    const current = createSource(url);
    source = current;
    current.onopen = () => {
      if (source !== current) return;
      delayMs = firstDelayMs;
      handlers.opened();
    };
    current.onerror = () => {
      if (source !== current) return;
      drop();
      handlers.lost();
      timer = setTimeout(connect, delayMs);
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    };
    for (const type of eventTypes) {
      current.addEventListener(type, (message) => {
        if (source === current) handlers.event(JSON.parse(message.data) as GatewayEvent);
      });
    }
  }

  connect();
  return {
    restart() {
      if (closed) return;
      drop();
      handlers.lost();
      timer = setTimeout(connect, delayMs);
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    },
    close() {
      closed = true;
      drop();
    },
  };
}
