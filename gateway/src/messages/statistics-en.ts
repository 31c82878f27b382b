import type { Grouping, MeasureName } from '@docket/ingest';
import { categoryWordsEn, stepWordsEn } from './case-terms-en.ts';

/** What a figure means, in words. `leftOut`: what is in neither. */
export interface MeasureWords {
  name: string;
  numerator: string;
  denominator: string | null;
  leftOut: string;
  parts: Record<string, string>;
}

const notExpected =
  'Exempt activities; activities without footage whose time to hand it in has not passed; activities that no duty list asks to be recorded.';

export const statisticsEn = {
  measures: {
    'recording-rate': {
      name: 'Recording rate',
      numerator:
        'Activities of which footage is here (met, late, partly recorded, or with times that prove nothing).',
      denominator: 'Activities that must be recorded.',
      leftOut: notExpected,
      parts: { missing: 'Nothing recorded' },
    },
    coverage: {
      name: 'Coverage',
      numerator: 'Activities that are recorded as their duty wants (met, or met but late).',
      denominator: 'Activities that must be recorded.',
      leftOut: notExpected,
      parts: {
        met: 'Met',
        late: 'Met, late',
        partial: 'Partial',
        missing: 'Missing',
        exempt: 'Exempt',
        unverifiable: 'Not verifiable',
        'not-due': 'Not due yet',
        'no-duty': 'No duty',
      },
    },
    'late-rate': {
      name: 'Late rate',
      numerator:
        'Clips sealed later than the set hours after the end of the activity they belong to, or after their own end where they belong to none.',
      denominator: 'Clips of which that end is known.',
      leftOut: 'Clips with neither an activity with an end nor a time of their own.',
      parts: { undated: 'Without a known end' },
    },
    'gap-time': {
      name: 'Gaps',
      numerator: 'Time of duties to record the whole process that surely no footage covers.',
      denominator: null,
      leftOut: `${notExpected} Activities without a start and an end, and those of which any footage will do. Stretches of which the times do not tell whether they are covered.`,
      parts: {
        required: 'Time to be recorded',
        covered: 'Surely recorded',
        untimed: 'Activities without times',
      },
    },
    'clock-faults': {
      name: 'Clock faults',
      numerator: 'Dockings at which the recorder’s clock was found faulty.',
      denominator: 'Dockings at which a clock was judged, also those that could not be read.',
      leftOut: 'Dockings that ended before the clock was looked at.',
      parts: { warn: 'Perhaps faulty', unknown: 'Not readable' },
    },
    'unmapped-clips': {
      name: 'Unlinked clips',
      numerator: 'Clips that wait in the queue, or of which nothing was decided yet.',
      denominator: 'Stored clips.',
      leftOut: 'Sidecar files. Clips set aside by a person count as decided.',
      parts: { queued: 'In the queue', waiting: 'Not looked at yet', 'set-aside': 'Set aside' },
    },
    'quarantined-clips': {
      name: 'Quarantined clips',
      numerator: 'Stored clips that a person must look at.',
      denominator: 'Stored clips.',
      leftOut: 'Sidecar files; files that could not be read from the recorder.',
      parts: {},
    },
    clips: {
      name: 'Clips',
      numerator: 'Stored clips, each once.',
      denominator: null,
      leftOut: 'Sidecar files; files that could not be read from the recorder.',
      parts: { linked: 'Linked', marked: 'Marked' },
    },
    'recorded-time': {
      name: 'Recorded time',
      numerator: 'Running time of stored clips.',
      denominator: null,
      leftOut: 'Clips of which the length is not known.',
      parts: { unmeasured: 'Clips without length' },
    },
    bytes: {
      name: 'Volume',
      numerator: 'Bytes of stored clips.',
      denominator: null,
      leftOut: 'Sidecar files; copies and previews.',
      parts: {},
    },
  } satisfies Record<MeasureName, MeasureWords> as Record<MeasureName, MeasureWords>,
  groupings: {
    category: 'Category',
    step: 'Step',
    unit: 'Unit',
    officer: 'Officer',
    recorder: 'Recorder',
    'activity-kind': 'Activity',
    'random-inspection': 'Random inspection',
    day: 'Day',
    week: 'Week from',
    month: 'Month',
  } satisfies Record<Grouping, string> as Record<Grouping, string>,
  keys: {
    any: { none: 'None', several: 'Several', total: 'All' },
    category: categoryWordsEn,
    step: stepWordsEn,
    'activity-kind': {
      'on-site-inspection': 'On-site inspection',
      'random-inspection': 'Random inspection',
      'investigation-evidence': 'Taking evidence',
      'evidence-preservation': 'Preserving evidence',
      hearing: 'Hearing',
      'coercion-measure': 'Coercive measure',
      'document-service': 'Service of documents',
      'site-survey': 'Site survey',
      other: 'Other',
    },
    'random-inspection': { yes: 'Random inspection', no: 'Other' },
  } as Record<string, Record<string, string>>,
  columns: {
    numerator: 'Numerator',
    denominator: 'Denominator',
    share: 'Share',
    count: 'Number',
    milliseconds: 'Minutes',
    bytes: 'Bytes',
    from: 'From',
    to: 'To',
    definition: 'What is counted',
    leftOut: 'Left out',
    figure: 'Figure',
    filter: 'Only',
  },
};

export const statisticsHelpEn = {
  description: 'show a figure over a period, by group: a table, JSON, CSV or a workbook',
  options: {
    measure: (names: string) => `which figure: ${names}`,
    by: (names: string) => `by what; may be given twice: ${names}`,
    from: 'first day, yyyy-mm-dd (29 days ago)',
    to: 'last day, also counted (today)',
    csv: 'write it into this file, as CSV',
    xlsx: 'write it into this file, as a workbook',
  },
};

export type StatisticsMessages = typeof statisticsEn;
