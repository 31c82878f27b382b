import { type Static, type TSchema, Type } from '@docket/device-protocol/schema';
import { activityKinds, caseCategories, caseSteps } from '../cases/case-terms.ts';
import { dutyLevels, mediaKinds } from '../duties/duty-list.ts';

/**
 * All that is ever told to the public, column by column. Every schema is closed: what stands in none of them has no way
 * out, and none of them has a place for footage or for anything of a person beside 《行政执法人员清单》.
 */
function closed<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

function word<const Words extends readonly string[]>(words: Words) {
  return Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });
}

function orNull<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

const text = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$' });
const day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const allOr = <Schema extends TSchema>(schema: Schema) =>
  Type.Union([Type.Array(schema, { maxItems: 64 }), Type.Literal('*')]);

/** One row of 《音像记录事项清单》. */
export const PublishedDutyItem = closed({
  number: text(64),
  categories: allOr(word(caseCategories)),
  matter: orNull(text(2_000)),
  steps: allOr(word(caseSteps)),
  activities: allOr(word(activityKinds)),
  place: orNull(text(2_000)),
  mediaKinds: Type.Array(word(mediaKinds), { maxItems: 8 }),
  recordedBy: orNull(text(2_000)),
  startTrigger: orNull(text(2_000)),
  endTrigger: orNull(text(2_000)),
  content: orNull(text(4_000)),
  recordClass: orNull(text(200)),
  timeLimit: orNull(
    closed({ count: Type.Integer({ minimum: 0 }), unit: word(['day', 'working-day'] as const) }),
  ),
  retention: Type.Union([
    word(['permanent', 'same-as-file'] as const),
    closed({ duration: Type.String({ pattern: '^P[0-9YMWD]{1,16}$' }) }),
  ]),
  level: word(dutyLevels),
  note: orNull(text(4_000)),
});

export const PublishedDutyList = closed({
  department: text(128),
  version: Type.Integer({ minimum: 1 }),
  name: text(400),
  inForceFrom: day,
  items: Type.Array(PublishedDutyItem, { maxItems: 2_000 }),
});
export type PublishedDutyList = Static<typeof PublishedDutyList>;

/** 姓名、单位、职务、证件编号、执法类别、执法区域. */
const officerColumns = {
  name: text(128),
  unit: text(400),
  post: orNull(text(128)),
  certificateNumber: text(64),
  categories: Type.Array(word(caseCategories), { maxItems: 16 }),
  area: orNull(text(400)),
};
export const PublishedOfficer = closed(officerColumns);
export type PublishedOfficer = Static<typeof PublishedOfficer>;

/** With 证件有效期, where the department's list says so. */
export const PublishedOfficerWithValidity = closed({ ...officerColumns, validUntil: orNull(day) });
export type PublishedOfficerWithValidity = Static<typeof PublishedOfficerWithValidity>;

export const PublishedOfficerList = closed({
  department: text(128),
  officers: Type.Union([
    Type.Array(PublishedOfficer, { maxItems: 20_000 }),
    Type.Array(PublishedOfficerWithValidity, { maxItems: 20_000 }),
  ]),
});
export type PublishedOfficerList = Static<typeof PublishedOfficerList>;

/** The result of a decision; neither the name of the case, which may hold a party's, nor any id of ours. */
export const PublishedDecision = closed({
  number: orNull(text(200)),
  decidedOn: day,
  unit: text(400),
  category: word(caseCategories),
  matter: orNull(text(400)),
  result: orNull(text(2_000)),
  isRandomInspection: Type.Boolean(),
});
export type PublishedDecision = Static<typeof PublishedDecision>;

const count = Type.Integer({ minimum: 0 });

/** Counts of activities over one period; never of a person, a recorder or a case. */
export const PublishedStatistics = closed({
  from: day,
  to: day,
  rows: Type.Array(
    closed({
      category: word(caseCategories),
      /** Activities that had to be recorded by then. */
      expected: count,
      met: count,
      late: count,
      partial: count,
      missing: count,
      exempt: count,
      unverifiable: count,
    }),
    { maxItems: 64 },
  ),
});
export type PublishedStatistics = Static<typeof PublishedStatistics>;

/** What stands in place of something that is no longer public. */
export const PublishedWithdrawal = closed({
  withdrawnOn: day,
  cause: word(['revoked', 'withdrawn'] as const),
});
export type PublishedWithdrawal = Static<typeof PublishedWithdrawal>;

/** What is disclosed, with the columns of each. */
export const publishedColumns = {
  'duty-list': PublishedDutyList,
  'officer-list': PublishedOfficerList,
  statistics: PublishedStatistics,
  decision: PublishedDecision,
} as const;
export type DisclosureKind = keyof typeof publishedColumns;
