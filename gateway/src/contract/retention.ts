import { type Static, Type } from '@docket/device-protocol/schema';
import { FactsId } from './case.ts';
import { Identifier, Instant, nullable, oneOf, person, reason } from './terms.ts';

export const RetentionClass = oneOf(
  ['undecided', 'unlinked', 'linked', 'permanent'],
  '`undecided`: quarantined, queued or not mapped yet, kept. `unlinked`: belongs to no case, kept for the set months. `linked`: kept as the case file. `permanent`: kept for good.',
);
export type RetentionClass = Static<typeof RetentionClass>;

export const KeepReasonCode = oneOf(
  [
    'not-sealed',
    'not-receipted',
    'quarantined',
    'not-mapped',
    'queued',
    'linked',
    'case-unknown',
    'case-open',
    'case-retention-unknown',
    'case-period-runs',
    'case-permanent',
    'duty-permanent',
    'duty-period-runs',
    'marked',
    'on-hold',
    'months-run',
    'lately-linked',
    'clock-unsure',
    'deletion-asked',
    'deleted',
  ],
  'Why a clip is kept.',
);
export type KeepReasonCode = Static<typeof KeepReasonCode>;

export const KeepReason = Type.Object({
  code: KeepReasonCode,
  subject: nullable(
    Type.String({ description: 'The case, hold or duty item it is about; `null`: the clip itself.' }),
  ),
  until: nullable(Instant),
});
export type KeepReason = Static<typeof KeepReason>;

export const HoldGround = oneOf(
  ['evidence', 'litigation', 'complaint', 'inquiry', 'other'],
  '作为证据、诉讼复议、投诉、调查、其他.',
);
export type HoldGround = Static<typeof HoldGround>;

export const Hold = Type.Object({
  holdId: Identifier,
  clipId: nullable(Identifier),
  caseId: nullable(FactsId),
  ground: HoldGround,
  reason: Type.String(),
  placedBy: Type.String(),
  placedAt: Instant,
  liftedBy: nullable(Type.String()),
  liftedAt: nullable(Instant),
  liftReason: nullable(Type.String()),
});
export type Hold = Static<typeof Hold>;

export const ClipRetention = Type.Object({
  clipId: Identifier,
  class: RetentionClass,
  keepUntil: nullable(
    Type.String({ description: 'RFC 3339; `null` where no end is known or there is none.' }),
  ),
  reasons: Type.Array(KeepReason),
  mayBeDeleted: Type.Boolean({ description: 'Nothing wants it kept any more; a deletion may be asked for.' }),
  holds: Type.Array(Hold, {
    description: 'Standing holds on the clip and on the cases it is or was linked to.',
  }),
  deletion: nullable(
    Type.Object({
      requestId: Identifier,
      state: oneOf(['requested', 'approved', 'refused', 'kept', 'started', 'done']),
    }),
  ),
});
export type ClipRetention = Static<typeof ClipRetention>;

export const HoldRequest = Type.Object(
  {
    clipId: Type.Optional(Identifier),
    caseId: Type.Optional(FactsId),
    ground: HoldGround,
    person,
    reason,
  },
  { additionalProperties: false, description: 'On one clip or on one case.' },
);
export type HoldRequest = Static<typeof HoldRequest>;

export const PersonAndReason = Type.Object({ person, reason }, { additionalProperties: false });

export const HoldQuery = Type.Object({
  standing: Type.Optional(Type.Boolean({ description: 'true: not lifted; false: lifted' })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
export const HoldPage = Type.Object({ holds: Type.Array(Hold), nextCursor: nullable(Type.String()) });
export type HoldPage = Static<typeof HoldPage>;

export const ExpiredClip = Type.Object({
  clipId: Identifier,
  name: Type.String(),
  sizeBytes: Type.Integer(),
  recorderId: Identifier,
  recorderSerialNumber: nullable(Type.String()),
  class: RetentionClass,
  keptUntil: Instant,
});
export type ExpiredClip = Static<typeof ExpiredClip>;

export const ExpiredPage = Type.Object({
  clips: Type.Array(ExpiredClip),
  nextCursor: nullable(Type.String()),
});
export type ExpiredPage = Static<typeof ExpiredPage>;

export const DeletionState = oneOf(
  ['requested', 'approved', 'refused', 'kept', 'started', 'done'],
  '`kept`: approved, but a reason to keep it stood when it was to go. `started`: the clip is deleted in the index and its bytes are going.',
);
export type DeletionState = Static<typeof DeletionState>;

export const ClipDeletion = Type.Object({
  clipId: Identifier,
  name: Type.String(),
  sizeBytes: Type.Integer(),
  state: DeletionState,
  keptBecause: Type.Array(KeepReasonCode),
  doneAt: nullable(Instant),
});
export type ClipDeletion = Static<typeof ClipDeletion>;

export const DeletionRequestRecord = Type.Object({
  requestId: Identifier,
  requestedBy: Type.String(),
  requestedAt: Instant,
  reason: Type.String(),
  needsSecondPerson: Type.Boolean(),
  verdict: nullable(oneOf(['approved', 'refused'])),
  decidedBy: nullable(Type.String()),
  decidedAt: nullable(Instant),
  decisionReason: nullable(Type.String()),
  clips: Type.Array(ClipDeletion),
});
export type DeletionRequestRecord = Static<typeof DeletionRequestRecord>;

export const DeletionRequest = Type.Object(
  {
    clipIds: Type.Array(Identifier, { minItems: 1, maxItems: 500, uniqueItems: true }),
    person,
    reason,
  },
  { additionalProperties: false },
);
export type DeletionRequest = Static<typeof DeletionRequest>;

export const DeletionAnswer = Type.Object({
  request: nullable(DeletionRequestRecord),
  kept: Type.Array(
    Type.Object({ clipId: Identifier, because: Type.Array(KeepReasonCode, { minItems: 1 }) }),
    { description: 'Clips that were not taken into the request, and why.' },
  ),
});
export type DeletionAnswer = Static<typeof DeletionAnswer>;

export const DeletionQuery = Type.Object({
  undecided: Type.Optional(Type.Boolean({ description: 'true: waiting for a second person' })),
  cursor: Type.Optional(Type.String({ maxLength: 200 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
export const DeletionPage = Type.Object({
  requests: Type.Array(DeletionRequestRecord),
  nextCursor: nullable(Type.String()),
});
export type DeletionPage = Static<typeof DeletionPage>;

export const DeletionCertificate = Type.Object(
  {
    v: Type.Literal(1),
    clipId: Identifier,
    requestId: Identifier,
    name: Type.String(),
    pathBase64: Type.String({ description: 'Path on the recorder, raw bytes.' }),
    recorderId: Identifier,
    recorderSerialNumber: nullable(Type.String()),
    sizeBytes: Type.Integer(),
    sha256: Type.String(),
    blake3: nullable(Type.String()),
    recordSha256: nullable(Type.String()),
    recordedFrom: nullable(Instant),
    recordedTo: nullable(Instant),
    collectedAt: Instant,
    sealedAt: Instant,
    releasedAt: nullable(Instant),
    receipts: Type.Array(
      Type.Object({
        target: Type.String(),
        object: Type.String(),
        storedAt: Instant,
        issuedBy: Type.String(),
      }),
    ),
    class: RetentionClass,
    keptUntil: Instant,
    reason: Type.String(),
    requestedBy: Type.String(),
    requestedAt: Instant,
    approvedBy: Type.String(),
    approvedAt: Instant,
    approvalReason: nullable(Type.String()),
    isByTwoPersons: Type.Boolean(),
    startedAt: Instant,
    doneAt: Instant,
    archives: Type.Array(
      Type.Object({
        target: Type.String(),
        outcome: oneOf(
          ['removed', 'absent', 'needed-by-another-clip', 'shared-with-other-docks', 'not-allowed'],
          'What became of the archived copy.',
        ),
      }),
    ),
  },
  { description: 'What was deleted, why and by whom; as it stands in the custody log.' },
);
export type DeletionCertificate = Static<typeof DeletionCertificate>;
