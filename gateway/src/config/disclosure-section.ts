import { Type } from '@docket/device-protocol/schema';
import { choice, optionalText, section } from './setting.ts';

export const review = section(
  { title: 'Legal review', description: 'What legal review (法制审核) is given.' },
  {
    pdfBrowser: optionalText({
      title: 'Browser that prints',
      description:
        'The Chromium or Chrome that makes the PDF of a review packet. `null`: the one on the path. Without one there is no PDF, and the page can be printed all the same.',
      minLength: 1,
      isPath: true,
    }),
  },
);

export const disclosure = section(
  {
    title: 'Disclosure',
    description:
      'What the public is told (公示), signed, and by which ways. Footage and personal fields have no way out; see docs/disclosure.md.',
  },
  {
    url: optionalText({
      title: 'Receiver',
      description:
        'Where events are posted, by https; http only for a loopback address. `null`: nothing is posted.',
      minLength: 1,
    }),
    caFile: optionalText({
      title: 'Authorities of the receiver',
      description:
        'PEM of the certificate authorities that count for the receiver, in place of those of the system. Its certificate is always checked.',
      minLength: 1,
      isPath: true,
    }),
    directory: optionalText({
      title: 'Folder for files',
      description:
        'Each event is also written here, with its signature beside it. `null`: no files are written.',
      minLength: 1,
      isPath: true,
    }),
    keyFile: optionalText({
      title: 'Signing key',
      description:
        'Ed25519 private key in PEM, readable for its owner alone; made at the first start where there is none. `null`: `disclosure-key.pem` in the store.',
      minLength: 1,
      isPath: true,
    }),
    dutyLists: Type.Boolean({
      title: 'Duty lists',
      description: '《音像记录事项清单》 in force of every department.',
      default: true,
    }),
    officers: Type.Boolean({
      title: 'Officer lists',
      description:
        '《行政执法人员清单》: name, unit, post, certificate number, categories and area of officers with a valid certificate; until when it is valid only where the duty list says so.',
      default: false,
    }),
    decisions: Type.Boolean({
      title: 'Decisions',
      description: 'Results of decisions that were marked publishable; never of a secret case.',
      default: true,
    }),
    statistics: choice(['never', 'month', 'quarter', 'year'], {
      title: 'Statistics',
      description: 'Counts of activities by category for each period that is over. `never`: none.',
      default: 'never',
    }),
    timeoutMs: Type.Integer({
      title: 'Time-out',
      description:
        'An answer that takes longer is not waited for; the event is sent again under the same id.',
      unit: 'ms',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
    }),
    retryBaseMs: Type.Integer({
      title: 'First wait after a failure',
      description: 'Doubled after each further failure, with some chance in it.',
      unit: 'ms',
      minimum: 10,
      maximum: 3_600_000,
      default: 5_000,
    }),
    retryMaxMs: Type.Integer({
      title: 'Longest wait after a failure',
      description: 'The wait grows no further than this, unless the receiver asks for more.',
      unit: 'ms',
      minimum: 10,
      maximum: 86_400_000,
      default: 3_600_000,
    }),
  },
);
