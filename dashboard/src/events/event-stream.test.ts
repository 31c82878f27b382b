import { GatewayEvent } from '@docket/gateway/contract';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EventSourceLike, openEventStream } from './event-stream.ts';

class FakeSource implements EventSourceLike {
  onopen: EventSourceLike['onopen'] = null;
  onerror: EventSourceLike['onerror'] = null;
  closed = false;
  readonly listeners = new Map<string, (event: MessageEvent<string>) => void>();

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(type, listener);
  }

  close(): void {
    this.closed = true;
  }

  send(type: string, data: unknown): void {
    this.listeners.get(type)?.({ data: JSON.stringify(data) } as MessageEvent<string>);
  }
}

function watched() {
  const sources: FakeSource[] = [];
  const heard: string[] = [];
  const stream = openEventStream(
    '/events',
    {
      opened: () => heard.push('opened'),
      lost: () => heard.push('lost'),
      event: (event) => heard.push(event.type),
    },
    () => {
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
  );
  const latest = () => sources.at(-1) as FakeSource;
  return { stream, sources, heard, latest };
}

const nothing = {} as Event;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('event stream', () => {
  test('events arrive once it is open', () => {
    const { heard, latest } = watched();
    latest().onopen?.(nothing);
    latest().send('slot', { type: 'slot' });
    expect(heard).toEqual(['opened', 'slot']);
  });

  test('every kind of event of the contract is heard', () => {
    const { latest } = watched();
    const kinds = GatewayEvent.anyOf.map(({ properties }) => properties.type.const);
    expect([...latest().listeners.keys()].sort()).toEqual([...kinds].sort());
  });

  test('a broken connection is told at once and tried again, ever more slowly', () => {
    const { heard, sources, latest } = watched();
    latest().onerror?.(nothing);
    expect(heard).toEqual(['lost']);
    expect(sources[0]?.closed).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(2);
    latest().onerror?.(nothing);
    vi.advanceTimersByTime(1_999);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(sources).toHaveLength(3);
  });

  test('an open connection makes the next retry quick again', () => {
    const { sources, latest } = watched();
    for (const _ of [1, 2, 3]) {
      latest().onerror?.(nothing);
      vi.advanceTimersByTime(10_000);
    }
    latest().onopen?.(nothing);
    latest().onerror?.(nothing);
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(5);
  });

  test('a source that was given up is not heard any more', () => {
    const { stream, heard, sources, latest } = watched();
    latest().onopen?.(nothing);
    stream.restart();
    sources[0]?.send('slot', { type: 'slot' });
    sources[0]?.onopen?.(nothing);
    expect(heard).toEqual(['opened', 'lost']);
  });

  test('closed is closed', () => {
    const { stream, sources } = watched();
    stream.restart();
    stream.close();
    stream.restart();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
});
