import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PlayConnection, type SocketLike } from './play-connection.ts';

class Socket implements SocketLike {
  readyState = 0;
  binaryType: BinaryType = 'blob';
  onopen: SocketLike['onopen'] = null;
  onclose: SocketLike['onclose'] = null;
  onmessage: SocketLike['onmessage'] = null;
  sent = 0;

  send(): void {
    this.sent += 1;
  }

  close(): void {
    this.readyState = 3;
  }

  says(message: object): void {
    this.onmessage?.(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  breaks(): void {
    this.readyState = 3;
    this.onclose?.(new Event('close') as CloseEvent);
  }
}

function connection() {
  const sockets: Socket[] = [];
  const losses: unknown[] = [];
  const silent = () => {};
  const made = new PlayConnection(
    'ws://dock/play',
    { hello: silent, media: silent, time: silent, behind: silent, lost: (reason) => losses.push(reason) },
    () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket;
    },
  );
  return { made, sockets, losses, last: () => sockets.at(-1) as Socket };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('it is made anew with growing pauses until what it brings is shown, whatever it is greeted with', () => {
  const { made, sockets, last } = connection();
  const pauses = [0, 1, 2, 3, 4, 5, 6].map(() => {
    last().says({ type: 'hello' });
    last().breaks();
    const known = sockets.length;
    let waitedMs = 0;
    for (; sockets.length === known; waitedMs += 100) vi.advanceTimersByTime(100);
    return waitedMs;
  });
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  made.settled();
  last().breaks();
  vi.advanceTimersByTime(500);
  expect(sockets).toHaveLength(9);
  made.close();
});

test('where the recorder is known to send again, it does not wait, and one that stands is left alone', () => {
  const { made, sockets, last } = connection();
  for (let loss = 0; loss < 5; loss += 1) {
    last().breaks();
    vi.advanceTimersByTime(10_000);
  }
  last().says({ type: 'end', reason: 'no-stream' });
  last().breaks();
  const known = sockets.length;
  made.hurry();
  expect(sockets).toHaveLength(known + 1);
  made.hurry();
  vi.advanceTimersByTime(5_000);
  expect(sockets).toHaveLength(known + 1);
  made.close();
  made.hurry();
  expect(sockets).toHaveLength(known + 1);
});

test('why it ended is told, and nothing is said to one that is not open', () => {
  const { made, losses, last } = connection();
  vi.advanceTimersByTime(2_000);
  expect(last().sent).toBe(0);
  last().readyState = 1;
  vi.advanceTimersByTime(2_000);
  expect(last().sent).toBe(2);
  last().says({ type: 'end', reason: 'stopping' });
  last().breaks();
  expect(losses).toEqual(['stopping']);
  made.close();
});
