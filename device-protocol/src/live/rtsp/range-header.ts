/** A Range header in normal play time (RFC 2326 §3.6, §12.29). `from` `now` is live. */
export interface PlayRange {
  from: 'now' | number;
  /** In seconds; `null`: no end. */
  to: number | null;
}

/** `null` where it is not in normal play time, or malformed. */
export function parseRange(value: string): PlayRange | null {
  const match = /^npt\s*=\s*(now|[\d:.]{1,20})?\s*-\s*([\d:.]{1,20})?(?:;.*)?$/iu.exec(value.trim());
  if (match === null) return null;
  const from = match[1] === undefined || match[1].toLowerCase() === 'now' ? 'now' : secondsOf(match[1]);
  const to = match[2] === undefined ? null : secondsOf(match[2]);
  return from === null || (match[2] !== undefined && to === null) ? null : { from, to };
}

/** Seconds, to the millisecond. */
export function encodeRange({ from, to }: PlayRange): string {
  return `npt=${from === 'now' ? 'now' : from.toFixed(3)}-${to === null ? '' : to.toFixed(3)}`;
}

/** `12.5` or `1:02:03.5`. */
function secondsOf(text: string): number | null {
  const match = /^(?:(\d{1,6}):(\d{1,2}):)?(\d{1,9}(?:\.\d{0,9})?)$/u.exec(text);
  if (match === null) return null;
  return Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3]);
}
