/**
 * Which of two revisions is the later: negative where `one` is earlier. Whole numbers order as numbers, instants as
 * instants, anything else as text; all numbers come before all instants, and these before all text.
 */
export function compareRevisions(one: string, other: string): number {
  const [first, second] = [rankOf(one), rankOf(other)];
  return first.rank - second.rank || compare(first.value, second.value);
}

type Ranked = { rank: 0; value: bigint } | { rank: 1; value: number } | { rank: 2; value: string };

const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/u;

function rankOf(revision: string): Ranked {
  if (/^\d+$/u.test(revision)) return { rank: 0, value: BigInt(revision) };
  const milliseconds = instant.test(revision) ? Date.parse(revision) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return { rank: 1, value: milliseconds };
  return { rank: 2, value: revision };
}

function compare(one: bigint | number | string, other: bigint | number | string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
