import type { QueueEntry } from '@docket/gateway/contract';
import { expect, test } from 'vitest';
import { runOf } from './recording-runs.ts';

/** A clip of a recorder by the minutes from which and to which it recorded. */
function entry(clipId: string, recorderId: string, from: number | null, to: number | null): QueueEntry {
  const instant = (minute: number | null) =>
    minute === null ? null : { value: new Date(minute * 60_000).toISOString() };
  return {
    clip: { clipId, recorderId, utcStart: instant(from), utcEnd: instant(to) },
  } as unknown as QueueEntry;
}
const ids = (entries: readonly QueueEntry[]) => entries.map(({ clip }) => clip.clipId);

test('files that follow each other within a minute are one run, whatever lies between them in the list', () => {
  const entries = [
    entry('c', 'r', 20, 30),
    entry('x', 'other', 0, 40),
    entry('a', 'r', 0, 10),
    entry('b', 'r', 10.5, 20),
    entry('late', 'r', 45, 50),
  ];
  expect(ids(runOf(entries[3] as QueueEntry, entries))).toEqual(['a', 'b', 'c']);
  expect(ids(runOf(entries[4] as QueueEntry, entries))).toEqual(['late']);
});

test('a clip without a time is a run of its own', () => {
  const alone = entry('a', 'r', null, null);
  expect(runOf(alone, [alone, entry('b', 'r', 0, 10)])).toEqual([alone]);
});
