import { Type } from '@docket/device-protocol/schema';
import { section } from './setting.ts';

const dayPattern = '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])$';

const day = Type.String({ title: 'Day', description: '`yyyy-mm-dd`', pattern: dayPattern });

export const calendar = section(
  {
    title: 'Calendar',
    description:
      'Working days in China. Docket carries the State Council’s yearly notices; for a year whose notice it does not carry yet, only weekends are days off and deadlines counted there are shown as provisional. See docs/retention.md.',
  },
  {
    holidays: Type.Array(day, {
      title: 'More days off',
      description: 'Days that are not worked here, whatever the notices say.',
      default: [],
      maxItems: 400,
      uniqueItems: true,
    }),
    workdays: Type.Array(day, {
      title: 'More days worked',
      description: 'Days that are worked here, whatever the notices say; they stand above all.',
      default: [],
      maxItems: 400,
      uniqueItems: true,
    }),
  },
);

export const deadlines = section(
  { title: 'Deadlines', description: 'Times that no law fixes. Those that one does are not settings.' },
  {
    handInHours: Type.Integer({
      title: 'Hours to hand in',
      description: 'From the end of an activity until its footage must be in the store.',
      minimum: 1,
      maximum: 720,
      default: 24,
    }),
    archiveDays: Type.Integer({
      title: 'Days to archive',
      description:
        'Calendar days from the end of an activity until its footage must have a receipt, and from the closing of a case until its file must be archived. Ending on a day off, they end on the next working day.',
      minimum: 1,
      maximum: 3_650,
      default: 30,
    }),
    publishWorkingDays: section(
      {
        title: 'Working days to publish',
        description:
          'From a decision until it must be public, where the duty list of its department does not say.',
      },
      {
        licenseAndPenalty: Type.Integer({
          title: 'Licences and penalties',
          description: '国办发〔2018〕118号: 7.',
          minimum: 1,
          maximum: 250,
          default: 7,
        }),
        others: Type.Integer({
          title: 'Other decisions',
          description: '国办发〔2018〕118号: 20.',
          minimum: 1,
          maximum: 250,
          default: 20,
        }),
      },
    ),
  },
);

export const retention = section(
  {
    title: 'Retention',
    description:
      'How long clips are kept. What is linked, on hold, marked, quarantined, not yet decided on or without a receipt is always kept. See docs/retention.md.',
  },
  {
    unlinkedMonths: Type.Integer({
      title: 'Months for clips of no case',
      description: 'From sealing. Six is the least there is; the index itself holds it too.',
      minimum: 6,
      maximum: 1_200,
      default: 6,
    }),
    twoPersonDeletion: Type.Boolean({
      title: 'Two persons for a deletion',
      description: 'Another person than the one who asks must approve. Off: who asks decides alone.',
      default: true,
    }),
  },
);
