import { Type } from '@docket/device-protocol/schema';
import { s3Dialects } from '@docket/ingest';
import { choice, entry, optionalBoolean, optionalInteger, optionalText } from './setting.ts';

const mebibyte = 1024 * 1024;

export const targetName = Type.String({
  title: 'Name of the target',
  description: 'Written into receipts; no other target may have it. Keep it once chosen.',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
});

/** What every kind of target is told; `isWormRequired` is the default of the kind. */
export function commonSettings(isWormRequired: boolean) {
  return {
    encryptTo: Type.Array(
      Type.String({
        title: 'Recipient',
        description: 'An age recipient, `age1…`.',
        pattern: '^age1[02-9ac-hj-np-z]{58}$',
      }),
      {
        title: 'Encrypt to',
        description:
          'Public age keys of the archive: media goes there encrypted, and hashes stay those of the plain original. Empty: it goes as it is.',
        default: [],
        maxItems: 16,
        uniqueItems: true,
      },
    ),
    receiptKeys: Type.Array(
      Type.String({
        title: 'Verifier key',
        description: 'A verifier key of a C2SP signed note, `name+hash+key`.',
        pattern: '^[^\\s+]{1,128}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{20,400}$',
      }),
      {
        title: 'Keys of the archive',
        description:
          'Where a service beside the archive signs receipts itself: its public keys, pinned here. Empty: the gateway checks and signs.',
        default: [],
        maxItems: 16,
        uniqueItems: true,
      },
    ),
    isWormRequired: Type.Boolean({
      title: 'WORM required',
      description:
        '`true`: its receipts count for release only while `docket archive probe` has shown that what it locked cannot be changed.',
      default: isWormRequired,
    }),
    bytesPerSecond: optionalInteger({
      title: 'Most in a second',
      description: 'For this target alone, below what the line allows. `null`: no limit of its own.',
      unit: 'bytes',
      minimum: 1_024,
      maximum: Number.MAX_SAFE_INTEGER,
    }),
  };
}

export const isImmutable = Type.Boolean({
  title: 'Immutable files',
  description:
    'Each file is made immutable (`chattr +i`) once it is stored: only root can undo it. Needs root and a file system that can.',
  default: false,
});
export const mayRemove = Type.Boolean({
  title: 'Removal under a warrant',
  description:
    'Whether a deletion that was asked for, approved and falls due removes the copy here, the immutable flag first. Where not, its certificate says that the copy stays.',
  default: true,
});

const caFile = optionalText({
  title: 'Authorities',
  description: 'PEM of certificate authorities that count beside those of the system.',
  minLength: 1,
  isPath: true,
});

const idleTimeoutMs = Type.Integer({
  title: 'Idle time-out',
  description: 'A connection on which nothing moves for so long is given up. Slow is not idle.',
  unit: 'ms',
  minimum: 1_000,
  maximum: 600_000,
  default: 30_000,
});

const isPlainHttpAllowed = Type.Boolean({
  title: 'Plain http allowed',
  description:
    'Only for a closed net: without it an address is https, or loopback. Footage and credentials then go in the clear.',
  default: false,
});

/** A secret that stands in the file, or in a file of its own. */
function secret(title: string, description: string, file: string) {
  return {
    value: optionalText({ title, description, minLength: 1, maxLength: 4_096, isSecret: true }),
    file: optionalText({ title: file, description: fileDescription, minLength: 1, isPath: true }),
  };
}

const fileDescription =
  'In place of the secret itself: a file that holds it and nothing else, readable for its owner alone (0600). Read at the start.';

export const directoryEntry = entry({
  name: targetName,
  path: Type.String({
    title: 'Folder',
    description: 'A local folder or a mounted share, outside the store.',
    minLength: 1,
    isPath: true,
  }),
  isImmutable,
  mayRemove,
  ...commonSettings(false),
});

const accessKey = secret('Secret of the key', 'The secret access key.', 'File of the secret');

export const s3Entry = entry({
  name: targetName,
  endpoint: Type.String({
    title: 'Address',
    description: 'Where the S3 service answers, `https://host[:port]`, without bucket or path.',
    minLength: 1,
    maxLength: 500,
  }),
  isPlainHttpAllowed,
  region: Type.String({
    title: 'Region',
    description: 'As the service names it; it goes into every signature.',
    pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,63}$',
    default: 'us-east-1',
  }),
  dialect: choice(s3Dialects, {
    title: 'Dialect',
    description: 'Which S3 it is: `ceph` for RADOS Gateway, `oss` Aliyun, `obs` Huawei, `cos` Tencent.',
    default: 'generic',
  }),
  bucket: Type.String({
    title: 'Bucket',
    description: 'For clips that are kept the usual time. With versioning and Object Lock switched on.',
    pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  }),
  longBucket: optionalText({
    title: 'Bucket of long retention',
    description:
      'For clips that are kept longer: linked to a case, marked, on hold or evidence. `null`: the same bucket.',
    pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  }),
  isPathStyle: optionalBoolean({
    title: 'Bucket in the path',
    description: '`false`: it stands in the host name. `null`: as the dialect has it.',
  }),
  accessKeyId: Type.String({
    title: 'Access key',
    description: 'The id of the access key.',
    pattern: '^[\\x21-\\x7e]{1,256}$',
  }),
  secretAccessKey: accessKey.value,
  secretAccessKeyFile: accessKey.file,
  sessionToken: optionalText({
    title: 'Session token',
    description: 'Where the key is a temporary one. `null`: it is not.',
    minLength: 1,
    maxLength: 4_096,
    isSecret: true,
  }),
  retention: choice(['compliance', 'none'], {
    title: 'Retention',
    description:
      '`compliance`: every object is locked in COMPLIANCE mode and the lock is read back. `none`: the service does not lock.',
    default: 'compliance',
  }),
  verify: choice(['readback', 'parts'], {
    title: 'Proof of the stored bytes',
    description:
      '`readback`: every clip is read back whole. `parts`: the service is only asked for the digests of its parts, which never is enough for release.',
    default: 'readback',
  }),
  partBytes: Type.Integer({
    title: 'Size of a part',
    description: 'Held in memory while it goes out. 64 MiB on a good line, less on a weak one.',
    unit: 'bytes',
    minimum: 5 * mebibyte,
    maximum: 512 * mebibyte,
    default: 16 * mebibyte,
  }),
  parallelParts: Type.Integer({
    title: 'Parts at once',
    description: 'Of one clip.',
    minimum: 1,
    maximum: 16,
    default: 2,
  }),
  caFile,
  idleTimeoutMs,
  ...commonSettings(true),
});

const token = secret('Token', 'What the dock shows to the receiver, as a bearer token.', 'File of the token');

export const httpEntry = entry({
  name: targetName,
  url: Type.String({
    title: 'Address',
    description:
      'Where the receiving service answers (tus 1.0 and a signed receipt; `docket archive serve`).',
    minLength: 1,
    maxLength: 500,
  }),
  isPlainHttpAllowed,
  token: token.value,
  tokenFile: token.file,
  chunkBytes: Type.Integer({
    title: 'Size of a piece',
    description: 'Sent in one request; what is lost with a broken line is sent again.',
    unit: 'bytes',
    minimum: 64 * 1024,
    maximum: 512 * mebibyte,
    default: 16 * mebibyte,
  }),
  caFile,
  idleTimeoutMs,
  ...commonSettings(true),
});
