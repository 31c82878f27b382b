import { Type } from '@docket/device-protocol/schema';
import { archiveFeeds } from './archive-feeds-section.ts';
import { forwarding } from './archive-forwarding-section.ts';
import {
  commonSettings,
  directoryEntry,
  httpEntry,
  isImmutable,
  mayRemove,
  s3Entry,
  targetName,
} from './archive-target-entries.ts';
import { optionalText, section } from './setting.ts';

const mostTargets = 16;

export const archive = section(
  {
    title: 'Archive',
    description:
      'Where every clip is forwarded to, and signed for. At least one target; a clip goes to each of them.',
  },
  {
    name: { ...targetName, default: 'archive' },
    directory: section(
      {
        title: 'Directory target',
        description: 'The embedded target, by the name above: a folder on another disk or a mounted share.',
      },
      {
        path: optionalText({
          title: 'Folder of the archive',
          description:
            'Must lie outside the store, best on another disk. `null`: no such target; then another must be given.',
          minLength: 1,
          isPath: true,
        }),
        isImmutable,
        mayRemove,
        ...commonSettings(false),
      },
    ),
    directories: Type.Array(directoryEntry, {
      title: 'More folders',
      description: 'Further folders, each a target of its own.',
      default: [],
      maxItems: mostTargets,
    }),
    s3: Type.Array(s3Entry, {
      title: 'Object stores',
      description: 'Targets that speak S3.',
      default: [],
      maxItems: mostTargets,
      isSecret: true,
    }),
    http: Type.Array(httpEntry, {
      title: 'Receiving services',
      description: 'Targets that take clips by tus and sign for them.',
      default: [],
      maxItems: mostTargets,
      isSecret: true,
    }),
    forwarding,
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
      description: 'The wait grows no further than this.',
      unit: 'ms',
      minimum: 10,
      maximum: 86_400_000,
      default: 600_000,
    }),
    feeds: archiveFeeds,
    organisation: optionalText({
      title: 'Organisation',
      description:
        'Whose dock this is, as the centre names it: in every index record and event. `null`: it is not said.',
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$',
    }),
    sm2: Type.Boolean({
      title: 'SM2 signatures',
      description:
        'A second signature line, SM2 with SM3 (GB/T 32918), beside Ed25519 on what the dock signs.',
      default: false,
    }),
  },
);
