/** An NTP time stamp (RFC 5905 §6): 32 bits of seconds since 1900 in their era, and 32 bits of fraction. */
export interface NtpTime {
  seconds: number;
  fraction: number;
}

const secondsTo1970 = 2_208_988_800;
const secondsPerEra = 2 ** 32;

/**
 * As Unix milliseconds with fractions (a quarter of a microsecond is what a number can hold). Seconds with their
 * highest bit clear lie in the era that begins in 2036 (RFC 4330 §3).
 */
export function unixMsOfNtp({ seconds, fraction }: NtpTime): number {
  const era = seconds >= 2 ** 31 ? 0 : secondsPerEra;
  return (seconds + era - secondsTo1970) * 1000 + (fraction / secondsPerEra) * 1000;
}

export function ntpOfUnixMs(unixMs: number): NtpTime {
  const wholeSeconds = Math.floor(unixMs / 1000);
  const fraction = Math.floor(((unixMs - wholeSeconds * 1000) / 1000) * secondsPerEra);
  return { seconds: (wholeSeconds + secondsTo1970) % secondsPerEra, fraction };
}

/** The middle 32 bits, in 1/65536 s: how reports name a sender report (RFC 3550 §6.4.1, LSR). */
export function middleOfNtp({ seconds, fraction }: NtpTime): number {
  return (((seconds & 0xffff) << 16) | (fraction >>> 16)) >>> 0;
}
