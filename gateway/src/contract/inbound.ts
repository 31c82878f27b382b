import { type Static, Type } from '@docket/device-protocol/schema';
import { FactsKind } from './case.ts';
import { nullable, oneOf } from './terms.ts';

/** What may be sent at once; case systems with more send several deliveries. */
export const inboundLimits = { bytes: 4 * 1024 * 1024, records: 5_000 } as const;

export const FaultCode = oneOf(
  [
    'not-an-object',
    'kind-unknown',
    'missing',
    'not-text',
    'too-long',
    'bad-characters',
    'number-imprecise',
    'id-invalid',
    'too-many',
    'term-unknown',
    'term-ambiguous',
    'not-true-or-false',
    'not-a-number',
    'not-a-day',
    'not-an-instant',
    'not-a-duration',
    'out-of-range',
    'end-before-start',
    'refers-to-itself',
    'duplicate-id',
  ],
  'What is wrong with a record, of which nothing is kept.',
);
export type FaultCode = Static<typeof FaultCode>;

export const WarningCode = oneOf(
  ['field-unknown', 'reference-unknown', 'revision-reused', 'withdrawn-unknown', 'no-officer', 'no-times'],
  'What may be of interest of a record that is kept all the same.',
);
export type WarningCode = Static<typeof WarningCode>;

const remark = {
  field: nullable(Type.String({ description: 'e.g. `decision.decidedOn`; null: the whole record.' })),
  given: nullable(Type.String({ description: 'What stood there, shortened.' })),
  message: Type.String({ description: 'The same in words.' }),
};

export const InboundRequest = Type.Object(
  {
    sender: Type.String({
      pattern: '^[a-z0-9][a-z0-9.-]{0,31}$',
      description: 'Name of the case system; every id begins with it.',
    }),
    records: Type.Array(Type.Unknown(), {
      minItems: 1,
      maxItems: inboundLimits.records,
      description:
        'Units, officers, cases and activities, each with `kind`, `id`, where known `revision`, and its fields. Each is read by itself.',
    }),
    dryRun: Type.Optional(
      Type.Boolean({ description: 'Tell what would come of it, and keep nothing.', default: false }),
    ),
  },
  { additionalProperties: false },
);
export type InboundRequest = Static<typeof InboundRequest>;

export const InboundOutcome = oneOf(
  ['created', 'changed', 'unchanged', 'stale', 'refused'],
  '`stale`: older than what stands, kept in the history only. `refused`: has faults, nothing of it is kept.',
);
export type InboundOutcome = Static<typeof InboundOutcome>;

export const InboundResult = Type.Object({
  index: Type.Integer({ description: 'Place in the delivery, from 0.' }),
  kind: nullable(FactsKind),
  id: nullable(Type.String({ description: '`<sender>/<id>`; null where it could not be read.' })),
  outcome: InboundOutcome,
  faults: Type.Array(Type.Object({ code: FaultCode, ...remark })),
  warnings: Type.Array(Type.Object({ code: WarningCode, ...remark })),
});
export type InboundResult = Static<typeof InboundResult>;

export const InboundAnswer = Type.Object({
  dryRun: Type.Boolean(),
  counts: Type.Object({
    created: Type.Integer(),
    changed: Type.Integer(),
    unchanged: Type.Integer(),
    stale: Type.Integer(),
    refused: Type.Integer(),
  }),
  results: Type.Array(InboundResult, { description: 'One a record, in the order of the delivery.' }),
});
export type InboundAnswer = Static<typeof InboundAnswer>;
