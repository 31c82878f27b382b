import { type Static, Type } from '@docket/device-protocol/schema';
import { entry, optionalText, section } from '../config/setting.ts';

const keyName = '^[A-Za-z0-9][A-Za-z0-9./_-]{0,99}$';
const sha256 = '^[0-9a-f]{64}$';
const gibibyte = 2 ** 30;

/** One dock that may deposit here. */
const dock = entry({
  name: Type.String({
    title: 'Name of the dock',
    description: 'As its index records and custody heads carry it.',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  }),
  tokenSha256: Type.String({
    title: 'Hash of its token',
    description: 'SHA-256 of the bearer token, in hex; `docket archive dock` makes one.',
    pattern: sha256,
    isSecret: true,
  }),
  verifierKey: optionalText({
    title: 'Verifier key of its custody log',
    description: 'With it, only heads the dock signed are kept; `null`: whoever has the token is believed.',
  }),
  quotaBytes: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    default: null,
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    title: 'Room for its clips',
    description: 'More is refused until it deletes; `null`: as much as the disk has.',
    unit: 'bytes',
  }),
});

/** The configuration of `docket archive serve`. */
export const receiverSchema = Type.Object(
  {
    name: Type.String({
      title: 'Name of this archive',
      description: 'Stands in every receipt and names its key; kept once chosen.',
      pattern: keyName,
    }),
    folder: Type.String({
      title: 'Folder',
      description: 'Where everything lies, on one file system.',
      minLength: 1,
      isPath: true,
    }),
    listen: section(
      { title: 'Address', description: 'Where docks reach it. Without TLS, only this machine should.' },
      {
        address: Type.String({ title: 'Address', description: 'To listen on.', default: '127.0.0.1' }),
        port: Type.Integer({
          title: 'Port',
          description: '0: any.',
          default: 8690,
          minimum: 0,
          maximum: 65_535,
        }),
      },
    ),
    tls: section(
      { title: 'TLS', description: 'Both files, or none.' },
      {
        certificateFile: optionalText({
          title: 'Certificate',
          description: 'PEM, with its chain.',
          isPath: true,
        }),
        keyFile: optionalText({ title: 'Private key', description: 'PEM.', isPath: true }),
      },
    ),
    docks: Type.Array(dock, {
      title: 'Docks',
      description: 'Who may deposit here.',
      default: [],
      maxItems: 10_000,
    }),
    limits: section(
      { title: 'Limits', description: 'Of what strangers may ask.' },
      {
        uploadBytes: Type.Integer({
          title: 'Longest upload',
          description: 'One clip.',
          default: 64 * gibibyte,
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          unit: 'bytes',
        }),
        uploadsOfDock: Type.Integer({
          title: 'Uploads under way',
          description: 'Of one dock at once.',
          default: 256,
          minimum: 1,
          maximum: 100_000,
        }),
        reserveBytes: Type.Integer({
          title: 'Room kept free',
          description: 'Uploads that would leave less are refused.',
          default: gibibyte,
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          unit: 'bytes',
        }),
      },
    ),
    isImmutable: Type.Boolean({
      title: 'Immutable files',
      description: 'Sets `chattr +i` on each stored clip; needs root and a file system that knows it.',
      default: false,
    }),
  },
  { additionalProperties: false },
);

export type ReceiverSettings = Static<typeof receiverSchema>;
export type DockSettings = ReceiverSettings['docks'][number];
