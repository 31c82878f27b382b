import type { Cell } from './table.ts';

const writtenDay = /^(\d{4})(?:-|\/|\.|年)(\d{1,2})(?:-|\/|\.|月)(\d{1,2})日?$/u;
const writtenTime =
  /^(\d{4})(?:-|\/|\.|年)(\d{1,2})(?:-|\/|\.|月)(\d{1,2})日?(?:\s*|T)(\d{1,2})(?::|时|点)(\d{1,2})(?:(?::|分)(\d{1,2})(?:\.(\d{1,3})\d*)?)?(?:分|秒)?$/u;

/** A day as people write it in a sheet, as `yyyy-mm-dd`; what is none is given back as it is, to be told of. */
export function dayOf(cell: Cell): Cell {
  if (cell instanceof Date) return new Date(wallMsOf(cell)).toISOString().slice(0, 10);
  if (typeof cell !== 'string') return cell;
  const [, year, month, day] = writtenDay.exec(cell.normalize('NFKC').trim()) ?? [];
  return year === undefined ? cell : [year, padded(month), padded(day)].join('-');
}

/** A wall-clock time of `zone` as people write it, as RFC 3339; what is none, or names its zone, is given back as it is. */
export function instantOf(cell: Cell, zone: string): Cell {
  if (cell instanceof Date) return inZone(wallMsOf(cell), zone) ?? cell.toISOString().replace('Z', '');
  if (typeof cell !== 'string') return cell;
  const [, year, month, day, hour, minute, second = '0', fraction = '0'] =
    writtenTime.exec(cell.normalize('NFKC').trim()) ?? [];
  if (year === undefined) return cell;
  const text = `${year}-${padded(month)}-${padded(day)}T${padded(hour)}:${padded(minute)}:${padded(second)}.${fraction.padEnd(3, '0')}Z`;
  const wallMs = Date.parse(text);
  // A day that there is not, e.g. 02-30, would be taken for another.
  const isReal = !Number.isNaN(wallMs) && new Date(wallMs).toISOString() === text;
  return isReal ? (inZone(wallMs, zone) ?? cell) : cell;
}

/** A spreadsheet keeps times as fractions of days, which miss by less than this step. */
const stepMs = 10;

function wallMsOf(cell: Date): number {
  return Math.round(cell.getTime() / stepMs) * stepMs;
}

/** The instant at which clocks of the zone show this; the first where they show it twice, `null` where they skip it. */
function inZone(wallMs: number, zone: string): string | null {
  const guesses = [-86_400_000, 86_400_000].map((shift) => wallMs - offsetMs(wallMs + shift, zone));
  const fitting = guesses.filter((guess) => guess + offsetMs(guess, zone) === wallMs);
  return fitting.length === 0 ? null : new Date(Math.min(...fitting)).toISOString();
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's clocks are ahead of UTC at an instant. */
function offsetMs(atMs: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US-u-ca-iso8601-nu-latn-hc-h23', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const shownMs = Date.parse(
    `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`,
  );
  return shownMs - Math.floor(atMs / 1000) * 1000;
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function padded(figures = ''): string {
  return figures.padStart(2, '0');
}
