import { Type } from '@docket/device-protocol/schema';
import { usualForwarding } from '@docket/ingest';
import { choice, entry, optionalInteger, section } from './setting.ts';

const bytesPerSecond = (description: string) =>
  optionalInteger({
    title: 'Most in a second',
    description,
    unit: 'bytes',
    minimum: 1_024,
    maximum: Number.MAX_SAFE_INTEGER,
  });

/** How the line to the archives is shared out. */
export const forwarding = section(
  {
    title: 'Forwarding',
    description: 'In what order clips go, when, and how fast. All targets share one line.',
  },
  {
    bulk: choice(['at-once', 'in-window', 'on-demand'], {
      title: 'When ordinary clips go',
      description:
        '`at-once`: as soon as the line is free. `in-window`: only while a window is open. `on-demand`: only when the centre asks for them. Index records, and clips that are marked, linked or on hold, always go at once.',
      default: usualForwarding.bulk,
    }),
    bytesPerSecond: bytesPerSecond('On the whole line, outside every window. `null`: no limit.'),
    windows: Type.Array(
      entry({
        cron: Type.String({
          title: 'When',
          description:
            'A cron pattern of five fields; the window is open in every minute that fits: `* 22-23,0-6 * * *`.',
          minLength: 9,
          maxLength: 200,
        }),
        bytesPerSecond: bytesPerSecond('While the window is open. `null`: no limit.'),
      }),
      {
        title: 'Windows',
        description: 'Times in which the line may carry more, or less. The first that is open counts.',
        default: [],
        maxItems: 32,
      },
    ),
    zone: Type.String({
      title: 'Time zone of the windows',
      description: 'An IANA zone.',
      minLength: 1,
      maxLength: 64,
      default: usualForwarding.line.zone,
    }),
    importantPercent: Type.Integer({
      title: 'Share kept for important clips',
      description: 'In percent of the line, while an important clip waits.',
      minimum: 0,
      maximum: 100,
      default: usualForwarding.line.importantShare * 100,
    }),
    importantWithinHours: Type.Integer({
      title: 'Time for important clips',
      description:
        'From the end of the recording until the archive has signed. Important clips go by this day.',
      minimum: 1,
      maximum: 8_760,
      default: usualForwarding.importantWithinHours,
    }),
    ordinaryWithinHours: Type.Integer({
      title: 'Time for ordinary clips',
      description: 'The same, for all others.',
      minimum: 1,
      maximum: 87_600,
      default: usualForwarding.ordinaryWithinHours,
    }),
    mostAttempts: Type.Integer({
      title: 'Attempts',
      description:
        'A clip that failed so often by its own fault is laid aside, with the reason, until a person has it sent again. An archive that is away is nobody’s fault and costs no attempt.',
      minimum: 1,
      maximum: 1_000,
      default: usualForwarding.mostAttempts,
    }),
    parallelDeposits: Type.Integer({
      title: 'Clips at once',
      description: 'For each target.',
      minimum: 1,
      maximum: 16,
      default: usualForwarding.parallelDeposits,
    }),
  },
);
