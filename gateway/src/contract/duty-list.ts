import { type Static, type TSchema, Type } from '@docket/device-protocol/schema';
import { ActivityKind, CaseCategory, CaseStep, CertificateIssuer, RiskTrigger } from './case.ts';
import { Day, Instant, nullable, oneOf, person, reason, saying } from './terms.ts';

const closed = { additionalProperties: false };

export const DepartmentId = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[^\\u0000-\\u001f\\u007f]+$',
  description: 'The department as case systems name it, e.g. `changzhi-swj`.',
});

export const MediaKind = oneOf(['video', 'audio', 'photo', 'cctv'], '录像、录音、照相、视频监控.');
export type MediaKind = Static<typeof MediaKind>;

export const DutyLevel = oneOf(
  ['required', 'whole-process', 'whole-process-if-necessary', 'own-list', 'none'],
  'How much must be recorded. `whole-process-if-necessary` (必要时): required, and whole where a person says so; `own-list`: the department has yet to say; `none`: no duty.',
);
export type DutyLevel = Static<typeof DutyLevel>;

const anyOf = Type.Literal('*', { description: 'Any.' });

/** Words of a set, each once; or `*` for any. */
function someOf<Schema extends TSchema>(word: Schema, maxItems: number) {
  return Type.Union([anyOf, Type.Array(word, { minItems: 1, maxItems, uniqueItems: true })]);
}

const column = (maxLength: number, description: string) => nullable(saying(maxLength, description));

export const DutyBasis = Type.Object(
  {
    document: saying(300, 'The document, e.g. `临发改法规〔2019〕173号`.'),
    sentence: Type.String({
      maxLength: 2000,
      pattern: '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$',
      description: 'The sentence, word by word; empty where there is none.',
    }),
  },
  { ...closed, description: 'The sentence something comes from.' },
);

const inferred = {
  isDerived: Type.Boolean({ description: 'A part of it is inferred; the note says which.' }),
  note: column(1000, '备注.'),
};

export const DutyItem = Type.Object(
  {
    number: saying(16, '序号: stays the same from version to version.'),
    categories: someOf(CaseCategory, 8),
    matter: column(200, '执法事项; null: all.'),
    steps: someOf(CaseStep, 9),
    activities: someOf(ActivityKind, 9),
    place: column(300, '记录场所.'),
    mediaKinds: Type.Array(MediaKind, {
      minItems: 1,
      maxItems: 4,
      uniqueItems: true,
      description: '记录方式.',
    }),
    recordedBy: column(200, '记录人.'),
    startTrigger: column(300, '开始记录时间.'),
    endTrigger: column(300, '结束记录时间.'),
    content: column(1000, '记录内容.'),
    recordClass: column(100, '执法记录类别.'),
    timeLimit: nullable(
      Type.Object(
        { count: Type.Integer({ minimum: 1, maximum: 10_000 }), unit: oneOf(['day', 'working-day']) },
        { ...closed, description: '执法时限要求.' },
      ),
    ),
    retention: Type.Union(
      [
        oneOf(['permanent', 'same-as-file']),
        Type.Object(
          {
            duration: Type.String({
              pattern: '^P(?=\\d)(\\d{1,3}Y)?(\\d{1,4}M)?(\\d{1,5}D)?$',
              description: 'ISO 8601, in years, months and days.',
            }),
          },
          closed,
        ),
      ],
      { description: '存储期限.' },
    ),
    level: DutyLevel,
    basis: DutyBasis,
    ...inferred,
  },
  { ...closed, description: 'One line of a list, with the columns that published lists have.' },
);
export type DutyItem = Static<typeof DutyItem>;

export const WholeProcessRule = Type.Object(
  {
    effect: oneOf(
      ['mandatory', 'proposed', 'own-list'],
      '`mandatory` raises a required item to whole-process; `proposed` asks a person (必要时); `own-list`: items say it.',
    ),
    triggers: Type.Array(RiskTrigger, { maxItems: 3, uniqueItems: true }),
    activities: someOf(ActivityKind, 9),
    basis: DutyBasis,
    ...inferred,
  },
  { ...closed, description: 'When the whole process must be recorded, whatever the items say.' },
);

export const DutyListContent = Type.Object(
  {
    categories: Type.Array(CaseCategory, { maxItems: 8, uniqueItems: true }),
    steps: Type.Object(
      { names: Type.Array(CaseStep, { maxItems: 9, uniqueItems: true }), isDefault: Type.Boolean() },
      { ...closed, description: '`isDefault`: taken from 行政处罚法 §47, as the department names none.' },
    ),
    items: Type.Array(DutyItem, { maxItems: 500 }),
    wholeProcess: WholeProcessRule,
    publishing: Type.Array(
      Type.Object(
        {
          categories: Type.Array(CaseCategory, { minItems: 1, maxItems: 8, uniqueItems: true }),
          workingDays: Type.Integer({ minimum: 1, maximum: 250 }),
          basis: DutyBasis,
          ...inferred,
        },
        closed,
      ),
      { maxItems: 8, description: 'Working days within which decisions are published.' },
    ),
    certificateIssuers: Type.Array(CertificateIssuer, {
      maxItems: 3,
      uniqueItems: true,
      description: 'Issuers whose certificates count here; none: any.',
    }),
    reviewCategories: Type.Union([anyOf, Type.Array(CaseCategory, { maxItems: 8, uniqueItems: true })], {
      description: 'Categories whose major decisions need legal review (法制审核).',
    }),
    publishesValidity: Type.Boolean({
      description: '行政执法人员清单 shows until when each certificate is valid.',
    }),
    sources: Type.Array(
      Type.Object(
        {
          rule: oneOf(['categories', 'steps', 'media-kinds', 'certificate-issuers', 'review', 'validity']),
          basis: DutyBasis,
          ...inferred,
        },
        closed,
      ),
      { maxItems: 12, description: 'Where categories, steps, issuers and review come from.' },
    ),
  },
  {
    ...closed,
    description: '《音像记录事项清单》 of one department with the other rules that judge its cases.',
  },
);
export type DutyListContent = Static<typeof DutyListContent>;

const listName = saying(100, 'What the list is called.');
const inForceFrom = Type.String({
  format: 'date',
  description:
    'The first day it judges, by the zone of the dock. In the past: what was judged since is judged anew.',
});

/** One published version without its content. */
export const DutyListSummary = Type.Object({
  departmentId: DepartmentId,
  version: Type.Integer({ minimum: 1 }),
  name: Type.String(),
  inForceFrom: Day,
  publishedAt: Instant,
  publishedBy: Type.String(),
  reason: Type.String(),
  sha256: Type.String({
    description: 'SHA-256 of the canonical JSON of the content, as in the custody log.',
  }),
  items: Type.Integer(),
});
export type DutyListSummary = Static<typeof DutyListSummary>;

export const DutyListVersion = Type.Object({
  ...Type.Omit(DutyListSummary, ['items']).properties,
  content: DutyListContent,
});
export type DutyListVersion = Static<typeof DutyListVersion>;

export const DutyListDepartment = Type.Object({
  departmentId: DepartmentId,
  versions: Type.Integer(),
  inForce: nullable(DutyListSummary),
  newest: DutyListSummary,
});
export type DutyListDepartment = Static<typeof DutyListDepartment>;

export const DutyListDepartments = Type.Object({
  today: Day,
  departments: Type.Array(DutyListDepartment),
});
export type DutyListDepartments = Static<typeof DutyListDepartments>;

export const DutyListPreset = Type.Object({
  departmentId: DepartmentId,
  departmentName: Type.String(),
  name: Type.String(),
  document: Type.String(),
  content: DutyListContent,
});
export type DutyListPreset = Static<typeof DutyListPreset>;

const value = Type.Unknown({ description: 'As the list has it.' });

export const DutyColumn = oneOf([
  'categories',
  'matter',
  'steps',
  'activities',
  'place',
  'mediaKinds',
  'recordedBy',
  'startTrigger',
  'endTrigger',
  'content',
  'recordClass',
  'timeLimit',
  'retention',
  'level',
  'note',
  'basis',
  'isDerived',
]);
export type DutyColumn = Static<typeof DutyColumn>;

export const DutyRule = oneOf([
  'categories',
  'steps',
  'wholeProcess',
  'publishing',
  'certificateIssuers',
  'reviewCategories',
  'publishesValidity',
  'sources',
]);
export type DutyRule = Static<typeof DutyRule>;

export const DutyListDifference = Type.Object({
  added: Type.Array(DutyItem),
  removed: Type.Array(DutyItem),
  changed: Type.Array(
    Type.Object({
      number: Type.String(),
      columns: Type.Array(Type.Object({ name: DutyColumn, before: value, after: value })),
    }),
  ),
  rules: Type.Array(Type.Object({ name: DutyRule, before: value, after: value })),
  order: nullable(
    Type.Array(Type.String(), {
      description: 'Numbers of all items in their new order, where the order is not as it was.',
    }),
  ),
});
export type DutyListDifference = Static<typeof DutyListDifference>;

/** `from` null: there was no list to compare with. */
export const DutyListComparison = Type.Object({
  from: nullable(Type.Integer()),
  to: nullable(Type.Integer({ description: 'null: a list not yet published.' })),
  difference: nullable(DutyListDifference),
});
export type DutyListComparison = Static<typeof DutyListComparison>;

export const DutyListCompareQuery = Type.Object({
  from: Type.Integer({ minimum: 1 }),
  to: Type.Integer({ minimum: 1 }),
});

export const DutyListDraft = Type.Object({ inForceFrom, content: DutyListContent }, closed);
export type DutyListDraft = Static<typeof DutyListDraft>;

export const PublishDutyListRequest = Type.Object(
  { name: listName, inForceFrom, content: DutyListContent, reason, person },
  closed,
);
export type PublishDutyListRequest = Static<typeof PublishDutyListRequest>;

/** The same list as a case system sends it, again and again if it likes. */
export const DeliverDutyListRequest = Type.Object(
  {
    sender: Type.String({
      pattern: '^[a-z0-9][a-z0-9.-]{0,31}$',
      description: 'Name of the case system, as in its other deliveries.',
    }),
    name: listName,
    inForceFrom,
    content: DutyListContent,
    reason,
  },
  closed,
);
export type DeliverDutyListRequest = Static<typeof DeliverDutyListRequest>;

export const DutyListDelivered = Type.Object({
  outcome: oneOf(
    ['published', 'unchanged'],
    '`unchanged`: the newest version says the same; nothing was kept.',
  ),
  version: DutyListSummary,
});
export type DutyListDelivered = Static<typeof DutyListDelivered>;

export const AdoptPresetRequest = Type.Object(
  {
    presetId: Type.Optional(DepartmentId),
    inForceFrom,
    reason,
    person,
  },
  closed,
);
export type AdoptPresetRequest = Static<typeof AdoptPresetRequest>;

export const DutyListRowsRequest = Type.Object(
  {
    document: saying(300, 'What the rows are taken from; stands as the basis of rows that name none.'),
    rows: Type.Array(Type.Array(Type.String({ maxLength: 4000 }), { maxItems: 40 }), {
      minItems: 1,
      maxItems: 501,
      description: 'Cells of a table as text; the first row has the headings.',
    }),
  },
  closed,
);
export type DutyListRowsRequest = Static<typeof DutyListRowsRequest>;

export const DutyRowComplaint = Type.Object({
  row: Type.Integer({ description: 'As a spreadsheet numbers it: the headings are row 1.' }),
  heading: nullable(Type.String()),
  code: oneOf([
    'heading-missing',
    'number-missing',
    'number-repeated',
    'value-missing',
    'word-unknown',
    'value-unreadable',
    'text-too-long',
  ]),
  text: Type.String({ description: 'What stands there, cut.' }),
});
export type DutyRowComplaint = Static<typeof DutyRowComplaint>;

export const DutyListRows = Type.Object({
  items: Type.Array(DutyItem),
  complaints: Type.Array(DutyRowComplaint),
});
export type DutyListRows = Static<typeof DutyListRows>;
