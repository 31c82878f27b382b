import { type Static, Type } from '@docket/device-protocol/schema';
import { Identifier, Instant, nullable, oneOf } from './terms.ts';

export const HostClock = Type.Object(
  {
    source: oneOf(['chrony', 'timesyncd', 'system', 'assumed', 'none'], 'Who says so.'),
    state: oneOf(['synchronised', 'unsynchronised', 'unknown'], 'Not known counts as not synchronised.'),
    stratum: nullable(Type.Integer()),
    rootDelayMs: nullable(Type.Number()),
    rootDispersionMs: nullable(Type.Number()),
    boundMs: nullable(
      Type.Number({
        description: 'UTC lies within this of the dock’s clock (RFC 5905: root delay / 2 + root dispersion).',
      }),
    ),
    leap: nullable(oneOf(['none', 'insert-second', 'delete-second', 'not-synchronised'])),
    readAt: Instant,
  },
  { description: 'How the dock’s own clock stood.' },
);
export type HostClock = Static<typeof HostClock>;

/** What is known of a recorder’s clock at one docking. Offset is recorder minus reference. */
export const ClockStatement = Type.Union([
  Type.Object({
    state: Type.Literal('measured'),
    offsetMs: Type.Number({ description: 'Recorder minus reference: positive where the recorder is ahead.' }),
    halfWidthMs: Type.Number({
      description:
        'The true offset lies within offsetMs ± halfWidthMs; the bound of the dock’s own clock is part of it.',
    }),
    kind: oneOf(
      ['bound', 'unverified'],
      '`unverified`: the dock’s clock was not known to be right; the bounds are against that clock only.',
    ),
    method: Type.String(),
    samples: Type.Integer(),
    resolutionMs: Type.Number({ description: 'Step in which the recorder shows its time; 0: was not kept.' }),
    rttMsMin: Type.Number({ description: 'Shortest way there and back.' }),
    readAt: Instant,
    host: HostClock,
    assumedZone: nullable(Type.String()),
  }),
  Type.Object({
    state: Type.Literal('unreadable'),
    reason: oneOf([
      'not-supported',
      'read-failed',
      'readings-disagree',
      'clock-stepped',
      'host-clock-jumped',
      'not-read-yet',
      'not-docked',
    ]),
  }),
]);
export type ClockStatement = Static<typeof ClockStatement>;

export const ClockVerdictReason = oneOf([
  'clock-unreadable',
  'host-unsynchronised',
  'never-set',
  'zone-error',
  'clock-step-suspected',
  'offset-over-daily-limit',
  'offset-over-limit',
  'offset-may-be-over-limit',
]);

export const ClockVerdict = Type.Object(
  { state: oneOf(['ok', 'warn', 'fault', 'unknown']), reasons: Type.Array(ClockVerdictReason) },
  { description: 'How the clock is judged, as found at a docking.' },
);
export type ClockVerdict = Static<typeof ClockVerdict>;

export const ClockDrift = Type.Object(
  { fromAt: Instant, toAt: Instant, lowPpm: Type.Number(), highPpm: Type.Number() },
  {
    description:
      'How fast the clock ran away between two readings, positive where it gained; 11.6 ppm are 1 s a day.',
  },
);

export const ClockSetting = Type.Object({
  outcome: oneOf(['set', 'failed'], '`failed`: tried, and nobody knows whether the recorder took it.'),
  at: Instant,
  deviceText: Type.String({ description: 'The time as it was sent.' }),
});

export const ClockHistoryEntry = Type.Object({
  dockingId: Identifier,
  slot: Type.String(),
  at: Instant,
  host: HostClock,
  found: ClockStatement,
  setting: nullable(ClockSetting),
  afterSet: nullable(ClockStatement),
  drift: nullable(ClockDrift),
  verdict: ClockVerdict,
});
export type ClockHistoryEntry = Static<typeof ClockHistoryEntry>;

export const ClockHistory = Type.Object({
  recorderId: Identifier,
  limits: Type.Object({
    driftMsPerDay: Type.Number({ description: 'Drift that a working clock may show in a day.' }),
    faultOffsetMs: Type.Number({ description: 'Offset that is a fault in any case.' }),
  }),
  entries: Type.Array(ClockHistoryEntry, { description: 'One a docking, oldest first.' }),
});
export type ClockHistory = Static<typeof ClockHistory>;
