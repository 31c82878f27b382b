import { type HostClock, type LeapIndicator, milliseconds } from './host-clock.ts';

const leapWords: Record<string, LeapIndicator> = {
  Normal: 'none',
  'Insert second': 'insert-second',
  'Delete second': 'delete-second',
  'Not synchronised': 'not-synchronised',
};

/** chrony's own clock without a source (`local stratum …`) names itself so: it says nothing of UTC. */
const localReference = '7F7F0101';

/**
 * Reads the answer of `chronyc -c -n tracking`; `null` for anything else. The bound is chrony's own:
 * |system time| + root dispersion + root delay / 2 (chronyc(1), "tracking"; RFC 5905 §11.2).
 */
export function parseChronyTracking(text: string, readAt: Date): HostClock | null {
  const fields = text.trim().split(',');
  if (fields.length !== 14) return null;
  const [reference = '', , stratumText = ''] = fields;
  const leap = leapWords[fields[13] ?? ''];
  const stratum = wholeNumber(stratumText);
  const [systemOffset, rootDelay, rootDispersion] = [4, 10, 11].map((index) => decimal(fields[index] ?? ''));
  if (leap === undefined || stratum === null) return null;
  if (systemOffset == null || rootDelay == null || rootDispersion == null) return null;
  const isSynchronised =
    leap !== 'not-synchronised' && reference !== localReference && stratum >= 1 && stratum <= 15;
  return {
    source: 'chrony',
    state: isSynchronised ? 'synchronised' : 'unsynchronised',
    stratum,
    rootDelayMs: milliseconds(rootDelay),
    rootDispersionMs: milliseconds(rootDispersion),
    boundMs: isSynchronised ? milliseconds(Math.abs(systemOffset) + rootDelay / 2 + rootDispersion) : null,
    leap,
    readAt: readAt.toISOString(),
  };
}

function wholeNumber(text: string): number | null {
  return /^\d{1,3}$/u.test(text) ? Number(text) : null;
}

function decimal(text: string): number | null {
  return /^-?\d{1,9}(?:\.\d{1,9})?$/u.test(text) ? Number(text) : null;
}
