import { type Static, Type } from '@docket/device-protocol/schema';
import { ActivityKind, FactsId } from './case.ts';
import { Day, Instant, nullable, oneOf, person, reason } from './terms.ts';

export const DeadlineKind = oneOf(
  ['hand-in', 'archive-footage', 'archive-file', 'publish', 'preserve', 'unpublish'],
  'Footage handed in, footage archived, case file archived, decision published, preserved evidence decided on (行政处罚法 §56), revoked decision unpublished (§48).',
);
export type DeadlineKind = Static<typeof DeadlineKind>;

export const DeadlineState = oneOf(
  ['met', 'open', 'missed', 'provisional'],
  '`provisional`: not done, and the holiday notice of that year is not known yet. `missed` stays where it was done too late; `metAt` tells when.',
);
export type DeadlineState = Static<typeof DeadlineState>;

export const Deadline = Type.Object({
  kind: DeadlineKind,
  caseId: FactsId,
  caseNumber: nullable(Type.String()),
  caseName: Type.String(),
  activityId: nullable(FactsId),
  activityKind: nullable(ActivityKind),
  runsFrom: Type.String({ description: 'Day or instant of what set it running.' }),
  dueOn: nullable(Day),
  dueAt: Instant,
  metAt: nullable(Instant),
  metBy: nullable(oneOf(['facts', 'statement'], 'Received facts and the store itself, or a person.')),
  state: DeadlineState,
  period: Type.Object({
    count: Type.Integer(),
    unit: oneOf(['hour', 'day', 'working-day']),
    isCarried: Type.Boolean({ description: 'Ending on a day off, it ends on the next working day.' }),
    source: Type.Object({
      document: Type.String({ description: 'Law, document, or the setting that says it.' }),
      article: nullable(Type.String()),
      sentence: nullable(Type.String()),
    }),
  }),
});
export type Deadline = Static<typeof Deadline>;

export const DeadlineQuery = Type.Object({
  state: Type.Optional(DeadlineState),
  kind: Type.Optional(DeadlineKind),
  dueBefore: Type.Optional(Instant),
  dueAfter: Type.Optional(Instant),
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
export type DeadlineQuery = Static<typeof DeadlineQuery>;

export const DeadlinePage = Type.Object({
  deadlines: Type.Array(Deadline),
  nextCursor: nullable(Type.String()),
});
export type DeadlinePage = Static<typeof DeadlinePage>;

export const CaseDeadlines = Type.Object({ deadlines: Type.Array(Deadline) });

export const DeadlineStatement = Type.Object(
  {
    kind: DeadlineKind,
    activityId: nullable(FactsId),
    doneAt: nullable(Instant),
    person,
    reason,
  },
  {
    additionalProperties: false,
    description:
      'A person’s word that something was done, where no system tells it. `doneAt` null takes an earlier word back.',
  },
);
export type DeadlineStatement = Static<typeof DeadlineStatement>;
