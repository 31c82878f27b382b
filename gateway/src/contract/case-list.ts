import { type Static, Type } from '@docket/device-protocol/schema';
import { Case } from './case.ts';
import { CoverageRollUp } from './coverage.ts';
import { DeadlineKind } from './deadline.ts';
import { Instant, nullable, oneOf } from './terms.ts';

export const CaseStanding = Type.Object(
  {
    coverage: Type.Object({
      activities: Type.Integer(),
      unjudged: Type.Integer(),
      counts: CoverageRollUp.properties.counts,
    }),
    nextDeadline: nullable(Type.Object({ kind: DeadlineKind, dueAt: Instant })),
    review: oneOf(['none', 'submitted', 'passed', 'failed', 'returned']),
  },
  { description: 'Judged activities by state, the first deadline not met, and the newest act of review.' },
);
export type CaseStanding = Static<typeof CaseStanding>;

export const CaseListed = Type.Object({ ...Case.properties, standing: CaseStanding });
export type CaseListed = Static<typeof CaseListed>;

export const CasePage = Type.Object({
  cases: Type.Array(CaseListed),
  total: Type.Integer({ description: 'Cases that fit the filter, on all pages.' }),
  nextCursor: nullable(Type.String()),
});
export type CasePage = Static<typeof CasePage>;
