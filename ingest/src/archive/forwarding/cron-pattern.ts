import { Cron } from 'croner';

/** True for a pattern of five fields (minute, hour, day, month, weekday) that a window of the line can have. */
export function isCronPattern(pattern: string): boolean {
  if (pattern.trim().split(/\s+/u).length !== 5) return false;
  try {
    new Cron(pattern, { paused: true }).stop();
    return true;
  } catch {
    return false;
  }
}
