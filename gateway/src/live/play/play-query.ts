import { type Static, Type } from '@docket/device-protocol/schema';

/** What a viewer says of itself when it asks for a stream. */
export const PlayQuery = Type.Object({
  can: Type.Optional(
    Type.String({
      maxLength: 64,
      pattern: '^[a-z0-9]*(,[a-z0-9]+)*$',
      description:
        'What the viewer can show beyond H.264 and AAC, by comma: `h265`, `flac`. Without `h265`, such pictures are transcoded; without `flac`, G.711 sound is left out.',
    }),
  ),
  sound: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 1, description: '1: send sound too, where there is any.' }),
  ),
});
export type PlayQuery = Static<typeof PlayQuery>;
