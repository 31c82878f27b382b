import { type Static, Type } from '@docket/device-protocol/schema';
import { Identifier, Instant, nullable, oneOf } from './terms.ts';

export const FirmwareUpdateState = oneOf(
  ['sending', 'sent', 'restarting', 'confirmed', 'reverted', 'failed'],
  'How far a recorder has come. `restarting`: told to start the image; `confirmed`: it runs and keeps it; `reverted`: it runs another one after all; `failed`: it refused the image, or was not well under it.',
);

export const FirmwareUpdate = Type.Object({
  recorderId: Identifier,
  state: FirmwareUpdateState,
  slot: Type.String(),
  versionBefore: nullable(Type.String()),
  begunAt: Instant,
  changedAt: Instant,
  detail: nullable(Type.String()),
});

export const RollOutView = Type.Object({
  model: Type.String(),
  version: Type.String(),
  limit: Type.Integer({ description: 'Recorders that may get the image.' }),
  minimumBatteryPercent: Type.Integer(),
  enabled: Type.Boolean(),
  imageHash: nullable(Type.String({ description: 'SHA-256 the image carries of itself, hex.' })),
  sizeBytes: nullable(Type.Integer()),
  signedBy: nullable(Type.String({ description: 'Name of the configured key that signed it.' })),
  problem: nullable(Type.String({ description: 'Why the image is not used; in words for the log.' })),
  stopped: nullable(Type.Object({ at: Instant, reason: Type.String() })),
  recorders: Type.Array(FirmwareUpdate),
});
export type RollOutView = Static<typeof RollOutView>;

export const ResumeRequest = Type.Object(
  {
    reason: Type.String({
      description: 'Why; kept in the custody log.',
      minLength: 1,
      maxLength: 500,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    }),
  },
  { additionalProperties: false },
);
export type ResumeRequest = Static<typeof ResumeRequest>;

export const RollOutList = Type.Object({ rollOuts: Type.Array(RollOutView) });
export type RollOutList = Static<typeof RollOutList>;
