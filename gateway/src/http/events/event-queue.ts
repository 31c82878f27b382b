import type { GatewayEvent } from '../../contract/index.ts';

const mostWaiting = 512;

/**
 * What one client has still to be sent. Events carry whole resources, so that of two about the same one only the
 * newer waits. A client that lets too many wait overflows: it is cut off, and reads the resources afresh.
 */
export class EventQueue implements AsyncIterable<GatewayEvent> {
  readonly #waiting = new Map<string, GatewayEvent>();
  #wake: () => void = () => {};
  #ended = false;
  #overflowed = false;

  get overflowed(): boolean {
    return this.#overflowed;
  }

  push(event: GatewayEvent): void {
    if (this.#ended) return;
    const key = subjectOf(event);
    this.#waiting.delete(key);
    this.#waiting.set(key, event);
    if (this.#waiting.size > mostWaiting) {
      this.#overflowed = true;
      this.end();
    }
    this.#wake();
  }

  /** Nothing more is sent, not even what waits. */
  end(): void {
    this.#ended = true;
    this.#waiting.clear();
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<GatewayEvent, void> {
    while (!this.#ended) {
      const [next] = this.#waiting;
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#waiting.delete(next[0]);
      yield next[1];
    }
  }
}

function subjectOf(event: GatewayEvent): string {
  switch (event.type) {
    case 'slot':
      return `slot ${event.slot.slot}`;
    // In place of whatever was still to be told of the slot.
    case 'slot-removed':
      return `slot ${event.slot}`;
    case 'clip':
      return `clip ${event.clip.clipId}`;
    case 'recorder':
      return `recorder ${event.recorder.recorderId}`;
    case 'calibration':
    case 'health':
    case 'mapping':
    case 'live':
    case 'archive':
      return event.type;
    case 'operation':
      return `operation ${event.operation.operationId}`;
    case 'alarm':
      return `alarm ${event.alarm.alarmId}`;
  }
}
