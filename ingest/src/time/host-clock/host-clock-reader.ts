import { askTool } from './ask-tool.ts';
import { parseChronyTracking } from './chrony.ts';
import { type HostClock, phi, unknownHostClock } from './host-clock.ts';
import { parseSystemClock, parseTimesyncd } from './timedatectl.ts';

/** Whom to ask about the host's clock. `auto`: chrony, else systemd-timesyncd, else the kernel's own state. */
export type HostClockSource = 'auto' | 'chrony' | 'timesyncd' | 'system' | 'assume-synchronised';

export interface HostClockOptions {
  source: HostClockSource;
  /** What an operator who says `assume-synchronised` vouches for. */
  assumedBoundMs: number;
  /** Asks a tool of the system; its own in tests. */
  ask?: typeof askTool;
}

/** An answer this young is given again, wider by what a disciplined clock may drift in the meantime. */
const keptMs = 30_000;

/** Tells how the host's clock stands. */
export class HostClockReader {
  readonly #options: HostClockOptions;
  readonly #ask: typeof askTool;
  #kept: { host: HostClock; atMs: number } | null = null;

  constructor(options: HostClockOptions) {
    this.#options = options;
    this.#ask = options.ask ?? askTool;
  }

  /** Never throws but for the signal: whoever cannot be asked leaves the state `unknown`. */
  async read(signal: AbortSignal): Promise<HostClock> {
    const ageMs = this.#kept === null ? Number.POSITIVE_INFINITY : performance.now() - this.#kept.atMs;
    if (this.#kept !== null && ageMs < keptMs) return aged(this.#kept.host, ageMs);
    const host = await this.#readNow(signal);
    this.#kept = { host, atMs: performance.now() };
    return host;
  }

  async #readNow(signal: AbortSignal): Promise<HostClock> {
    const { source } = this.#options;
    if (source === 'assume-synchronised') return assumed(this.#options.assumedBoundMs);
    const wants = (one: HostClockSource) => source === 'auto' || source === one;
    const chrony = wants('chrony') ? await this.#chrony(signal) : null;
    if (chrony !== null) return chrony;
    const host = source === 'chrony' ? null : await this.#timedatectl(wants, signal);
    return host ?? unknownHostClock(new Date());
  }

  async #chrony(signal: AbortSignal): Promise<HostClock | null> {
    const answer = await this.#ask('chronyc', ['-c', '-n', 'tracking'], signal);
    return answer === null ? null : parseChronyTracking(answer, new Date());
  }

  async #timedatectl(
    wants: (source: HostClockSource) => boolean,
    signal: AbortSignal,
  ): Promise<HostClock | null> {
    const ask = (verb: string) => this.#ask('timedatectl', [verb, '--no-pager'], signal);
    const show = await ask('show');
    if (show === null) return null;
    const asksTimesyncd = wants('timesyncd');
    const answers = {
      show,
      showTimesync: asksTimesyncd ? await ask('show-timesync') : null,
      timesyncStatus: asksTimesyncd ? await ask('timesync-status') : null,
    };
    const readAt = new Date();
    const timesyncd = asksTimesyncd ? parseTimesyncd(answers, readAt) : null;
    return timesyncd ?? (wants('system') ? parseSystemClock(answers, readAt) : null);
  }
}

function assumed(boundMs: number): HostClock {
  return { ...unknownHostClock(new Date()), source: 'assumed', state: 'synchronised', boundMs };
}

function aged(host: HostClock, ageMs: number): HostClock {
  if (host.boundMs === null) return host;
  return { ...host, boundMs: Math.ceil((host.boundMs + phi * ageMs) * 1000) / 1000 };
}
