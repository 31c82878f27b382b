import type { Bookmark, Clip, LiveSession } from '@docket/gateway/contract';
import { expect, test } from 'vitest';
import { boundsOfParts, boundsOfSession, sessionStrip } from './session-strip.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
const session = { startedAt: at(0), endedAt: at(100) } as LiveSession;
const instant = (seconds: number) => ({ value: at(seconds) }) as NonNullable<Clip['utcStart']>;
const segment = (clipId: string, from: number, to: number) =>
  ({ clipId, state: 'sealed', utcStart: instant(from), utcEnd: instant(to) }) as Clip;
const bookmark = (bookmarkId: string, seconds: number, struck: Bookmark['struck'] = null) =>
  ({ bookmarkId, at: at(seconds), struck, kind: 'note' }) as Bookmark;

test('segments, gaps and bookmarks lie where they were, and nothing reaches beyond the session', () => {
  const gaps = [{ cause: 'stream-lost', from: at(40), to: at(60), detail: '', reason: null }];
  const strip = sessionStrip(
    { gaps, segments: [segment('a', 0, 40), segment('b', 60, 130)] },
    [bookmark('x', 50), bookmark('y', 200), bookmark('z', 10, { by: '张三', at: at(11), reason: '误按' })],
    boundsOfSession(session, 0),
    0,
  );
  expect(strip.segments.map(({ from, to }) => [from, to])).toEqual([
    [0, 0.4],
    [0.6, 1],
  ]);
  expect(strip.gaps).toMatchObject([{ from: 0.4, to: 0.6 }]);
  expect(strip.marks).toEqual([{ key: 'x', at: 0.5, kind: 'note' }]);
});

test('what goes on begins where the segment before it ended, or the gap between them', () => {
  const growing = {
    clipId: 'b',
    state: 'recording',
    utcStart: null,
    utcEnd: null,
    collectedAt: at(33),
  } as Clip;
  const going = { ...session, endedAt: null };
  const segments = [segment('a', 0, 30), growing];
  const now = Date.parse(at(40));
  const begin = (gaps: { cause: string; from: string; to: string; detail: string; reason: null }[]) =>
    sessionStrip({ gaps, segments }, [], boundsOfSession(going, now), now).segments.at(-1)?.from;
  expect(begin([])).toBe(0.75);
  expect(begin([{ cause: 'stream-lost', from: at(30), to: at(32), detail: '', reason: null }])).toBe(0.8);
});

test('what goes on reaches to now', () => {
  const growing = {
    clipId: 'a',
    state: 'recording',
    utcStart: null,
    utcEnd: null,
    collectedAt: at(20),
  } as Clip;
  const gaps = [{ cause: 'stream-lost', from: at(30), to: null, detail: '', reason: null }];
  const going = { ...session, endedAt: null };
  const now = Date.parse(at(40));
  const strip = sessionStrip({ gaps, segments: [growing] }, [], boundsOfSession(going, now), now);
  expect(strip.segments).toMatchObject([{ from: 0.5, to: 1 }]);
  expect(strip.gaps).toMatchObject([{ from: 0.75, to: 1 }]);
});

test('of an operation the line reaches from where its recorder joined to where it left, whatever was sent before and after', () => {
  const parts = [
    { joinedAt: at(20), leftAt: at(40) },
    { joinedAt: at(60), leftAt: at(70) },
  ];
  const bounds = boundsOfParts(parts, Date.parse(at(90)));
  if (bounds === null) throw new Error('it took part');
  const strip = sessionStrip({ gaps: [], segments: [segment('a', 0, 45)] }, [bookmark('x', 10)], bounds, 0);
  expect(strip.segments).toEqual([{ key: 'a', from: 0, to: 0.5 }]);
  expect(strip.marks).toEqual([]);
  expect(boundsOfParts([{ joinedAt: at(20), leftAt: null }], Date.parse(at(90)))?.toMs).toBe(
    Date.parse(at(90)),
  );
  expect(boundsOfParts([], 0)).toBeNull();
});
