import { coverageStates } from '../coverage/judgement.ts';
import type { FactTable } from './groupings.ts';

/** What a figure is a figure of. */
export type FigureUnit = 'share' | 'count' | 'milliseconds' | 'bytes';

/**
 * One figure, told as SQL over its facts: `numerator / denominator` where it is a share, else the numerator. `parts` are
 * shown beside it. In words: `measures` in the messages of statistics.
 */
export interface Measure {
  facts: FactTable;
  unit: FigureUnit;
  numerator: string;
  denominator: string | null;
  parts: Readonly<Record<string, string>>;
}

const count = (condition: string) => `count(*) FILTER (WHERE ${condition})`;

const isDuty = "fact.level IN ('required', 'whole-process', 'whole-process-if-necessary')";
/** A duty that footage should be here for by now: not exempt, and not one that may still be handed in in time. */
const isExpected = `${isDuty} AND fact.state != 'exempt' AND (fact.state != 'missing' OR fact.is_due)`;
/** Of those, what must be recorded from its start to its end; only there is a pause a gap. */
const isExpectedWhole = `${isExpected} AND fact.level = 'whole-process'`;
const isUnmapped = "fact.mapping IN ('queued', 'waiting')";

const judgedStates = coverageStates.filter((state) => state !== 'not-required');

const clipShare = (condition: string): Omit<Measure, 'parts'> => ({
  facts: 'clip_fact',
  unit: 'share',
  numerator: count(condition),
  denominator: 'count(*)',
});

export const measures = {
  'recording-rate': {
    facts: 'activity_fact',
    unit: 'share',
    numerator: count(`${isExpected} AND fact.state != 'missing'`),
    denominator: count(isExpected),
    parts: { missing: count(`${isExpected} AND fact.state = 'missing'`) },
  },
  coverage: {
    facts: 'activity_fact',
    unit: 'share',
    numerator: count(`${isExpected} AND fact.state IN ('met', 'late')`),
    denominator: count(isExpected),
    parts: {
      ...Object.fromEntries(
        judgedStates.map((state) => [
          state,
          count(`${isDuty} AND fact.state = '${state}'${state === 'missing' ? ' AND fact.is_due' : ''}`),
        ]),
      ),
      'not-due': count(`${isDuty} AND fact.state = 'missing' AND NOT fact.is_due`),
      'no-duty': count(`fact.level IS NULL OR NOT (${isDuty})`),
    },
  },
  'late-rate': {
    facts: 'clip_fact',
    unit: 'share',
    numerator: count('fact.is_late'),
    denominator: count('fact.is_late IS NOT NULL'),
    parts: { undated: count('fact.is_late IS NULL') },
  },
  'gap-time': {
    facts: 'activity_fact',
    unit: 'milliseconds',
    numerator: `coalesce(sum(fact.gap_ms) FILTER (WHERE ${isExpectedWhole}), 0)`,
    denominator: null,
    parts: {
      required: `coalesce(sum(fact.required_ms) FILTER (WHERE ${isExpectedWhole}), 0)`,
      covered: `coalesce(sum(fact.covered_ms) FILTER (WHERE ${isExpectedWhole}), 0)`,
      untimed: count(`${isExpectedWhole} AND fact.required_ms IS NULL`),
    },
  },
  'clock-faults': {
    facts: 'clock_fact',
    unit: 'share',
    numerator: count("fact.verdict = 'fault'"),
    denominator: 'count(*)',
    parts: { warn: count("fact.verdict = 'warn'"), unknown: count("fact.verdict = 'unknown'") },
  },
  'unmapped-clips': {
    ...clipShare(isUnmapped),
    parts: {
      queued: count("fact.mapping = 'queued'"),
      waiting: count("fact.mapping = 'waiting'"),
      'set-aside': count("fact.mapping = 'set-aside'"),
    },
  },
  'quarantined-clips': { ...clipShare('fact.is_quarantined'), parts: {} },
  clips: {
    facts: 'clip_fact',
    unit: 'count',
    numerator: 'count(*)',
    denominator: null,
    parts: { linked: count("fact.mapping = 'linked'"), marked: count('fact.is_marked') },
  },
  'recorded-time': {
    facts: 'clip_fact',
    unit: 'milliseconds',
    numerator: 'coalesce(sum(fact.duration_ms), 0)',
    denominator: null,
    parts: { unmeasured: count('fact.duration_ms IS NULL') },
  },
  bytes: {
    facts: 'clip_fact',
    unit: 'bytes',
    numerator: 'coalesce(sum(fact.size_bytes), 0)',
    denominator: null,
    parts: {},
  },
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;
export const measureNames = Object.keys(measures) as MeasureName[];
