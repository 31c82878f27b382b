const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day `yyyy-mm-dd` of an instant in an IANA zone. Throws RangeError on a zone nobody knows. */
export function dayInZone(atMs: number, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(zone, format);
  }
  return format.format(atMs);
}
