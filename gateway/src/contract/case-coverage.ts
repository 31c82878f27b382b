import { type Static, Type } from '@docket/device-protocol/schema';
import { CoverageRollUp, CoverageState, Judgement } from './coverage.ts';
import { CoverageException } from './coverage-exception.ts';
import { Day, Identifier, Instant, nullable } from './terms.ts';

const { kind, step } = Judgement.properties;

export const ActivityCoverage = Type.Object(
  {
    activityId: Identifier,
    kind,
    step,
    place: nullable(Type.String()),
    officerIds: Type.Array(Identifier),
    isRandomInspection: Type.Boolean(),
    startedAt: nullable(Instant),
    endedAt: nullable(Instant),
    timeDoubtMs: Type.Integer({ minimum: 0 }),
    judgedAt: nullable(Instant),
    judgement: nullable(Judgement),
    exceptions: Type.Array(CoverageException),
  },
  { description: 'One lane: the activity as told, how it was judged, and what people signed for.' },
);
export type ActivityCoverage = Static<typeof ActivityCoverage>;

export const CaseCoverage = Type.Object({
  caseId: Identifier,
  rollUp: CoverageRollUp,
  steps: Type.Array(Type.Object({ step, rollUp: CoverageRollUp, activities: Type.Array(ActivityCoverage) }), {
    description: 'In the order of a case; steps without activities are left out.',
  }),
  looseClipIds: Type.Array(Identifier, {
    description: 'Clips linked to the case and to none of its activities; at most a thousand.',
  }),
});
export type CaseCoverage = Static<typeof CaseCoverage>;

export const JudgementHistory = Type.Object({
  judgements: Type.Array(
    Type.Object({
      sequence: Type.Integer(),
      at: Instant,
      judgement: nullable(Judgement),
    }),
    { description: 'Newest first; `judgement` is null where the activity was withdrawn.' },
  ),
  nextCursor: nullable(Type.String()),
});
export type JudgementHistory = Static<typeof JudgementHistory>;

export const CoverageQuery = Type.Object({
  state: Type.Optional(CoverageState),
  unit: Type.Optional(Identifier),
  from: Type.Optional(Day),
  to: Type.Optional(Day),
});
export type CoverageQuery = Static<typeof CoverageQuery>;

export const JudgedActivity = Type.Object({
  activityId: Identifier,
  caseId: Identifier,
  caseNumber: nullable(Type.String()),
  caseName: nullable(Type.String()),
  unitId: nullable(Identifier),
  kind,
  step,
  state: CoverageState,
  startedAt: nullable(Instant),
  endedAt: nullable(Instant),
  coveredMs: nullable(Type.Integer()),
  gapMs: nullable(Type.Integer()),
  isDue: Type.Boolean(),
  isExplained: Type.Boolean(),
  uploadDueAt: nullable(Instant),
  judgedAt: Instant,
});
export type JudgedActivity = Static<typeof JudgedActivity>;

export const JudgedActivityPage = Type.Object({
  activities: Type.Array(JudgedActivity),
  nextCursor: nullable(Type.String()),
});
export type JudgedActivityPage = Static<typeof JudgedActivityPage>;
