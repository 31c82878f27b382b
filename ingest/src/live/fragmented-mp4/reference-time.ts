import { fullBox, u32, u64 } from './box.ts';

/** When a picture of a track reached this machine. */
export interface ReferenceTime {
  trackId: number;
  /** On the track's clock, counted from the beginning of the file. */
  mediaTicks: number;
  /** Unix milliseconds. */
  atMs: number;
}

/** Seconds from 1900 to 1970 (RFC 5905 §6). */
const ntpEpochSeconds = 2_208_988_800;
/** The time is of our own choice, always the same: arrival (ISO/IEC 14496-12 §8.16.5). */
const consistentChoice = 8;

/**
 * A producer reference time (`prft`, ISO/IEC 14496-12 §8.16.5) stands before a fragment and ties its media time to a clock:
 * what the file knows of when it was received survives with the file alone.
 */
export function referenceTime({ trackId, mediaTicks, atMs }: ReferenceTime): Buffer {
  const seconds = Math.floor(atMs / 1000);
  const fraction = Math.min(0xffff_ffff, Math.round((atMs / 1000 - seconds) * 2 ** 32));
  const ntp = u32((seconds + ntpEpochSeconds) % 2 ** 32, fraction);
  return fullBox('prft', 1, consistentChoice, u32(trackId), ntp, u64(mediaTicks));
}

/** Reads what `referenceTime` wrote, from the content of the box; `null` where it is not that. */
export function readReferenceTime(content: Buffer): ReferenceTime | null {
  if (content.length < 24 || content[0] !== 1) return null;
  const seconds = content.readUInt32BE(8) - ntpEpochSeconds;
  return {
    trackId: content.readUInt32BE(4),
    atMs: seconds * 1000 + (content.readUInt32BE(12) / 2 ** 32) * 1000,
    mediaTicks: Number(content.readBigUInt64BE(16)),
  };
}
