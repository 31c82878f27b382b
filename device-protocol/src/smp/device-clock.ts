/** A clock text taken apart; see `parseDateTime`. */
export interface ParsedDateTime {
  /** Milliseconds since 1970-01-01 as if the text were UTC. */
  wallMs: number;
  /** Offset of the named zone, `null` where the text names none. */
  zoneOffsetMs: number | null;
  /** Step in which the text shows time. */
  resolutionMs: number;
}

const pattern =
  /^(?<seconds>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d{2}:?\d{2})?$/u;

/**
 * Reads `yyyy-MM-ddTHH:mm:ss[.fraction][Z or ±hh:mm]` (os group, date-time). `null` for anything else.
 *
 * A fraction counts only as far as it can be trusted. With fewer than three digits it is left out: stock Zephyr
 * firmware prints milliseconds without leading zeros, so `.45` may mean 45 ms. Zeros at its end count as a coarser
 * step, so a clock of whole seconds that prints `.000000` is not taken for an exact one. Both only widen the bounds.
 */
export function parseDateTime(text: string): ParsedDateTime | null {
  const groups = pattern.exec(text)?.groups;
  const seconds = groups?.seconds;
  if (groups === undefined || seconds === undefined) return null;
  const wholeMs = Date.parse(`${seconds}Z`);
  if (Number.isNaN(wholeMs) || !new Date(wholeMs).toISOString().startsWith(seconds)) return null;
  const zoneOffsetMs = parseZone(groups.zone);
  if (zoneOffsetMs === undefined) return null;

  const fraction = groups.fraction ?? '';
  const milliseconds = fraction.length < 3 ? '' : fraction.slice(0, 3);
  const shownDigits =
    fraction.length > 3 && /[1-9]/u.test(fraction.slice(3)) ? 3 : significantDigits(milliseconds);
  return {
    wallMs: wholeMs + Number(milliseconds || 0),
    zoneOffsetMs,
    resolutionMs: 10 ** (3 - shownDigits),
  };
}

function significantDigits(digits: string): number {
  return digits.replace(/0+$/u, '').length;
}

/** `undefined` for an offset no zone has. */
function parseZone(zone: string | undefined): number | null | undefined {
  if (zone === undefined) return null;
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Milliseconds since 1970-01-01 of a wall clock that stands in an IANA zone. */
export function wallClockInZone(wallMs: number, zone: string): number {
  // The offset is that of the moment itself, so a first guess is corrected once.
  const guess = wallMs - zoneOffsetAt(wallMs, zone);
  return wallMs - zoneOffsetAt(guess, zone);
}

function zoneOffsetAt(utcMs: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const parts = Object.fromEntries(
    format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return wallMs - Math.floor(utcMs / 1000) * 1000;
}

/** Tells host time so that it cannot jump: UTC is taken once, the rest is the monotonic clock. */
export class HostStopwatch {
  readonly #utcMs = Date.now();
  readonly #startMs = performance.now();

  /** A whole millisecond that is not later than now. */
  notLaterThanNowMs(): number {
    return Math.floor(this.#utcMs + (performance.now() - this.#startMs));
  }

  /** A whole millisecond that is not earlier than now; UTC was shown truncated, so up to 1 ms may be missing. */
  notEarlierThanNowMs(): number {
    return Math.ceil(this.#utcMs + 1 + (performance.now() - this.#startMs));
  }
}
