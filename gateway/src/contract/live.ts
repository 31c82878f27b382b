import { type Static, Type } from '@docket/device-protocol/schema';
import { FactsId } from './case.ts';
import { Clip } from './clip.ts';
import { LiveReason } from './live-reason.ts';
import { Identifier, Instant, nullable, oneOf, person, reason, saying } from './terms.ts';

export const LiveWay = oneOf(
  ['pull-rtsp', 'push-rtsp', 'push-rtmp'],
  'Whether the dock takes the stream from the recorder, or the recorder sends it by RTSP or RTMP.',
);
export type LiveWay = Static<typeof LiveWay>;

export const LiveSource = Type.Object(
  {
    recorderId: Identifier,
    recorderSerialNumber: nullable(Type.String()),
    way: LiveWay,
    url: nullable(Type.String({ description: 'What is pulled, without user or password; null for a push.' })),
    userName: Type.String({
      description: 'By which the dock logs in at the recorder, or the recorder at the dock.',
    }),
    hasSecret: Type.Boolean({
      description: 'A password or stream key is kept. It is shown to nobody once it was set.',
    }),
    isEnabled: Type.Boolean(),
    isAlwaysPulled: Type.Boolean({ description: 'Pulled whether an operation wants it or not.' }),
    changedBy: Type.String(),
    changedAt: Instant,
  },
  { description: 'How a registered recorder sends live.' },
);
export type LiveSource = Static<typeof LiveSource>;

const password = Type.Optional(
  nullable(
    Type.String({
      maxLength: 128,
      description:
        'Left out: as it is, where the address has the same host and port; where a pushing recorder has none yet, one is made. Null: another one is made, or a pulled recorder asks for none.',
    }),
  ),
);

const sourceBase = {
  userName: Type.Optional(
    Type.String({ maxLength: 128, description: 'Left out for a push: as it is, else the serial number.' }),
  ),
  password,
  isEnabled: Type.Optional(Type.Boolean()),
  reason,
  person,
};

export const LiveSourceRequest = Type.Union([
  Type.Object(
    {
      way: oneOf(['pull-rtsp']),
      url: Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'rtsp://host[:port]/path, without user or password.',
      }),
      isAlwaysPulled: Type.Optional(Type.Boolean()),
      ...sourceBase,
    },
    { additionalProperties: false },
  ),
  Type.Object({ way: oneOf(['push-rtsp', 'push-rtmp']), ...sourceBase }, { additionalProperties: false }),
]);
export type LiveSourceRequest = Static<typeof LiveSourceRequest>;

export const LiveSourcePage = Type.Object({
  sources: Type.Array(LiveSource),
  pushPorts: Type.Object(
    { rtsp: nullable(Type.Integer()), rtmp: nullable(Type.Integer()) },
    { description: 'Where recorders push; null: that way is switched off.' },
  ),
});
export type LiveSourcePage = Static<typeof LiveSourcePage>;

export const LiveSourceSet = Type.Object({
  source: LiveSource,
  shown: nullable(
    Type.String({
      description: 'The password or stream key that was made: shown this once, and never again.',
    }),
  ),
});
export type LiveSourceSet = Static<typeof LiveSourceSet>;

export const RecorderRegistration = Type.Object(
  {
    serialNumber: saying(64, 'As the recorder will name it when it is docked.'),
    vendor: Type.Optional(saying(64, 'Who made it.')),
    model: Type.Optional(saying(64, 'Its model.')),
    reason,
    person,
  },
  { additionalProperties: false },
);
export type RecorderRegistration = Static<typeof RecorderRegistration>;

export const LiveTrack = Type.Object({
  kind: oneOf(['video', 'audio']),
  codec: oneOf(['h264', 'h265', 'aac', 'pcma', 'pcmu']),
  clockRateHz: Type.Number(),
  channels: nullable(Type.Number()),
});
export type LiveTrack = Static<typeof LiveTrack>;

export const LiveStreamState = oneOf(
  ['recording', 'connected', 'waiting', 'idle', 'failed'],
  '`recording`: it comes in and is written; `connected`: it comes in and nothing of it is written yet; `waiting`: it should come and does not; `idle`: nothing wants it now; `failed`: it comes in and cannot be written.',
);
export type LiveStreamState = Static<typeof LiveStreamState>;

export const LiveStreamNow = Type.Object(
  {
    recorderId: Identifier,
    recorderSerialNumber: nullable(Type.String()),
    state: LiveStreamState,
    sessionId: nullable(Identifier),
    operationId: nullable(Identifier),
    isExpected: Type.Boolean({ description: 'An operation wants it, or it is always pulled.' }),
    way: nullable(LiveWay),
    transport: nullable(oneOf(['tcp', 'udp'])),
    tracks: Type.Array(LiveTrack),
    refusedTracks: Type.Array(Type.String(), { description: 'Tracks of codecs that are not carried.' }),
    since: nullable(Instant),
    lastUnitAt: nullable(Instant),
    lastPartAt: nullable(
      Type.String({
        format: 'date-time',
        description: 'When the last part of the recording was made durable.',
      }),
    ),
    bitsPerSecond: nullable(Type.Number()),
    viewers: Type.Integer(),
    trouble: nullable(Type.String({ description: 'Why it does not come, or is not written.' })),
    reason: nullable(LiveReason),
  },
  { description: 'A recorder that sends or should send, as it is now.' },
);
export type LiveStreamNow = Static<typeof LiveStreamNow>;

export const LiveSession = Type.Object(
  {
    sessionId: Identifier,
    recorderId: Identifier,
    recorderSerialNumber: nullable(Type.String()),
    way: LiveWay,
    tracks: Type.Array(LiveTrack, { description: 'As the session began.' }),
    startedAt: Instant,
    endedAt: nullable(Instant),
    endCause: nullable(Type.String()),
    segments: Type.Integer(),
    sizeBytes: Type.Integer(),
    gaps: Type.Integer(),
    senderReports: Type.Integer({ description: 'RTCP sender reports that were kept as evidence of time.' }),
  },
  { description: 'One recorder’s stream for as long as it was wanted; it survives short losses.' },
);
export type LiveSession = Static<typeof LiveSession>;

export const LiveGap = Type.Object({
  cause: Type.String(),
  from: Instant,
  to: nullable(Instant),
  detail: Type.String(),
  reason: nullable(LiveReason),
});
export type LiveGap = Static<typeof LiveGap>;

export const LiveSessionFile = Type.Object({
  session: LiveSession,
  gaps: Type.Array(LiveGap, { description: 'In the order of their beginnings; a thousand at most.' }),
  segments: Type.Array(Clip, { description: 'Oldest first; of more than five hundred the newest.' }),
});
export type LiveSessionFile = Static<typeof LiveSessionFile>;

export const LiveSessionFileQuery = Type.Object({
  operationId: Type.Optional(
    Type.String({
      description:
        'Only segments that began while the recorder took part in this operation or reach into that time, and gaps that do.',
    }),
  ),
});
export type LiveSessionFileQuery = Static<typeof LiveSessionFileQuery>;

export const LiveSessionQuery = Type.Object({
  recorderId: Type.Optional(Identifier),
  operationId: Type.Optional(Identifier),
  caseId: Type.Optional(FactsId),
  open: Type.Optional(Type.Boolean({ description: 'Only those that go on, or only those that have ended.' })),
});
export type LiveSessionQuery = Static<typeof LiveSessionQuery>;

export const LiveSessionPage = Type.Object({
  sessions: Type.Array(LiveSession),
  nextCursor: nullable(Type.String()),
});
export type LiveSessionPage = Static<typeof LiveSessionPage>;

export const LiveAlarmKind = oneOf(
  [
    'not-recording',
    'stream-lost',
    'store-failed',
    'clock-jump',
    'live-only',
    'unregistered-push',
    'too-many-streams',
    'credentials-refused',
  ],
  'What is wrong; docs/live.md tells each.',
);
export type LiveAlarmKind = Static<typeof LiveAlarmKind>;

export const LiveAlarm = Type.Object({
  alarmId: Identifier,
  kind: LiveAlarmKind,
  isGrave: Type.Boolean({ description: 'The dock is not well until it has ended and somebody has seen it.' }),
  recorderId: nullable(Identifier),
  operationId: nullable(Identifier),
  sessionId: nullable(Identifier),
  detail: Type.String(),
  reason: nullable(LiveReason),
  raisedAt: Instant,
  endedAt: nullable(Instant),
  seenBy: nullable(Type.String()),
  seenAt: nullable(Instant),
});
export type LiveAlarm = Static<typeof LiveAlarm>;

export const LiveAlarmQuery = Type.Object({
  open: Type.Optional(
    Type.Boolean({ description: 'Only those that go on or that nobody has seen, or only others.' }),
  ),
  recorderId: Type.Optional(Identifier),
  operationId: Type.Optional(Identifier),
});
export type LiveAlarmQuery = Static<typeof LiveAlarmQuery>;

export const LiveAlarmPage = Type.Object({
  alarms: Type.Array(LiveAlarm),
  nextCursor: nullable(Type.String()),
});
export type LiveAlarmPage = Static<typeof LiveAlarmPage>;

export const LiveAlarmSeenRequest = Type.Object({ person }, { additionalProperties: false });
export type LiveAlarmSeenRequest = Static<typeof LiveAlarmSeenRequest>;
