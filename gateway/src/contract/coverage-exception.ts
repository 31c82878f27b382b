import { type Static, Type } from '@docket/device-protocol/schema';
import { ExceptionKind, ExemptionCode, GapReasonCode } from './coverage.ts';
import { Identifier, Instant, nullable, oneOf, person, reason, saying } from './terms.ts';

export const ExceptionVerdict = oneOf(['approved', 'refused', 'withdrawn']);
export type ExceptionVerdict = Static<typeof ExceptionVerdict>;

export const ExceptionStanding = oneOf(['requested', 'approved', 'refused', 'withdrawn']);
export type ExceptionStanding = Static<typeof ExceptionStanding>;

const reasonCode = Type.Union([GapReasonCode, ExemptionCode], {
  description: 'A gap reason for `gap-reason`, an exemption code for `exemption`; null for all others.',
});

export const CoverageException = Type.Object(
  {
    exceptionId: Identifier,
    kind: ExceptionKind,
    activityId: nullable(Identifier),
    caseId: nullable(Identifier),
    recorderId: nullable(Identifier),
    from: nullable(Instant),
    to: nullable(Instant),
    reasonCode: nullable(reasonCode),
    reason: Type.String(),
    paperRecord: nullable(Type.String()),
    requestedAt: Instant,
    requestedBy: Type.String(),
    standing: ExceptionStanding,
    decisions: Type.Array(
      Type.Object({ verdict: ExceptionVerdict, at: Instant, by: Type.String(), reason: Type.String() }),
    ),
  },
  { description: 'What somebody asked to be excused, and what others decided on it.' },
);
export type CoverageException = Static<typeof CoverageException>;

export const ExceptionRequest = Type.Object(
  {
    kind: ExceptionKind,
    activityId: Type.Optional(Identifier),
    caseId: Type.Optional(Identifier),
    recorderId: Type.Optional(Identifier),
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    reasonCode: Type.Optional(reasonCode),
    paperRecord: Type.Optional(saying(200, 'Number or place of the signed paper.')),
    reason,
    person,
  },
  {
    additionalProperties: false,
    description:
      'Exactly one of activityId and caseId. `gap-reason` and `exemption` want a reasonCode; `recorder-broken` and `recorder-lost` the recorder; all but `gap-reason` and `exemption` a paper record.',
  },
);
export type ExceptionRequest = Static<typeof ExceptionRequest>;

export const ExceptionDecisionRequest = Type.Object({ reason, person }, { additionalProperties: false });
export type ExceptionDecisionRequest = Static<typeof ExceptionDecisionRequest>;

export const ExceptionQuery = Type.Object({
  standing: Type.Optional(ExceptionStanding),
  kind: Type.Optional(ExceptionKind),
  activityId: Type.Optional(Identifier),
  caseId: Type.Optional(Identifier),
});
export type ExceptionQuery = Static<typeof ExceptionQuery>;

export const ExceptionPage = Type.Object({
  exceptions: Type.Array(CoverageException),
  nextCursor: nullable(Type.String()),
});
export type ExceptionPage = Static<typeof ExceptionPage>;
