import { type Static, Type } from '@docket/device-protocol/schema';
import { Instant, nullable, oneOf } from './terms.ts';

export const TimeSourceKind = oneOf([
  'name',
  'exif',
  'file-time',
  'container',
  'gps',
  'arrival',
  'sender-report',
  'live-match',
]);
export type TimeSourceKind = Static<typeof TimeSourceKind>;

export const TimeSource = Type.Object(
  {
    kind: TimeSourceKind,
    raw: Type.String({ description: 'As found.' }),
    reading: oneOf(
      ['recorder-clock', 'utc-by-recorder-clock', 'satellites', 'dock-clock', 'unusable'],
      'How it was understood. `dock-clock`: by the clock of the dock, when a live stream arrived. `unusable`: no way to understand it fits the other sources.',
    ),
    zone: nullable(Type.String({ description: 'IANA zone taken for a wall clock that names none.' })),
    tells: oneOf(['start', 'during', 'track']),
    notBefore: nullable(Instant),
    notAfter: nullable(Instant),
  },
  { description: 'One source of a clip’s time; the UTC it stands for where the recorder’s clock is known.' },
);

export const ClipInstant = Type.Object(
  {
    kind: oneOf(
      ['bounded', 'one-sided', 'unbounded'],
      '`bounded`: UTC lies within value ± halfWidthMs. `one-sided`: only notBefore or notAfter is known. `unbounded`: nothing is.',
    ),
    value: nullable(Instant),
    halfWidthMs: nullable(
      Type.Integer({
        description:
          'Unless bounded: what the doubt would be if nothing were wrong that could not be checked. null: the recorder’s clock was never read, and value takes it as right.',
      }),
    ),
    notBefore: nullable(Instant),
    notAfter: nullable(Instant),
  },
  { description: 'An instant with its doubt.' },
);
export type ClipInstant = Static<typeof ClipInstant>;

export const TimeConflict = Type.Object(
  {
    between: Type.Unsafe<[TimeSourceKind, TimeSourceKind]>(
      Type.Array(TimeSourceKind, { minItems: 2, maxItems: 2 }),
    ),
    apartMs: Type.Integer({ description: 'How far they are apart, beyond their own widths.' }),
    zoneHours: nullable(
      Type.Number({ description: 'Set where the difference is what a wrong time zone makes.' }),
    ),
  },
  { description: 'Two sources that cannot both be right as they were understood.' },
);

export const TimeDoubt = oneOf(
  [
    'start-not-named',
    'clock-never-read',
    'host-unsynchronised',
    'no-earlier-reading',
    'no-later-reading',
    'clock-step-suspected',
    'sources-conflict',
    'duration-unknown',
    'delay-assumed',
  ],
  'What stands against taking a time for proven.',
);
export type TimeDoubt = Static<typeof TimeDoubt>;
