/** The middle of some figures, with the least and the greatest. */
export interface Spread {
  median: number;
  least: number;
  greatest: number;
}

/** Throws RangeError on no figures at all. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  const least = sorted[0];
  const greatest = sorted.at(-1);
  if (upper === undefined || lower === undefined || least === undefined || greatest === undefined)
    throw new RangeError('no figures, no median');
  return { median: (lower + upper) / 2, least, greatest };
}

/** The items in a new random order, so that no peer always runs after the same other. */
export function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((left, right) => left.key - right.key)
    .map(({ item }) => item);
}
