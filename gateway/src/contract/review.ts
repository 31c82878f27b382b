import { type Static, Type } from '@docket/device-protocol/schema';
import { Activity, Case, CaseStep, FactsId, Officer } from './case.ts';
import { ClipInstant } from './clip-time.ts';
import { CoverageState, Judgement } from './coverage.ts';
import { DeadlineKind, DeadlineState } from './deadline.ts';
import { Bookmark, BookmarkKind } from './operation.ts';
import { Identifier, Instant, nullable, oneOf, person, reason, saying } from './terms.ts';

/** What case systems tell of a thing, without how it was received. */
function factsOf<Properties extends Record<string, unknown>>({ properties }: { properties: Properties }) {
  const { isWithdrawn: _w, sender: _s, revision: _r, receivedAt: _a, ...facts } = properties;
  return facts as Omit<Properties, 'isWithdrawn' | 'sender' | 'revision' | 'receivedAt'>;
}

const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256, hex.' });

export const ReviewQuestionCode = oneOf(
  [
    'case-withdrawn',
    'decision-not-told',
    'no-activity',
    'reckoning-due',
    'not-judged',
    'no-duty-list',
    'list-is-silent',
    'activity-without-times',
    'whole-process-undecided',
    'missing',
    'footage-awaited',
    'unverifiable',
    'gap-unexplained',
    'late',
    'exception-waiting',
    'clip-queued',
    'clip-quarantined',
    'clip-not-stored',
    'clip-without-receipt',
    'person-concern',
    'deadline-passed',
  ],
  'What a reviewer has to look at; see docs/review.md.',
);
export type ReviewQuestionCode = Static<typeof ReviewQuestionCode>;

export const ReviewQuestion = Type.Object({
  code: ReviewQuestionCode,
  blocks: Type.Boolean({ description: 'Keeps the case from being ready for review.' }),
  activityId: nullable(FactsId),
  clipId: nullable(Identifier),
  officerId: nullable(FactsId),
  detail: nullable(Type.String({ description: 'A code of what it is about, or a count.' })),
});
export type ReviewQuestion = Static<typeof ReviewQuestion>;

export const ReviewReadiness = Type.Object(
  {
    reviewReady: Type.Boolean({ description: 'A reviewer can begin. Never a verdict.' }),
    blocking: Type.Array(ReviewQuestionCode),
  },
  { description: 'Whether nothing stands in the way of reviewing the case.' },
);
export type ReviewReadiness = Static<typeof ReviewReadiness>;

export const PacketClip = Type.Object({
  clipId: Identifier,
  name: Type.String(),
  kind: Type.String(),
  sizeBytes: Type.Integer(),
  sha256: nullable(sha256),
  state: Type.String(),
  isMarked: Type.Boolean(),
  start: nullable(ClipInstant),
  end: nullable(ClipInstant),
  doubts: Type.Array(Type.String()),
  recorderId: Type.String(),
  recorderSerialNumber: nullable(Type.String()),
  wearerId: nullable(FactsId),
  links: Type.Array(
    Type.Object({
      sequence: Type.Integer(),
      activityId: nullable(FactsId),
      step: nullable(CaseStep),
      source: oneOf(['interval', 'qr', 'mark', 'live', 'manual']),
      confidence: oneOf(['certain', 'strong', 'assumed']),
      actor: Type.String(),
      at: Instant,
    }),
  ),
  custody: Type.Object({ sealed: nullable(Type.Integer()), newest: nullable(Type.Integer()) }),
  receipts: Type.Array(
    Type.Object({ target: Type.String(), sha256, storedAt: Instant, issuedBy: Type.String() }),
  ),
  quarantine: nullable(Type.String()),
});
export type PacketClip = Static<typeof PacketClip>;

const PacketOperation = Type.Object({
  operationId: Identifier,
  title: Type.String(),
  activityId: nullable(FactsId),
  step: nullable(CaseStep),
  place: nullable(Type.String()),
  openedAt: Instant,
  openedBy: Type.String(),
  closedAt: nullable(Instant),
  closedBy: nullable(Type.String()),
  recorders: Type.Array(
    Type.Object({
      recorderId: Identifier,
      officerId: nullable(FactsId),
      joinedAt: Instant,
      leftAt: nullable(Instant),
    }),
  ),
  bookmarks: Type.Array(
    Type.Object({
      kind: BookmarkKind,
      text: nullable(Type.String()),
      at: Instant,
      recorderId: nullable(Identifier),
      madeBy: Type.String(),
      madeAt: Instant,
      struck: Bookmark.properties.struck,
      clips: Type.Array(
        Type.Object({ clipId: Identifier, positionMs: Type.Integer(), doubtMs: nullable(Type.Integer()) }),
        { description: 'Where the footage of the case may show it.' },
      ),
    }),
  ),
});

const officerFacts = Type.Object(factsOf(Officer));

export const ReviewPacket = Type.Object(
  {
    v: Type.Literal(1),
    madeAt: Instant,
    madeBy: Type.String(),
    custodyHead: Type.Object({ size: Type.Integer(), rootHash: sha256 }),
    content: Type.Object({
      case: Type.Object(factsOf(Case)),
      isCaseWithdrawn: Type.Boolean(),
      unitName: nullable(Type.String()),
      dutyLists: Type.Array(
        Type.Object({
          departmentId: Type.String(),
          version: Type.Integer(),
          name: nullable(Type.String()),
          sha256: Type.String(),
        }),
      ),
      steps: Type.Array(
        Type.Object({
          step: CaseStep,
          states: Type.Record(CoverageState, Type.Integer()),
          activities: Type.Integer(),
          gapMs: nullable(Type.Integer()),
        }),
      ),
      activities: Type.Array(
        Type.Object({ facts: Type.Object(factsOf(Activity)), judgement: nullable(Judgement) }),
      ),
      footage: Type.Array(PacketClip),
      people: Type.Array(
        Type.Object({
          officerId: FactsId,
          facts: nullable(officerFacts),
          unitName: nullable(Type.String()),
          activityIds: Type.Array(FactsId),
          concerns: Judgement.properties.people,
        }),
      ),
      deadlines: Type.Array(
        Type.Object({
          kind: DeadlineKind,
          activityId: nullable(FactsId),
          dueAt: Instant,
          metAt: nullable(Instant),
          state: DeadlineState,
        }),
      ),
      operations: Type.Optional(
        Type.Array(PacketOperation, {
          description: 'Left out of packets made before there were operations.',
        }),
      ),
      questions: Type.Array(ReviewQuestion),
      readiness: ReviewReadiness,
    }),
  },
  {
    description:
      'A case as laid before legal review. Answered as canonical JSON (RFC 8785): the SHA-256 of the bytes names the packet.',
  },
);
export type ReviewPacket = Static<typeof ReviewPacket>;

export const PacketQuery = Type.Object({
  sha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'A packet that was made before, unchanged. Left out: the case as it stands now.',
    }),
  ),
  person,
});
export type PacketQuery = Static<typeof PacketQuery>;

export const PrintedPacketQuery = Type.Object({
  ...PacketQuery.properties,
  lang: Type.Optional(oneOf(['zh-CN', 'en'])),
});
export type PrintedPacketQuery = Static<typeof PrintedPacketQuery>;

export const ReviewAct = Type.Object({
  sequence: Type.Integer(),
  act: oneOf(['submitted', 'passed', 'failed', 'returned']),
  packetSha256: sha256,
  person: Type.String(),
  opinion: nullable(Type.String({ description: '审核意见' })),
  reason: Type.String(),
  at: Instant,
});
export type ReviewAct = Static<typeof ReviewAct>;

export const PublicationObstacle = oneOf(
  [
    'no-decision',
    'case-withdrawn',
    'decision-revoked',
    'secret',
    'review-missing',
    'review-open',
    'review-returned',
    'review-failed',
    'review-stale',
  ],
  'What keeps the decision from being marked publishable. `review-stale`: the decision has changed since its review.',
);
export type PublicationObstacle = Static<typeof PublicationObstacle>;

export const ReviewRule = oneOf(
  ['major', 'not-major', 'category-reviewed', 'category-not-reviewed', 'no-list'],
  'Why the decision needs legal review (`major`, `category-reviewed`, `no-list`) or does not.',
);
export type ReviewRule = Static<typeof ReviewRule>;

export const PublicationStanding = Type.Object({
  isReviewNeeded: Type.Boolean(),
  reviewRule: ReviewRule,
  isReviewCurrent: nullable(
    Type.Boolean({ description: 'The standing review is of the decision as it now is; null: no review.' }),
  ),
  obstacles: Type.Array(PublicationObstacle),
  isPublishable: Type.Boolean({ description: 'It is marked publishable.' }),
  isStale: Type.Boolean({ description: 'The decision has changed since it was marked publishable.' }),
  acts: Type.Array(
    Type.Object({
      act: oneOf(['publishable', 'unpublishable']),
      cause: nullable(oneOf(['revoked', 'secret', 'case-withdrawn', 'by-person'])),
      reviewRule: ReviewRule,
      person: Type.String(),
      reason: Type.String(),
      at: Instant,
    }),
  ),
});
export type PublicationStanding = Static<typeof PublicationStanding>;

export const CaseReview = Type.Object({
  caseId: FactsId,
  state: oneOf(['none', 'submitted', 'passed', 'failed', 'returned'], 'The newest act stands.'),
  acts: Type.Array(ReviewAct),
  packets: Type.Array(
    Type.Object({
      sha256,
      caseId: FactsId,
      madeAt: Instant,
      madeBy: Type.String(),
      reviewReady: Type.Boolean(),
    }),
    { description: 'Packets that were handed out, newest first.' },
  ),
  questions: Type.Array(ReviewQuestion),
  readiness: ReviewReadiness,
  publication: PublicationStanding,
});
export type CaseReview = Static<typeof CaseReview>;

export const SubmitForReview = Type.Object(
  { packetSha256: sha256, person, reason },
  { additionalProperties: false },
);
export type SubmitForReview = Static<typeof SubmitForReview>;

export const RecordFinding = Type.Object(
  {
    finding: oneOf(['passed', 'failed', 'returned']),
    packetSha256: sha256,
    opinion: saying(4_000, '审核意见; kept with the finding.'),
    person,
    reason,
  },
  { additionalProperties: false },
);
export type RecordFinding = Static<typeof RecordFinding>;

export const PublicationRequest = Type.Object({ person, reason }, { additionalProperties: false });
export type PublicationRequest = Static<typeof PublicationRequest>;
