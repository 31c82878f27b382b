import type { PacketClip } from '@docket/ingest';
import type { ReviewPacketWords } from '../messages/review-packet-zh-cn.ts';

type Instant = NonNullable<PacketClip['start']>;

/** How values stand on the page: one zone, one language. */
export class ShownValues {
  readonly words: ReviewPacketWords;
  readonly zone: string;
  readonly #clock: Intl.DateTimeFormat;

  constructor(words: ReviewPacketWords, zone: string) {
    this.words = words;
    this.zone = zone;
    // Swedish writes dates as ISO 8601 does.
    this.#clock = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
  }

  /** To the second. */
  time(instant: string | number): string {
    return this.#clock.format(new Date(instant));
  }

  /** An instant with its doubt, as `docs/time.md` reads it. */
  instant(instant: Instant | null): string {
    const { instant: words, clip } = this.words;
    if (instant === null) return clip.noTime;
    const { kind, value, halfWidthMs, notBefore, notAfter } = instant;
    if (value === null) return this.#bounds(notBefore, notAfter) || clip.noTime;
    if (kind === 'bounded') return words.bounded(this.time(value), seconds(halfWidthMs ?? 0));
    const guess =
      halfWidthMs === null
        ? words.uncorrected(this.time(value))
        : words.guess(this.time(value), seconds(halfWidthMs));
    return [guess, this.#bounds(notBefore, notAfter)].filter((part) => part !== '').join('; ');
  }

  #bounds(notBefore: string | null, notAfter: string | null): string {
    const { instant: words } = this.words;
    return [
      ...(notBefore === null ? [] : [words.notBefore(this.time(notBefore))]),
      ...(notAfter === null ? [] : [words.notAfter(this.time(notAfter))]),
    ].join('; ');
  }

  /** The end of a gap, ± its doubt. */
  doubted(instant: string, doubtMs: number): string {
    return this.words.instant.bounded(this.time(instant), seconds(doubtMs));
  }

  /** `h:mm:ss`. */
  duration(durationMs: number | null): string {
    if (durationMs === null) return '—';
    const whole = Math.round(durationMs / 1000);
    const two = (number: number) => String(number).padStart(2, '0');
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }

  bytes(sizeBytes: number): string {
    return sizeBytes < 1_000_000
      ? `${(sizeBytes / 1000).toFixed(1)} kB`
      : `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
  }

  yesOrNo(value: boolean | null): string {
    if (value === null) return this.words.notTold;
    return value ? this.words.yes : this.words.no;
  }

  /** The word for a code; the code itself where an older or newer packet knows one that we do not. */
  word(words: Readonly<Record<string, string>>, code: string): string {
    return words[code] ?? code;
  }
}

/** Rounded up, so that the doubt is never shown smaller than it is. */
function seconds(durationMs: number): string {
  return (Math.ceil(durationMs / 100) / 10).toFixed(1);
}
