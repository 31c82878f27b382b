/** Milliseconds since 1970-01-01 of a wall clock that stands in an IANA zone. */
export function wallClockInZone(wallMs: number, zone: string): number {
  // The offset is that of the moment itself, so a first guess is corrected once.
  const guess = wallMs - zoneOffsetAt(wallMs, zone);
  return wallMs - zoneOffsetAt(guess, zone);
}

/** What a wall clock in an IANA zone shows at an instant, as milliseconds since 1970-01-01 as if it were UTC. */
export function wallClockAt(utcMs: number, zone: string): number {
  return utcMs + zoneOffsetAt(utcMs, zone);
}

/** Making a formatter costs more than using it, and there are few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string): Intl.DateTimeFormat {
  const kept = formats.get(zone);
  if (kept !== undefined) return kept;
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
  formats.set(zone, format);
  return format;
}

/** How far a zone is ahead of UTC at a moment, in ms. */
export function zoneOffsetAt(utcMs: number, zone: string): number {
  const parts = Object.fromEntries(
    formatIn(zone)
      .formatToParts(utcMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  return wallMs - Math.floor(utcMs / 1000) * 1000;
}
