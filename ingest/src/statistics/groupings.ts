/**
 * What figures may be asked by. Keys: `week`: the Monday it begins with; `month`: `yyyy-mm`; `random-inspection`: `yes` or
 * `no`.
 */
export const groupings = [
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
] as const;
export type Grouping = (typeof groupings)[number];

/** The tables of facts. */
export type FactTable = 'clip_fact' | 'activity_fact' | 'clock_fact';

const ofTime: Partial<Record<Grouping, string>> = {
  day: 'fact.day',
  week: "date(fact.day, 'weekday 0', '-6 days')",
  month: 'substr(fact.day, 1, 7)',
};

const ofWork: Partial<Record<Grouping, string>> = {
  category: 'fact.category',
  step: 'fact.step',
  unit: 'fact.unit_id',
  'activity-kind': 'fact.activity_kind',
  'random-inspection': "iif(fact.is_random_inspection, 'yes', 'no')",
};

/**
 * The SQL of each grouping that a table of facts can be asked by. An activity has several officers, and may be on several
 * recorders: it is in the group of each of them.
 */
export const groupingColumns: Record<FactTable, Partial<Record<Grouping, string>>> = {
  clip_fact: { ...ofTime, ...ofWork, officer: 'fact.officer_id', recorder: 'fact.recorder_id' },
  activity_fact: {
    ...ofTime,
    ...ofWork,
    officer: 'officer_party.party_id',
    recorder: 'recorder_party.party_id',
  },
  clock_fact: {
    ...ofTime,
    unit: 'fact.unit_id',
    officer: 'fact.officer_id',
    recorder: 'fact.recorder_id',
  },
};
