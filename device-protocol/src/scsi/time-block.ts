/** The time as it is given to a recorder: its own wall clock, without a zone. */

import { number, record } from './record.ts';

export const timeBlock = record('time block', {
  year: number('u16le', 'e.g. 2026'),
  month: number('u8', '1 to 12'),
  day: number('u8', '1 to 31'),
  hour: number('u8', '0 to 23'),
  minute: number('u8', '0 to 59'),
  second: number('u8', '0 to 59'),
  padding: number('u8', '0'),
});

/** `wallMs` counts from 1970-01-01 as if the wall clock were UTC; below a second it is cut off. */
export function encodeTime(wallMs: number): Uint8Array {
  const wall = new Date(wallMs);
  return timeBlock.encode({
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
    padding: 0,
  });
}

/** Milliseconds as `encodeTime` takes them; `null` for a time that no calendar has. Throws ScsiProtocolError on another length. */
export function decodeTime(from: Uint8Array): number | null {
  const { year, month, day, hour, minute, second } = timeBlock.decode(from);
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const isSame =
    Number.isFinite(wallMs) && Buffer.from(encodeTime(wallMs)).subarray(0, 7).equals(from.subarray(0, 7));
  return isSame ? wallMs : null;
}
