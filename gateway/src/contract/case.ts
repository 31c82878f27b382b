import { type Static, Type } from '@docket/device-protocol/schema';
import { CoverageState } from './coverage.ts';
import { Day, Identifier, Instant, nullable, oneOf } from './terms.ts';

export const CaseCategory = oneOf(
  ['license', 'penalty', 'coercion', 'inspection', 'levy', 'requisition', 'fee', 'other-power'],
  '执法类别: 行政许可、处罚、强制、检查、征收、征用、收费、其他权力.',
);
export type CaseCategory = Static<typeof CaseCategory>;

export const CaseStep = oneOf(
  [
    'acceptance',
    'filing',
    'investigation',
    'evidence',
    'review',
    'decision',
    'service',
    'execution',
    'archiving',
  ],
  '执法环节: 受理、立案、调查、取证、审查、决定、送达、执行、归档.',
);
export type CaseStep = Static<typeof CaseStep>;

export const ActivityKind = oneOf(
  [
    'on-site-inspection',
    'random-inspection',
    'investigation-evidence',
    'evidence-preservation',
    'hearing',
    'coercion-measure',
    'document-service',
    'site-survey',
    'other',
  ],
  '执法活动: 现场检查、随机抽查、调查取证、证据保全、听证、行政强制、文书送达、现场踏勘、其他.',
);
export type ActivityKind = Static<typeof ActivityKind>;

export const RiskTrigger = oneOf(
  ['personal-liberty', 'life-health', 'major-property'],
  'What raises a duty to record the whole process: 人身自由、生命健康、重大财产权益.',
);
export type RiskTrigger = Static<typeof RiskTrigger>;

export const CertificateIssuer = oneOf(
  ['provincial', 'ministry', 'recorded'],
  'Who made the certificate: 省政府统一印制、国务院部委制作、经备案.',
);
export type CertificateIssuer = Static<typeof CertificateIssuer>;

export const Secrecy = oneOf(
  ['none', 'state-secret', 'trade-secret', 'privacy'],
  'What must not be seen by everybody: 国家秘密、商业秘密、个人隐私.',
);
export type Secrecy = Static<typeof Secrecy>;

/** Id of what a case system told: the sender's name, a slash, the sender's own id. In a path, the slash is %2F. */
export const FactsId = Type.String({
  minLength: 1,
  maxLength: 128,
  description: '`<sender>/<id>`; in a path written with %2F.',
});

const standing = {
  isWithdrawn: Type.Boolean({ description: 'The sender has taken it back.' }),
  sender: Type.String(),
  revision: nullable(Type.String({ description: 'As the sender numbers what it says.' })),
  receivedAt: Instant,
};

const unitFacts = {
  unitId: FactsId,
  name: Type.String(),
  code: nullable(Type.String()),
  departmentId: Type.String({ description: 'The department whose duty list judges what the unit does.' }),
  parentUnitId: nullable(FactsId),
};

const officerFacts = {
  officerId: FactsId,
  name: Type.String(),
  unitId: FactsId,
  post: nullable(Type.String()),
  certificateNumber: nullable(Type.String()),
  officerNumber: nullable(Type.String({ description: 'Short number on recorders and in the ledger.' })),
  categories: Type.Array(CaseCategory),
  area: nullable(Type.String({ description: '执法区域' })),
  validFrom: nullable(Day),
  validUntil: nullable(Day),
  issuer: nullable(CertificateIssuer),
};

const CaseDecision = Type.Object({
  number: nullable(Type.String()),
  decidedOn: Day,
  isMajor: nullable(Type.Boolean({ description: '重大执法决定; null: the sender did not say.' })),
  result: nullable(Type.String()),
  revokedOn: nullable(Day),
});

const caseFacts = {
  caseId: FactsId,
  number: nullable(Type.String({ description: '案号, in its normal form.' })),
  name: Type.String(),
  departmentId: Type.String(),
  unitId: FactsId,
  category: CaseCategory,
  matter: nullable(Type.String({ description: '执法事项' })),
  isRandomInspection: Type.Boolean({ description: '双随机、一公开' }),
  riskTriggers: Type.Array(RiskTrigger),
  secrecy: Secrecy,
  openedOn: Day,
  closedOn: nullable(Day),
  retention: nullable(
    Type.Union([
      Type.Literal('permanent'),
      Type.Object({ duration: Type.String({ description: 'ISO 8601, from the closing of the case.' }) }),
    ]),
  ),
  filedOn: nullable(Day),
  decision: nullable(CaseDecision),
};

const activityFacts = {
  activityId: FactsId,
  caseId: FactsId,
  kind: ActivityKind,
  step: CaseStep,
  place: nullable(Type.String()),
  area: nullable(Type.String()),
  officerIds: Type.Array(FactsId),
  startedAt: nullable(Instant),
  endedAt: nullable(Instant),
  timeDoubtMs: Type.Integer({ description: 'By how much start and end may be wrong, either way.' }),
  isRandomInspection: Type.Boolean(),
  riskTriggers: Type.Array(RiskTrigger),
  isWholeProcess: Type.Boolean({ description: 'To be recorded whole by order, whatever the list says.' }),
};

export const Unit = Type.Object({ ...unitFacts, ...standing });
export type Unit = Static<typeof Unit>;

export const Officer = Type.Object({ ...officerFacts, ...standing });
export type Officer = Static<typeof Officer>;

export const Case = Type.Object({ ...caseFacts, ...standing });
export type Case = Static<typeof Case>;

export const Activity = Type.Object({ ...activityFacts, ...standing });
export type Activity = Static<typeof Activity>;

const positions = {
  cursor: Type.Optional(Type.String({ maxLength: 800, description: '`nextCursor` of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
};

export const CaseQuery = Type.Object({
  text: Type.Optional(Type.String({ maxLength: 100, description: 'Part of the number or the name.' })),
  departmentId: Type.Optional(Identifier),
  unitId: Type.Optional(FactsId),
  category: Type.Optional(CaseCategory),
  coverage: Type.Optional(
    Type.Unsafe<CoverageState>({ ...CoverageState, description: 'With an activity in this state.' }),
  ),
  openedFrom: Type.Optional(Day),
  openedTo: Type.Optional(Day),
  withdrawn: Type.Optional(
    Type.Boolean({ description: 'Only what was withdrawn, or only what was not; left out: both.' }),
  ),
  ...positions,
});
export type CaseQuery = Static<typeof CaseQuery>;

export const OfficerQuery = Type.Object({
  text: Type.Optional(
    Type.String({ maxLength: 100, description: 'Part of name, certificate number or officer number.' }),
  ),
  unitId: Type.Optional(FactsId),
  withdrawn: Type.Optional(Type.Boolean()),
  ...positions,
});
export type OfficerQuery = Static<typeof OfficerQuery>;

export const OfficerPage = Type.Object({
  officers: Type.Array(Officer),
  total: Type.Integer(),
  nextCursor: nullable(Type.String()),
});
export type OfficerPage = Static<typeof OfficerPage>;

export const FactsKind = oneOf(['unit', 'officer', 'case', 'activity']);
export type FactsKind = Static<typeof FactsKind>;

export const ReceivedFacts = Type.Object(
  {
    sequence: Type.Integer({ description: 'In the order of receipt, over everything received.' }),
    kind: FactsKind,
    entityId: FactsId,
    sender: Type.String(),
    revision: nullable(Type.String()),
    receivedAt: Instant,
    receivedFrom: Type.String({ description: 'Who delivered it: the holder of the token, or who sat here.' }),
    outcome: oneOf(
      ['applied', 'stale'],
      '`stale`: older than what stood when it came, and so changed nothing.',
    ),
    isWithdrawn: Type.Boolean(),
    facts: Type.Union(
      [
        Type.Object(activityFacts),
        Type.Object(caseFacts),
        Type.Object(officerFacts),
        Type.Object(unitFacts),
        Type.Null(),
      ],
      { description: 'null: taken back without being told again.' },
    ),
  },
  { description: 'One word of a case system, as it was taken.' },
);
export type ReceivedFacts = Static<typeof ReceivedFacts>;
