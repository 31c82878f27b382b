import { type Static, Type } from '@docket/device-protocol/schema';
import { ActivityKind, CaseCategory, CaseStep } from './case.ts';
import { Day, Identifier, nullable, oneOf } from './terms.ts';

export const MeasureName = oneOf(
  [
    'recording-rate',
    'coverage',
    'late-rate',
    'gap-time',
    'clock-faults',
    'unmapped-clips',
    'quarantined-clips',
    'clips',
    'recorded-time',
    'bytes',
  ],
  'The figure; `GET /statistics/measures` defines each.',
);
export type MeasureName = Static<typeof MeasureName>;

export const Grouping = oneOf(
  [
    'category',
    'step',
    'unit',
    'officer',
    'recorder',
    'activity-kind',
    'random-inspection',
    'day',
    'week',
    'month',
  ],
  'Keys of `week` are the Monday it begins with, of `month` `yyyy-mm`, of `random-inspection` `yes` and `no`.',
);
export type Grouping = Static<typeof Grouping>;

export const FigureUnit = oneOf(['share', 'count', 'milliseconds', 'bytes']);
export type FigureUnit = Static<typeof FigureUnit>;

export const StatisticsQuery = Type.Object({
  measure: MeasureName,
  by: Type.Optional(
    Type.Array(Grouping, { maxItems: 2, uniqueItems: true, description: 'May be given twice.' }),
  ),
  from: Type.Unsafe<string>({ ...Day, description: 'First day, by the zone of the dock.' }),
  to: Type.Unsafe<string>({ ...Day, description: 'Last day, also counted.' }),
  category: Type.Optional(CaseCategory),
  step: Type.Optional(CaseStep),
  activityKind: Type.Optional(ActivityKind),
  unitId: Type.Optional(Identifier),
  officerId: Type.Optional(Identifier),
  recorderId: Type.Optional(Identifier),
  isRandomInspection: Type.Optional(
    Type.Boolean({ description: '双随机、一公开: only such inspections, or only the others.' }),
  ),
});
export type StatisticsQuery = Static<typeof StatisticsQuery>;

const figure = {
  numerator: Type.Number(),
  denominator: nullable(Type.Number({ description: 'Of a share; `null`: the measure is none.' })),
  value: nullable(
    Type.Number({ description: 'The share, or the numerator; `null`: there is nothing to take a share of.' }),
  ),
  parts: Type.Record(Type.String(), Type.Number(), { description: 'Counts beside the figure, by name.' }),
};

export const StatisticsGroup = Type.Object({
  keys: Type.Array(
    Type.Object({
      by: Grouping,
      key: nullable(
        Type.String({
          description: '`null`: what is counted has none; `several`: a clip belongs to more than one.',
        }),
      ),
      name: nullable(Type.String({ description: 'Name of the unit or officer; number of the recorder.' })),
    }),
  ),
  ...figure,
});
export type StatisticsGroup = Static<typeof StatisticsGroup>;

export const StatisticsAnswer = Type.Object({
  measure: MeasureName,
  unit: FigureUnit,
  from: Day,
  to: Day,
  by: Type.Array(Grouping),
  total: Type.Object(figure, {
    description:
      'Everything of the period once. Groups by officer or recorder may add up to more: an activity counts for each of them.',
  }),
  groups: Type.Array(StatisticsGroup),
});
export type StatisticsAnswer = Static<typeof StatisticsAnswer>;

const definition = Type.Object({
  name: Type.String(),
  numerator: Type.String(),
  denominator: nullable(Type.String()),
  leftOut: Type.String(),
  parts: Type.Record(Type.String(), Type.String()),
});

const words = Type.Object({
  measures: Type.Record(Type.String(), definition),
  groupings: Type.Record(Type.String(), Type.String()),
  keys: Type.Record(Type.String(), Type.Record(Type.String(), Type.String()), {
    description: 'Words for the keys of a grouping; `none` and `several` are under `any`.',
  }),
  columns: Type.Record(Type.String(), Type.String()),
});
export type StatisticsWords = Static<typeof words>;

/** What every figure means, as `docs/statistics.md` and the dashboard tell it. */
export const StatisticsMeasures = Type.Object({
  measures: Type.Array(Type.Object({ measure: MeasureName, unit: FigureUnit, by: Type.Array(Grouping) }), {
    description: 'Every measure with the groupings it can be asked by.',
  }),
  words: Type.Object({ 'zh-CN': words, en: words }),
});
export type StatisticsMeasures = Static<typeof StatisticsMeasures>;
