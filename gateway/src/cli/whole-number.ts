import type { Messages } from '../messages/index.ts';
import { UsageError } from './usage-error.ts';

/** A whole number of a flag. Throws UsageError where it is none, or out of range. */
export function wholeNumber(
  flag: string,
  text: string,
  range: { from: number; to: number },
  { usage }: Messages,
): number {
  const value = Number(text);
  if (!/^-?\d+$/u.test(text) || value < range.from || value > range.to) {
    throw new UsageError(usage.wrongValue(flag, usage.fromTo(range.from, range.to)));
  }
  return value;
}
