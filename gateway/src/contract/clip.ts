import { type Static, Type } from '@docket/device-protocol/schema';
import { ClipInstant, TimeConflict, TimeDoubt, TimeSource } from './clip-time.ts';
import { ClockStatement } from './clock.ts';
import { DeviceTime, Identifier, Instant, nullable, oneOf } from './terms.ts';

export const ClipKind = oneOf(['video', 'audio', 'photo', 'sidecar']);

export const ClipState = oneOf(
  [
    'recording',
    'listed',
    'pulled',
    'verified',
    'sealed',
    'forwarded',
    'receipted',
    'released',
    'deleted',
    'unreadable',
    'lost',
  ],
  'Where the clip stands on its way. `recording`: a live stream is being written into it. `unreadable`: its bytes could not be taken; `lost`: listed once, gone before it was pulled.',
);
export type ClipState = Static<typeof ClipState>;

export const QuarantineReason = oneOf(
  [
    'unsafe-name',
    'unreadable-name',
    'empty-file',
    'symbolic-link',
    'named-pipe',
    'device-node',
    'socket',
    'folder-unreadable',
    'folder-too-deep',
    'path-too-long',
    'entry-unreadable',
    'impossible-size',
    'read-error',
    'changed-while-read',
    'lost-before-pull',
    'device-hash-differs',
    'store-mismatch',
  ],
  'Why a person must look at the clip.',
);
export type QuarantineReason = Static<typeof QuarantineReason>;

export const Quarantine = Type.Object({
  reason: QuarantineReason,
  detail: Type.String({
    description: 'What happened, in words for the log; shown after the translated reason.',
  }),
});

export const MediaFacts = Type.Object(
  {
    container: nullable(Type.String()),
    durationMs: nullable(Type.Number()),
    width: nullable(Type.Integer()),
    height: nullable(Type.Integer()),
    videoCodec: nullable(Type.String()),
    audioCodec: nullable(Type.String()),
    createdAt: nullable(Type.String({ description: 'As the container says; often local time, or nothing.' })),
    takenAt: nullable(Type.String({ description: 'EXIF DateTimeOriginal, by the recorder’s clock.' })),
  },
  { description: 'What ffprobe says of the stored file. A hint, never evidence.' },
);

export const ReceiptSummary = Type.Object({
  target: Type.String({ description: 'Name of the archive target.' }),
  object: Type.String({ description: 'Where the archive keeps the bytes.' }),
  sha256: Type.String(),
  sizeBytes: Type.Integer(),
  storedAt: Instant,
  issuedBy: Type.String({ description: 'Name of the key that signed.' }),
  grade: oneOf(
    ['archive-signed', 'gateway-verified', 'unsigned'],
    '`archive-signed`: a service beside the archive read the bytes and signed. `gateway-verified`: the gateway read them back and signed. `unsigned`: from before receipts were signed; it never counts for release.',
  ),
  verified: nullable(
    oneOf(['readback', 'parts', 'server-checksum', 'stat'], 'How the stored bytes were proven.'),
  ),
  worm: nullable(
    oneOf(['proven', 'declared', 'none'], 'Whether a probe had shown that nobody can change them.'),
  ),
  retainUntil: nullable(Instant),
});

export const Clip = Type.Object({
  clipId: Identifier,
  name: Type.String({
    description: 'Last part of the path on the recorder, decoded, unsafe characters escaped.',
  }),
  nameEncoding: oneOf(['utf-8', 'gbk', 'bytes']),
  path: Type.String({ description: 'Path on the recorder as text.' }),
  kind: ClipKind,
  sizeBytes: Type.Integer(),
  state: ClipState,
  marked: Type.Boolean({ description: 'Marked important (重点文件).' }),
  markedSource: nullable(oneOf(['name', 'folder', 'device'])),
  quarantine: nullable(Quarantine),
  recorderId: Identifier,
  recorderSerialNumber: nullable(Type.String()),
  officerNumber: nullable(Type.String()),
  dockingId: nullable(Identifier),
  liveSessionId: nullable(Identifier),
  slot: nullable(Type.String()),
  startedAt: nullable(DeviceTime),
  modifiedAt: nullable(DeviceTime),
  clock: ClockStatement,
  utcStart: nullable(ClipInstant),
  utcEnd: nullable(ClipInstant),
  timeSources: Type.Array(TimeSource),
  timeConflicts: Type.Array(TimeConflict),
  timeDoubts: Type.Array(TimeDoubt),
  collectedAt: Instant,
  sha256: nullable(Type.String()),
  blake3: nullable(Type.String()),
  readBack: nullable(
    oneOf(['media', 'cache'], 'Whether the copy was read back past the page cache or only from it.'),
  ),
  media: nullable(MediaFacts),
  hasThumbnail: Type.Boolean(),
  receipts: Type.Array(ReceiptSummary),
  releasedAt: nullable(Instant),
  localRemovedAt: nullable(
    Type.String({
      format: 'date-time',
      description: 'When the dock’s own copy of the media left, after receipts and keep time.',
    }),
  ),
});
export type Clip = Static<typeof Clip>;

export const ClipQuery = Type.Object({
  state: Type.Optional(ClipState),
  kind: Type.Optional(ClipKind),
  recorderId: Type.Optional(Identifier),
  dockingId: Type.Optional(Identifier),
  liveSessionId: Type.Optional(Identifier),
  marked: Type.Optional(Type.Boolean()),
  quarantined: Type.Optional(Type.Boolean()),
  collectedFrom: Type.Optional(Instant),
  collectedTo: Type.Optional(Instant),
  text: Type.Optional(Type.String({ maxLength: 200, description: 'Part of the name or path.' })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
export type ClipQuery = Static<typeof ClipQuery>;

export const ClipPage = Type.Object({
  clips: Type.Array(Clip),
  total: Type.Integer({ description: 'Clips that fit the filter, on all pages.' }),
  nextCursor: nullable(Type.String()),
});
export type ClipPage = Static<typeof ClipPage>;
