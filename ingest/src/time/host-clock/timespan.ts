/** Seconds in the units that systemd writes (systemd.time(7)). */
const unitSeconds: Record<string, number> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** Reads a span as systemd writes it: `1min 4s`, `23.456ms`, `+1.2ms`, `0`. `null` for anything else. */
export function parseTimespan(text: string): number | null {
  const [, sign = '', span = ''] = /^([+-]?)(.+)$/u.exec(text.trim()) ?? [];
  if (span === '0') return 0;
  let seconds = 0;
  for (const part of span.split(' ')) {
    const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)([a-z]{1,3})$/u.exec(part) ?? [];
    const factor = unitSeconds[unit];
    if (amount === undefined || factor === undefined) return null;
    seconds += Number(amount) * factor;
  }
  return sign === '-' ? -seconds : seconds;
}
