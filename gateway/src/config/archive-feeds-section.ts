import { Type } from '@docket/device-protocol/schema';
import { optionalText, section } from './setting.ts';

const retry = {
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
    default: 900_000,
  }),
};

const webhook = section(
  {
    title: 'Webhook',
    description: 'Index records as CloudEvents 1.0, posted over HTTPS with a signature of the dock.',
  },
  {
    url: optionalText({
      title: 'Receiver',
      description:
        'Where records are posted, by https; http only for a loopback address. `null`: nothing is posted.',
      minLength: 1,
    }),
    caFile: optionalText({
      title: 'Authorities of the receiver',
      description:
        'PEM of the certificate authorities that count for the receiver, in place of those of the system. Its certificate is always checked.',
      minLength: 1,
      isPath: true,
    }),
    keyFile: optionalText({
      title: 'Signing key',
      description:
        'Ed25519 private key in PEM, readable for its owner alone; made at the first start where there is none. `null`: `feed-key.pem` in the store.',
      minLength: 1,
      isPath: true,
    }),
    mostInBatch: Type.Integer({
      title: 'Records in one request',
      description:
        'A receiver that takes no batches (it answers 415) is sent one at a time all the same. `1`: never a batch.',
      minimum: 1,
      maximum: 100,
      default: 50,
    }),
    timeoutMs: Type.Integer({
      title: 'Time-out',
      description:
        'An answer that takes longer is not waited for; the records are sent again under the same ids.',
      unit: 'ms',
      minimum: 100,
      maximum: 600_000,
      default: 30_000,
    }),
    ...retry,
  },
);

const nats = section(
  {
    title: 'NATS JetStream',
    description:
      'Index records as CloudEvents 1.0 on `bwc.v1.<organisation>.<dock>.record`, in order and each once. An acknowledgement never counts for release.',
  },
  {
    servers: Type.Array(
      Type.String({
        title: 'Server',
        description:
          '`tls://host:4222`, best a name: the certificate is checked against it. A server that is not on this machine must have TLS however it is written.',
        pattern: '^(?:tls|nats)://[^\\s@/]{1,253}$',
      }),
      {
        title: 'Servers',
        description: 'Servers of one cluster, tried in turn. Empty: nothing goes to NATS.',
        default: [],
        maxItems: 16,
      },
    ),
    stream: optionalText({
      title: 'Stream',
      description:
        'Stream that is made for `bwc.v1.>` where there is none of this name. `null`: the operator has made one that takes the subject.',
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z0-9_-]{1,64}$',
    }),
    replicas: Type.Integer({
      title: 'Copies of the stream',
      description: 'How many servers keep the stream, where Docket makes it.',
      minimum: 1,
      maximum: 5,
      default: 1,
    }),
    credentialsFile: optionalText({
      title: 'Credentials',
      description: 'The `.creds` file of the user (JWT and nkey seed).',
      minLength: 1,
      isPath: true,
    }),
    nkeySeedFile: optionalText({
      title: 'Nkey seed',
      description: 'File with the seed (`SU…`) of the user, where the server knows it by its nkey alone.',
      minLength: 1,
      isPath: true,
    }),
    tokenFile: optionalText({
      title: 'Token',
      description: 'File with the token, where the server wants one.',
      minLength: 1,
      isPath: true,
    }),
    caFile: optionalText({
      title: 'Authorities of the servers',
      description: 'PEM of the certificate authorities that count, in place of those of the system.',
      minLength: 1,
      isPath: true,
    }),
    certificateFile: optionalText({
      title: 'Certificate of the dock',
      description: 'PEM, where the servers ask for one.',
      minLength: 1,
      isPath: true,
    }),
    certificateKeyFile: optionalText({
      title: 'Key of that certificate',
      description: 'PEM.',
      minLength: 1,
      isPath: true,
    }),
    timeoutMs: Type.Integer({
      title: 'Time-out',
      description: 'An acknowledgement that takes longer is not waited for; the stream is asked what it has.',
      unit: 'ms',
      minimum: 100,
      maximum: 600_000,
      default: 10_000,
    }),
    ...retry,
  },
);

/** Where index records go beside the archive targets. */
export const archiveFeeds = section(
  {
    title: 'Feeds of index records',
    description:
      'Every archive target gets the index record of every clip at once, ahead of the footage. These get them too.',
  },
  { webhook, nats },
);
