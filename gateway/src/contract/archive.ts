import { type Static, Type } from '@docket/device-protocol/schema';
import { Identifier, Instant, nullable, oneOf, person, reason } from './terms.ts';

export const ArchiveTargetName = Type.String({ minLength: 1, maxLength: 64 });

export const ArchiveAmount = Type.Object({ clips: Type.Integer(), bytes: Type.Integer() });
export type ArchiveAmount = Static<typeof ArchiveAmount>;

export const ArchiveProbeCheck = oneOf(
  [
    'put',
    'read-back',
    'wrong-hash',
    'resume',
    'clock',
    'retention',
    'worm-delete',
    'worm-bypass',
    'worm-shorten',
    'worm-overwrite',
    'worm-intact',
  ],
  'What a target was put to the test with; docs/archive.md tells each.',
);
export type ArchiveProbeCheck = Static<typeof ArchiveProbeCheck>;

export const ArchiveProbe = Type.Object(
  {
    probeId: Identifier,
    startedAt: Instant,
    endedAt: Instant,
    isSound: Type.Boolean({ description: 'Nothing failed.' }),
    isWormProven: Type.Boolean({ description: 'What the target locks could not be changed.' }),
    clockOffsetMs: nullable(Type.Number({ description: 'How far its clock is ahead of ours.' })),
    results: Type.Array(
      Type.Object({
        check: ArchiveProbeCheck,
        outcome: oneOf(['passed', 'failed', 'not-applicable']),
        detail: Type.String({ description: 'What was seen.' }),
      }),
    ),
  },
  { description: 'What a target was found to do when it was tried on a canary.' },
);
export type ArchiveProbe = Static<typeof ArchiveProbe>;

export const ArchiveTargetState = oneOf(
  ['working', 'idle', 'waiting', 'paused', 'unreachable', 'busy', 'full', 'denied', 'failing', 'unproven'],
  '`waiting`: for a window, a demand or the next try. `unproven`: it must lock what it keeps, and nobody has seen that it does.',
);
export type ArchiveTargetState = Static<typeof ArchiveTargetState>;

export const ArchiveTarget = Type.Object({
  name: ArchiveTargetName,
  kind: oneOf(['directory', 's3', 'http']),
  state: ArchiveTargetState,
  since: nullable(Type.String({ format: 'date-time', description: 'null: since the start.' })),
  paused: nullable(Type.Object({ by: Type.String(), at: Instant, reason: Type.String() })),
  nextTryAt: nullable(Instant),
  lastReachedAt: nullable(Instant),
  lastError: nullable(
    Type.Object({
      refusal: nullable(Type.String({ description: 'null: a fault of ours.' })),
      message: Type.String(),
      at: Instant,
      needsPeople: Type.Boolean({ description: 'It does not end by itself.' }),
    }),
  ),
  waiting: Type.Object({ important: ArchiveAmount, bulk: ArchiveAmount }),
  sending: Type.Array(
    Type.Object({ clipId: Identifier, sizeBytes: Type.Integer(), heldBytes: Type.Integer() }),
  ),
  dead: Type.Object(ArchiveAmount.properties, {
    description: 'Given up until a person has them sent again.',
  }),
  bytesPerSecond: nullable(Type.Number({ description: 'What it took lately; null: not known yet.' })),
  limitBytesPerSecond: nullable(Type.Number({ description: 'What it may be sent now; null: no limit.' })),
  bulk: Type.Object({
    mayGo: Type.Boolean({ description: 'Whether clips that are not important may go now.' }),
    changesAt: nullable(Instant),
  }),
  misses: nullable(
    Type.Object(
      {
        ...ArchiveAmount.properties,
        overdue: ArchiveAmount,
        first: nullable(Type.Object({ clipId: Identifier, dueAt: Instant, expectedAt: nullable(Instant) })),
      },
      {
        description:
          'Clips that will not be archived by their deadline, by what the line carried lately; null: not measured yet.',
      },
    ),
  ),
  probe: nullable(ArchiveProbe),
  isProbing: Type.Boolean(),
  isWormRequired: Type.Boolean(),
  counts: oneOf(
    ['yes', 'unsound', 'worm-not-proven'],
    'Whether its receipts count for release: not while its latest probe failed, nor where WORM is asked and was not proven.',
  ),
  isEncrypted: Type.Boolean({ description: 'Media goes there encrypted.' }),
  signer: oneOf(['gateway', 'archive'], 'Who signs its receipts.'),
});
export type ArchiveTarget = Static<typeof ArchiveTarget>;

export const ArchiveFeed = Type.Object(
  {
    name: Type.String(),
    waitingRecords: Type.Integer(),
    attempts: Type.Integer({ description: 'Failed since the last that was delivered.' }),
    lastDeliveredAt: nullable(Instant),
    lastError: nullable(Type.String()),
    lastLoss: nullable(
      Type.String({ description: 'What the place had lost of what it had acknowledged; it was sent again.' }),
    ),
    lastLossAt: nullable(Instant),
  },
  { description: 'Index records on their way to a target, a webhook or a message stream.' },
);
export type ArchiveFeed = Static<typeof ArchiveFeed>;

export const ArchiveSpace = Type.Object({
  freeBytes: Type.Integer(),
  totalBytes: Type.Integer(),
  reserveBytes: Type.Integer({ description: 'No clip is pulled into this last part.' }),
  highWaterPercent: Type.Integer(),
  lowWaterPercent: Type.Integer(),
  keepLocalDays: nullable(Type.Integer()),
  localClips: Type.Integer({ description: 'Clips whose media stands in the store.' }),
  removedClips: Type.Integer({ description: 'Clips whose local copy left on the receipts of archives.' }),
});
export type ArchiveSpace = Static<typeof ArchiveSpace>;

export const Archive = Type.Object({
  targets: Type.Array(ArchiveTarget),
  line: Type.Object({
    bulk: oneOf(['at-once', 'in-window', 'on-demand']),
    bytesPerSecond: nullable(Type.Integer()),
    windows: Type.Array(Type.Object({ cron: Type.String(), bytesPerSecond: nullable(Type.Integer()) })),
    zone: Type.String(),
    importantPercent: Type.Integer(),
  }),
  release: Type.Object({
    policy: oneOf(['never', 'after-receipt']),
    receipts: Type.Union([oneOf(['all', 'any']), Type.Integer()]),
    grade: oneOf(['gateway-verified', 'archive-signed']),
  }),
  feeds: Type.Array(ArchiveFeed),
  space: ArchiveSpace,
  lastReceiptAt: nullable(Instant),
});
export type Archive = Static<typeof Archive>;

export const ArchiveQueueEntry = Type.Object({
  clipId: Identifier,
  target: ArchiveTargetName,
  state: oneOf(['queued', 'dead']),
  clipName: Type.String(),
  sizeBytes: Type.Integer(),
  queuedAt: Instant,
  dueAt: nullable(Instant),
  isImportant: Type.Boolean(),
  isMarked: Type.Boolean(),
  recordedAt: nullable(Instant),
  demandedAt: nullable(Instant),
  heldBytes: Type.Integer({ description: 'How much of it the target has, as it said last.' }),
  attempts: Type.Integer(),
  notBefore: nullable(Instant),
  lastError: nullable(Type.Object({ refusal: nullable(Type.String()), message: Type.String(), at: Instant })),
});
export type ArchiveQueueEntry = Static<typeof ArchiveQueueEntry>;

export const ArchiveQueueQuery = Type.Object({
  target: Type.Optional(ArchiveTargetName),
  state: Type.Optional(oneOf(['queued', 'dead'])),
});
export type ArchiveQueueQuery = Static<typeof ArchiveQueueQuery>;

export const ArchiveQueuePage = Type.Object({
  entries: Type.Array(ArchiveQueueEntry, { description: 'In the order in which they go.' }),
  nextCursor: nullable(Type.String()),
});
export type ArchiveQueuePage = Static<typeof ArchiveQueuePage>;

export const ArchiveProbeRequest = Type.Object({ person }, { additionalProperties: false });

export const ArchiveProbeAnswer = Type.Object({
  probe: nullable(ArchiveProbe),
  isProbing: Type.Boolean({ description: 'It takes longer; what it found is shown with the target.' }),
});
export type ArchiveProbeAnswer = Static<typeof ArchiveProbeAnswer>;

export const ArchiveRetried = Type.Object({ clips: Type.Integer() });
export type ArchiveRetried = Static<typeof ArchiveRetried>;

export const archiveDemandLimit = 10_000;

export const ArchiveDemandRequest = Type.Object(
  {
    clipIds: Type.Optional(Type.Array(Identifier, { minItems: 1, maxItems: 1_000, uniqueItems: true })),
    caseId: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    recorded: Type.Optional(
      Type.Object(
        {
          from: Instant,
          to: Instant,
          recorderId: Type.Optional(Identifier),
        },
        {
          additionalProperties: false,
          description:
            'Clips that may show some of this time. Clips whose time is not known are not among them.',
        },
      ),
    ),
    reason,
    person,
  },
  { additionalProperties: false, description: 'By ids, by a case or by time: exactly one of the three.' },
);
export type ArchiveDemandRequest = Static<typeof ArchiveDemandRequest>;

export const ArchiveDemanded = Type.Object({
  waiting: Type.Integer({ description: 'Clips asked for that an archive had not signed for yet.' }),
  demanded: Type.Integer({ description: 'Of these, those nobody had asked for before.' }),
  isComplete: Type.Boolean({ description: 'false: more fit than are taken at once; ask again.' }),
});
export type ArchiveDemanded = Static<typeof ArchiveDemanded>;

export const ArchiveKey = Type.Object({
  name: Type.String({ description: 'The name the dock signs by.' }),
  verifierKeys: Type.Array(Type.String(), {
    description: 'C2SP verifier keys, `name+hash+key`: Ed25519 first, SM2 where it is switched on.',
  }),
});
export type ArchiveKey = Static<typeof ArchiveKey>;
