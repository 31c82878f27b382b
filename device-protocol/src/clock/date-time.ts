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
