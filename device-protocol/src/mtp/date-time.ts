import { type ParsedDateTime, parseDateTime } from '../clock/date-time.ts';
import type { DeviceTime } from '../recorder.ts';

const pattern =
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})T(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?:\.(?<fraction>\d{1,3}))?(?<zone>Z|[+-]\d{2}:?\d{2})?$/u;

/**
 * Reads `YYYYMMDDThhmmss[.s][Z|±hhmm]` (MTP 1.1 §3.2.5). `null` for anything else. A fraction of 0 counts as
 * none: a clock of whole seconds that prints `.0` is not taken for a finer one, which only widens the bounds.
 */
export function parsePtpDateTime(text: string): ParsedDateTime | null {
  const iso = isoText(text);
  return iso === null ? null : parseDateTime(iso);
}

/** The time of a file as the recorder wrote it; `null` where it wrote none that can be read. */
export function fileTimeOf(text: string): DeviceTime | null {
  const iso = isoText(text);
  return iso === null || parseDateTime(iso) === null
    ? null
    : { text: iso, source: 'file-time', assumedZone: null };
}

/** The same time in the form of `DeviceTime`; `null` where the text has another form. */
function isoText(text: string): string | null {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) return null;
  const { year, month, day, hour, minute, second, fraction, zone } = groups;
  const milliseconds = fraction === undefined ? '' : `.${fraction.padEnd(3, '0')}`;
  const zoneText = zone?.replace(/([+-]\d{2}):?(\d{2})$/u, '$1:$2') ?? '';
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${milliseconds}${zoneText}`;
}

/** The text for an instant, whole seconds: a wall clock (ms since 1970-01-01 as if it were UTC), and `Z` for a named zone. */
export function formatPtpDateTime(wallMs: number, zone: '' | 'Z'): string {
  return `${new Date(wallMs).toISOString().slice(0, 19).replaceAll(/[-:]/gu, '')}${zone}`;
}
