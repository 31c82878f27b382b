import { type Static, Type } from '@docket/device-protocol/schema';
import { Identifier, Instant, nullable, oneOf } from './terms.ts';

export const CoverageState = oneOf(
  ['met', 'late', 'partial', 'missing', 'exempt', 'unverifiable', 'not-required'],
  'How far footage answers a duty. `late`: met, but only with footage handed in too late; `partial`: surely not as the duty wants; `unverifiable`: the times do not tell; `not-required`: the list asks nothing.',
);
export type CoverageState = Static<typeof CoverageState>;

export const GapReasonCode = oneOf([
  'device-fault',
  'weather',
  'battery',
  'storage',
  'place-change',
  'other',
]);
export type GapReasonCode = Static<typeof GapReasonCode>;

export const ExemptionCode = oneOf(['state-secret', 'trade-secret', 'privacy', 'emergency', 'impossible']);
export type ExemptionCode = Static<typeof ExemptionCode>;

export const ExceptionKind = oneOf([
  'gap-reason',
  'exemption',
  'late-dock',
  'recorder-broken',
  'recorder-lost',
  'place-unrecordable',
]);
export type ExceptionKind = Static<typeof ExceptionKind>;

export const UnprovenReason = oneOf(
  [
    'times-unproven',
    'host-unsynchronised',
    'clock-step-suspected',
    'sources-conflict',
    'hash-differs',
    'overlap-within-doubt',
    'gap-within-doubt',
    'activity-without-times',
    'no-duty-list',
    'list-is-silent',
  ],
  'What keeps footage from proving anything.',
);
export type UnprovenReason = Static<typeof UnprovenReason>;

export const JudgementGround = oneOf(
  ['delay-assumed'],
  '`delay-assumed`: how long live footage was on its way is what the settings say; it could be up to ten minutes.',
);
export type JudgementGround = Static<typeof JudgementGround>;

export const PersonConcernCode = oneOf([
  'officer-unknown',
  'certificate-missing',
  'certificate-expired',
  'certificate-not-yet-valid',
  'issuer-not-accepted',
  'category-not-certified',
  'area-not-certified',
  'fewer-than-two-officers',
  'officers-not-named',
  'recorded-by-another',
]);
export type PersonConcernCode = Static<typeof PersonConcernCode>;

const step = oneOf([
  'acceptance',
  'filing',
  'investigation',
  'evidence',
  'review',
  'decision',
  'service',
  'execution',
  'archiving',
]);
const activityKind = oneOf([
  'on-site-inspection',
  'random-inspection',
  'investigation-evidence',
  'evidence-preservation',
  'hearing',
  'coercion-measure',
  'document-service',
  'site-survey',
  'other',
]);
const level = oneOf(['required', 'whole-process', 'whole-process-if-necessary', 'own-list', 'none']);
const unixMs = Type.Integer({ description: 'Unix milliseconds' });

export const CoverageGap = Type.Object(
  {
    from: Instant,
    fromDoubtMs: Type.Integer({ minimum: 0 }),
    to: Instant,
    toDoubtMs: Type.Integer({ minimum: 0 }),
    kind: oneOf(
      ['sure', 'doubtful'],
      '`sure`: between from + fromDoubtMs and to - toDoubtMs nothing can have been recorded.',
    ),
    explanation: nullable(
      Type.Object({ exceptionId: Identifier, reasonCode: GapReasonCode, approvedBy: Type.String() }),
    ),
  },
  { description: 'A stretch of a duty that no footage surely covers; each end ± its doubt.' },
);
export type CoverageGap = Static<typeof CoverageGap>;

export const CoveringClip = Type.Object(
  {
    clipId: Identifier,
    recorderId: Identifier,
    officerId: nullable(Identifier),
    mediaKind: oneOf(['video', 'audio', 'photo', 'cctv']),
    sure: nullable(Type.Object({ fromMs: unixMs, toMs: unixMs })),
    possible: Type.Object({ fromMs: nullable(unixMs), toMs: nullable(unixMs) }),
    guess: Type.Object({
      fromMs: nullable(unixMs),
      toMs: nullable(unixMs),
      doubtMs: nullable(Type.Integer({ minimum: 0 })),
    }),
    run: nullable(
      Type.Integer({
        description: 'Clips of one run follow each other without a gap by their recorder’s own clock.',
      }),
    ),
    sealedAt: Instant,
    isLate: Type.Boolean(),
    shortcoming: nullable(
      Type.Union([oneOf(['kind-not-allowed']), UnprovenReason], {
        description: 'Why it does not count, or not fully.',
      }),
    ),
  },
  {
    description:
      'A clip’s part in a judgement: what surely (`sure`) and what possibly was recorded; null: not known.',
  },
);
export type CoveringClip = Static<typeof CoveringClip>;

export const ApprovedException = Type.Object({
  exceptionId: Identifier,
  kind: ExceptionKind,
  reasonCode: nullable(Type.Union([GapReasonCode, ExemptionCode])),
  approvedBy: Type.String(),
  approvedAt: Instant,
});

export const Judgement = Type.Object({
  activityId: Identifier,
  caseId: Identifier,
  kind: activityKind,
  step,
  state: CoverageState,
  duty: nullable(
    Type.Object({
      departmentId: Type.String(),
      version: Type.Integer(),
      sha256: Type.String(),
      itemNumber: nullable(Type.String()),
    }),
  ),
  level: nullable(level),
  raisedBy: Type.Array(oneOf(['risk-trigger', 'order'])),
  isWholeProcessProposed: Type.Boolean({
    description: 'A person should say whether the whole process is recorded (必要时).',
  }),
  startedMs: nullable(unixMs),
  endedMs: nullable(unixMs),
  timeDoubtMs: Type.Integer({ minimum: 0, description: 'Of both ends of the duty, either way.' }),
  clips: Type.Array(CoveringClip),
  gaps: Type.Array(CoverageGap),
  isExplained: Type.Boolean({
    description: 'All that is held against it stands explained by approved reasons.',
  }),
  coveredMs: nullable(Type.Integer({ description: 'Surely covered; null where the activity has no times.' })),
  gapMs: nullable(
    Type.Integer({ description: 'Surely not covered; null where the whole need not be recorded.' }),
  ),
  unproven: Type.Array(UnprovenReason),
  restsOn: Type.Optional(
    Type.Array(JudgementGround, {
      description:
        'Taken for true without proof: without it, state or gaps would be others. Left out by an older Docket.',
    }),
  ),
  exemption: nullable(
    Type.Object({
      exceptionId: Identifier,
      code: ExemptionCode,
      approvedBy: Type.String(),
      approvedAt: Instant,
    }),
  ),
  exceptions: Type.Array(ApprovedException),
  uploadDueAt: nullable(Instant),
  isDue: Type.Boolean({ description: 'The time to hand footage in has passed.' }),
  people: Type.Array(Type.Object({ code: PersonConcernCode, officerId: nullable(Identifier) })),
});
export type Judgement = Static<typeof Judgement>;

export const CoverageRollUp = Type.Object(
  {
    state: nullable(CoverageState),
    activities: Type.Integer(),
    unjudged: Type.Integer(),
    counts: Type.Object({
      met: Type.Integer(),
      late: Type.Integer(),
      partial: Type.Integer(),
      missing: Type.Integer(),
      exempt: Type.Integer(),
      unverifiable: Type.Integer(),
      'not-required': Type.Integer(),
    }),
    overdue: Type.Integer({
      description: 'Not answered although footage was due, and not explained by approved reasons.',
    }),
    explained: Type.Integer(),
    wholeProcessMs: Type.Integer({ description: 'Length of all whole-process duties.' }),
    coveredMs: Type.Integer({ description: 'Of these surely covered.' }),
    gapMs: Type.Integer({ description: 'Of these surely not covered.' }),
    personConcerns: Type.Integer(),
    wholeProcessProposed: Type.Integer(),
  },
  { description: 'Activities summed up; `state` is the worst of them, null where none has been judged.' },
);
export type CoverageRollUp = Static<typeof CoverageRollUp>;
