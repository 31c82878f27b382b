/** A span in the two largest units that say something; the words come from the messages. */
export type DurationParts =
  | { unit: 'days'; days: number; hours: number }
  | { unit: 'hours'; hours: number; minutes: number }
  | { unit: 'wholeHours'; hours: number }
  | { unit: 'minutes'; minutes: number; seconds: number }
  | { unit: 'wholeMinutes'; minutes: number }
  | { unit: 'seconds'; seconds: number };

export function durationParts(milliseconds: number): DurationParts {
  const total = Math.max(0, Math.round(milliseconds / 1000));
  const seconds = total % 60;
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600) % 24;
  const days = Math.floor(total / 86_400);
  if (days > 0) return { unit: 'days', days, hours };
  if (hours > 0) return minutes === 0 ? { unit: 'wholeHours', hours } : { unit: 'hours', hours, minutes };
  if (minutes > 0)
    return seconds === 0 ? { unit: 'wholeMinutes', minutes } : { unit: 'minutes', minutes, seconds };
  return { unit: 'seconds', seconds };
}

/** Time left as a person would guess it: never with more figures than an estimate has. Rounded up. */
export function coarseTimeLeftMs(secondsLeft: number): number {
  const step = secondsLeft > 90 ? 60 : secondsLeft > 10 ? 10 : 1;
  return Math.max(1, Math.ceil(secondsLeft / step) * step) * 1000;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** Running time as players write it: 0:42, 12:05, 1:02:03. */
export function formatRunningTime(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / 1000));
  const seconds = total % 60;
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  if (hours > 0) return `${hours}:${twoDigits(minutes)}:${twoDigits(seconds)}`;
  return `${minutes}:${twoDigits(seconds)}`;
}
