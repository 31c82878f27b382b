import type { FeedEnd, LiveFeed } from '@docket/device-protocol/live';
import { describe, expect, test } from 'vitest';
import { keepPulling } from './pull-loop.ts';
import type { BackOff } from './pull-pace.ts';

const backOff: BackOff = { baseMs: 1, maxMs: 4, goodAfterMs: 60_000, refusedMs: [1, 1] };

/** A feed that ends when told to. */
function feed(): LiveFeed & { end(end: FeedEnd): void } {
  let end: (end: FeedEnd) => void = () => {};
  const ended = new Promise<FeedEnd>((resolve) => {
    end = resolve;
  });
  return {
    way: 'pull-rtsp',
    transport: 'tcp',
    description: { tracks: [], refused: [], control: null, sdp: '' },
    begin: () => {},
    ended,
    close: async () => end({ cause: 'closed', detail: '' }),
    end,
  };
}

describe('keeping a stream pulled', () => {
  test('failures and ends are told, and each is followed by another attempt until it is stopped', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    let attempts = 0;
    await keepPulling(
      {
        open: async () => {
          attempts += 1;
          if (attempts % 2 === 1) throw new Error('refused');
          return feed();
        },
        take: async (taken) => (taken as ReturnType<typeof feed>).end({ cause: 'silent', detail: '' }),
        onFailure: (error) => void told.push((error as Error).message),
        onEnded: ({ cause }) => {
          told.push(cause);
          if (told.length >= 6) stop.abort();
        },
        backOff,
      },
      stop.signal,
    );
    expect(told).toEqual(['refused', 'silent', 'refused', 'silent', 'refused', 'silent']);
  });

  test('stopping closes the stream that flows, and a feed that could not be taken over is closed too', async () => {
    const stop = new AbortController();
    const [flowing, untaken] = [feed(), feed()];
    const feeds = [untaken, flowing];
    const causes: string[] = [];
    await keepPulling(
      {
        open: async () => feeds.shift() ?? Promise.reject(new Error('no more')),
        take: async (taken) => {
          if (taken === untaken) throw new Error('the index is closed');
          stop.abort();
        },
        onFailure: () => {},
        onEnded: ({ cause }) => void causes.push(cause),
        backOff,
      },
      stop.signal,
    );
    await expect(untaken.ended).resolves.toMatchObject({ cause: 'closed' });
    await expect(flowing.ended).resolves.toMatchObject({ cause: 'closed' });
    expect(causes).toEqual(['closed']);
  });
});
