/** What the time of a clip is told by. `live-match`: a live segment of proven time that holds the same coded pictures. */
export type TimeSourceKind =
  | 'name'
  | 'exif'
  | 'file-time'
  | 'container'
  | 'gps'
  | 'arrival'
  | 'sender-report'
  | 'live-match';

/** What stands behind a time as found. `dock-clock`: this machine's own, when a live stream arrived. `unusable`: none of the ways to understand it fits the others. */
export type TimeReading =
  | 'recorder-clock'
  | 'utc-by-recorder-clock'
  | 'satellites'
  | 'dock-clock'
  | 'unusable';

/** One source of a clip's time, as found, with how it was understood. */
export interface TimeSource {
  kind: TimeSourceKind;
  raw: string;
  reading: TimeReading;
  /** IANA zone taken for a wall clock that names none. */
  zone: string | null;
  tells: 'start' | 'during' | 'track';
  /** UTC it stands for; `null` where nothing is known of the recorder's clock. */
  notBefore: string | null;
  notAfter: string | null;
}

/** Two sources that cannot both be right as they were understood. */
export interface TimeConflict {
  between: [TimeSourceKind, TimeSourceKind];
  /** How far they are apart, beyond their own widths. */
  apartMs: number;
  /** Set where the difference is what a wrong time zone makes. */
  zoneHours: number | null;
}

/** What stands against taking a time for proven. `delay-assumed`: how long a live stream was on its way is taken from the settings. */
export type TimeDoubt =
  | 'start-not-named'
  | 'clock-never-read'
  | 'host-unsynchronised'
  | 'no-earlier-reading'
  | 'no-later-reading'
  | 'clock-step-suspected'
  | 'sources-conflict'
  | 'duration-unknown'
  | 'delay-assumed';

/**
 * An instant with its doubt. `bounded`: UTC lies between `notBefore` and `notAfter`, that is within
 * `value ± halfWidthMs`. `one-sided`: only one of them is known. Otherwise nothing is. Unless bounded, `value` is the
 * best guess, and `halfWidthMs` what its doubt would be if nothing were wrong that could not be checked; `null` where the
 * recorder's clock was never read and the guess takes it as right.
 */
export interface ClipInstant {
  kind: 'bounded' | 'one-sided' | 'unbounded';
  value: string | null;
  halfWidthMs: number | null;
  notBefore: string | null;
  notAfter: string | null;
}

/** When a clip was recorded, as far as anybody can know. */
export interface ClipTime {
  start: ClipInstant;
  end: ClipInstant;
  sources: TimeSource[];
  conflicts: TimeConflict[];
  doubts: TimeDoubt[];
}
