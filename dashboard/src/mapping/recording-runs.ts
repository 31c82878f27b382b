import type { QueueEntry } from '@docket/gateway/contract';

/** Recorders cut a recording into files; the next begins within moments of the end of the one before. */
const longestPauseMs = 60_000;

/** The clips of the same recorder that were recorded in one run with this one, itself among them. */
export function runOf(entry: QueueEntry, entries: readonly QueueEntry[]): QueueEntry[] {
  const timed = entries
    .filter(({ clip }) => clip.recorderId === entry.clip.recorderId && startOf(clip) !== null)
    .sort((one, other) => (startOf(one.clip) ?? 0) - (startOf(other.clip) ?? 0));
  const position = timed.indexOf(entry);
  if (position < 0) return [entry];
  let [first, last] = [position, position];
  while (first > 0 && follows(timed[first - 1], timed[first])) first -= 1;
  while (last < timed.length - 1 && follows(timed[last], timed[last + 1])) last += 1;
  return timed.slice(first, last + 1);
}

function follows(before: QueueEntry | undefined, after: QueueEntry | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const end = before.clip.utcEnd?.value ?? before.clip.utcStart?.value ?? null;
  const start = startOf(after.clip);
  return end !== null && start !== null && start - Date.parse(end) <= longestPauseMs;
}

function startOf(clip: QueueEntry['clip']): number | null {
  const value = clip.utcStart?.value ?? null;
  return value === null ? null : Date.parse(value);
}
