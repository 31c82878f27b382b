import { type HostClock, type LeapIndicator, milliseconds, phi } from './host-clock.ts';
import { parseTimespan } from './timespan.ts';

/** What `timedatectl` says, each answer as it was printed; `null` where there was none. */
export interface TimedatectlAnswers {
  /** `timedatectl show` */
  show: string | null;
  /** `timedatectl show-timesync` */
  showTimesync: string | null;
  /** `timedatectl timesync-status`: the only place where the delay to the server is told. */
  timesyncStatus: string | null;
}

const leaps: readonly LeapIndicator[] = ['none', 'insert-second', 'delete-second', 'not-synchronised'];

/**
 * The kernel counts its clock as synchronised while its own bound stays under 16 s (NTP_PHASE_LIMIT), and
 * NTPSynchronized of systemd-timedated is that (`adjtimex`, maxerror): where nobody tells more, that is the bound.
 */
const kernelBoundMs = 16_000;

/** The kernel's own state, whoever keeps it; `null` where `timedatectl` could not tell. */
export function parseSystemClock(answers: TimedatectlAnswers, readAt: Date): HostClock | null {
  const isSynchronised = properties(answers.show ?? '').get('NTPSynchronized');
  if (isSynchronised !== 'yes' && isSynchronised !== 'no') return null;
  return {
    source: 'system',
    state: isSynchronised === 'yes' ? 'synchronised' : 'unsynchronised',
    stratum: null,
    rootDelayMs: null,
    rootDispersionMs: null,
    boundMs: isSynchronised === 'yes' ? kernelBoundMs : null,
    leap: null,
    readAt: readAt.toISOString(),
  };
}

/**
 * systemd-timesyncd; `null` where it does not run or has heard no server. It passes on the root delay and dispersion of
 * its server, so the way to that server is added: |offset| + delay / 2 + jitter, and PHI for the time since.
 */
export function parseTimesyncd(answers: TimedatectlAnswers, readAt: Date): HostClock | null {
  const kernel = parseSystemClock(answers, readAt);
  const message = ntpMessage(properties(answers.showTimesync ?? '').get('NTPMessage') ?? '');
  const rootDelay = parseTimespan(message.get('RootDelay') ?? '');
  const rootDispersion = parseTimespan(message.get('RootDispersion') ?? '');
  const leap = leaps[Number(message.get('Leap'))];
  if (kernel === null || leap === undefined || rootDelay === null || rootDispersion === null) return null;
  const isSynchronised = kernel.state === 'synchronised' && leap !== 'not-synchronised';
  const way = wayToServer(answers.timesyncStatus ?? '', message, readAt);
  const boundMs = way === null ? kernelBoundMs : milliseconds(rootDelay / 2 + rootDispersion + way);
  return {
    ...kernel,
    source: 'timesyncd',
    state: isSynchronised ? 'synchronised' : 'unsynchronised',
    stratum: /^\d{1,2}$/u.test(message.get('Stratum') ?? '') ? Number(message.get('Stratum')) : null,
    rootDelayMs: milliseconds(rootDelay),
    rootDispersionMs: milliseconds(rootDispersion),
    boundMs: isSynchronised ? Math.min(kernelBoundMs, boundMs) : null,
    leap,
  };
}

/** Seconds that the way to the server and the time since its answer add; `null` where not all of it is told. */
function wayToServer(status: string, message: ReadonlyMap<string, string>, readAt: Date): number | null {
  const shown = (name: string) =>
    parseTimespan(new RegExp(`^ *${name}: (\\S.*)$`, 'mu').exec(status)?.[1] ?? '');
  const [offset, delay, jitter] = [shown('Offset'), shown('Delay'), shown('Jitter')];
  const answeredMs = timestampMs(message.get('DestinationTimestamp') ?? '');
  if (offset === null || delay === null || jitter === null || answeredMs === null) return null;
  const sinceSeconds = Math.max(0, readAt.getTime() - answeredMs) / 1000;
  return Math.abs(offset) + Math.abs(delay) / 2 + jitter + phi * sinceSeconds;
}

/** `Sun 2026-11-22 11:44:28 UTC`, as printed with `TZ=UTC`. */
function timestampMs(text: string): number | null {
  const [, date, time] = /^[A-Z][a-z]{2} (\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC$/u.exec(text) ?? [];
  const instantMs = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(instantMs) ? null : instantMs;
}

function properties(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

/** `{ Leap=0, Version=4, … }` */
function ntpMessage(text: string): Map<string, string> {
  const [, inner = ''] = /^\{ (.*) \}$/u.exec(text) ?? [];
  return properties(inner.split(', ').join('\n'));
}
