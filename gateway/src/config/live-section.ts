import { Type } from '@docket/device-protocol/schema';
import { entry, optionalInteger, section } from './setting.ts';

const address = (what: string) =>
  Type.String({
    title: 'Address to listen on',
    description: `An address of this machine on which ${what}.`,
    minLength: 1,
    maxLength: 253,
    default: '127.0.0.1',
  });

const rtsp = section(
  {
    title: 'RTSP',
    description: 'Where recorders push RTSP, and where a command centre watches.',
  },
  {
    address: address('recorders and viewers reach RTSP'),
    port: optionalInteger({
      title: 'Port',
      description:
        'Usually 554 or 8554; `0` lets the system choose. `null`: RTSP is neither taken nor given, only pulled.',
      minimum: 0,
      maximum: 65_535,
    }),
    viewers: Type.Array(
      entry({
        name: Type.String({
          title: 'Name',
          description: 'What the viewer logs in as.',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
        }),
        ha1: Type.String({
          title: 'Hash for MD5',
          description:
            'MD5 of `name:docket:password` in lower-case hex, for RFC 2617. `docket live credential` makes it.',
          pattern: '^[0-9a-f]{32}$',
          isSecret: true,
        }),
        ha1Sha256: Type.String({
          title: 'Hash for SHA-256',
          description: 'SHA-256 of the same, for RFC 7616.',
          pattern: '^[0-9a-f]{64}$',
          isSecret: true,
        }),
      }),
      {
        title: 'Viewers',
        description: 'Who may watch by RTSP. With none, nobody may.',
        default: [],
        maxItems: 64,
      },
    ),
    viewersPerStream: Type.Integer({
      title: 'Viewers of one stream',
      description: 'More are turned away (RTSP 453).',
      minimum: 1,
      maximum: 256,
      default: 16,
    }),
  },
);

const rtmp = section(
  { title: 'RTMP', description: 'Where recorders push RTMP.' },
  {
    address: address('recorders reach RTMP'),
    port: optionalInteger({
      title: 'Port',
      description: 'Usually 1935; `0` lets the system choose. `null`: RTMP is not taken.',
      minimum: 0,
      maximum: 65_535,
    }),
  },
);

export const live = section(
  {
    title: 'Live',
    description: 'Streams of recorders during on-site operations; see docs/live.md.',
  },
  {
    rtsp,
    rtmp,
    segmentSeconds: Type.Integer({
      title: 'Length of a segment',
      description:
        'A recording is closed, hashed and sealed as a clip after this time, at the next key frame. What is written before that is durable part by part.',
      unit: 's',
      minimum: 10,
      maximum: 3_600,
      default: 300,
    }),
    silenceMs: Type.Integer({
      title: 'Silence',
      description: 'A stream that brings nothing for this long counts as lost, and is connected anew.',
      unit: 'ms',
      minimum: 1_000,
      maximum: 60_000,
      default: 5_000,
    }),
    resumeSeconds: Type.Integer({
      title: 'Wait for a stream to come back',
      description:
        'A lost stream that is back within this time goes on in the same session, with a gap. An operation waits for the streams of its recorders until they leave.',
      unit: 's',
      minimum: 1,
      maximum: 3_600,
      default: 120,
    }),
    assumedDelayMs: Type.Integer({
      title: 'Assumed delay',
      description:
        'How old a picture can be when it arrives, where neither sender reports nor the order of answers bound it. The times of such segments carry this doubt.',
      unit: 'ms',
      minimum: 100,
      maximum: 60_000,
      default: 3_000,
    }),
    streams: Type.Integer({
      title: 'Streams at once',
      description: 'More are turned away, with an alarm.',
      minimum: 1,
      maximum: 256,
      default: 32,
    }),
    transcodings: Type.Integer({
      title: 'Transcodings at once',
      description:
        'For browsers that cannot show H.265. Each costs about one core for 1080p. 0: such streams are recorded and relayed, and the dashboard says that it cannot show them.',
      minimum: 0,
      maximum: 16,
      default: 1,
    }),
  },
);
