import type { Bookmark, OperationFile } from '@docket/gateway/contract';
import { expect, test } from 'vitest';
import { ApiProblem, Unreachable } from '../api/request.ts';
import { BookmarkTaps, type Tap } from './bookmark-taps.ts';

/** A dock that takes bookmarks, and a line to it that can break on the way there or on the way back. */
function dock() {
  const bookmarks: Bookmark[] = [];
  const line = { isThereBroken: false, isBackBroken: false, refusal: null as Error | null, nowMs: 1_000_000 };
  const answer = () => ({ bookmarks: [...bookmarks] }) as OperationFile;
  const taps = new BookmarkTaps({
    async make({ kind, text, at }: Tap) {
      if (line.isThereBroken) throw new Unreachable(null);
      if (line.refusal !== null) throw line.refusal;
      bookmarks.push({ bookmarkId: `b${bookmarks.length}`, kind, text, at } as Bookmark);
      if (line.isBackBroken) throw new Unreachable(null);
      return answer();
    },
    async read() {
      if (line.isThereBroken || line.isBackBroken) throw new Unreachable(null);
      return answer();
    },
    changed: () => {},
    nowMs: () => line.nowMs,
  });
  return { taps, line, bookmarks, states: () => taps.list.map(({ state }) => state) };
}

test('a tap marks the moment of the finger, also where the line is mended long after', async () => {
  const { taps, line, bookmarks, states } = dock();
  line.isThereBroken = true;
  await taps.tap('credentials-shown');
  line.nowMs += 60_000;
  await taps.resend();
  expect(states()).toEqual(['waiting']);
  line.isThereBroken = false;
  await taps.resend();
  expect(states()).toEqual(['made']);
  expect(bookmarks.map(({ at }) => Date.parse(at))).toEqual([1_000_000]);
});

test('what was taken although its answer was lost is not made twice', async () => {
  const { taps, line, bookmarks, states } = dock();
  line.isBackBroken = true;
  await taps.tap('rights-told');
  line.isBackBroken = false;
  await taps.resend();
  expect([states(), bookmarks.length]).toEqual([['made'], 1]);
  expect(taps.list[0]?.bookmarkId).toBe('b0');
});

test('taps follow each other without waiting, a nervous second one is none, and notes are all kept', async () => {
  const { taps, bookmarks } = dock();
  await Promise.all([taps.tap('credentials-shown'), taps.tap('rights-told'), taps.tap('rights-told')]);
  await Promise.all([taps.tap('note', '一'), taps.tap('note', '二')]);
  expect(bookmarks.map(({ kind }) => kind)).toEqual(['credentials-shown', 'rights-told', 'note', 'note']);
});

test('what the dock refuses is told and not tried again; what was made is shown for a while', async () => {
  const { taps, line, states } = dock();
  line.refusal = new ApiProblem(409, 'operation-closed', '');
  await taps.tap('inspection-begun');
  await taps.resend();
  expect(states()).toEqual(['refused']);
  taps.drop(taps.list[0]?.key ?? 0);
  line.refusal = null;
  await taps.tap('inspection-ended');
  taps.tidy();
  expect(states()).toEqual(['made']);
  line.nowMs += 11_000;
  taps.tidy();
  expect(states()).toEqual([]);
});
