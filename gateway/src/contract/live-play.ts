import { type Static, Type } from '@docket/device-protocol/schema';
import { nullable, oneOf } from './terms.ts';

/**
 * Messages of a play connection (WebSocket). The gateway sends `PlayMessage` as text, and media as binary messages: the
 * initialisation of each track after a `hello`, then one fragment a picture or a piece of sound. A binary message begins
 * with `playHeadBytes`: kind (0 initialisation, 1 fragment), track, 1 where a decoder can begin, 0; then two
 * big-endian doubles: media time in seconds, and Unix milliseconds of its arrival at the gateway.
 */
export const playHeadBytes = 20;
export const playKinds = { initialisation: 0, fragment: 1 } as const;

/** Codecs a viewer may say it can show beyond H.264 and AAC, which every browser with Media Source Extensions has. */
export const playAbilities = ['h265', 'flac'] as const;
export type PlayAbility = (typeof playAbilities)[number];

/** Sound with the pictures: asked for and sent; there but not asked for; none; in a codec this viewer cannot play. */
export const playSounds = ['sent', 'offered', 'none', 'unplayable'] as const;

/** Why a play connection ends. */
export const playEnds = [
  'no-stream',
  'stream-ended',
  'no-pictures',
  'too-many-viewers',
  'transcoding-off',
  'too-many-transcodings',
  'transcoding-failed',
  'too-slow',
  'not-admitted',
  'stopping',
] as const;
export type PlayEnd = (typeof playEnds)[number];

export const PlayHello = Type.Object({
  type: Type.Literal('hello'),
  recorderId: Type.String(),
  sessionId: Type.String(),
  tracks: Type.Array(
    Type.Object({
      track: Type.Integer({ description: 'What binary messages call it.' }),
      kind: oneOf(['video', 'audio']),
      mimeType: Type.String({ description: 'For `MediaSource.addSourceBuffer`.' }),
    }),
  ),
  transcodedFrom: nullable(
    Type.String({ description: 'The codec of the recorder, where pictures are transcoded for this viewer.' }),
  ),
  sound: oneOf(playSounds),
});
export type PlayHello = Static<typeof PlayHello>;

export const PlayMessage = Type.Union([
  PlayHello,
  Type.Object(
    { type: Type.Literal('behind') },
    { description: 'Pictures are left out up to the next key frame.' },
  ),
  Type.Object({
    type: Type.Literal('time'),
    askedAtMs: Type.Number({ description: 'As in the question.' }),
    atMs: Type.Number({ description: 'The clock of the gateway, Unix milliseconds.' }),
  }),
  Type.Object({ type: Type.Literal('end'), reason: oneOf(playEnds) }),
]);
export type PlayMessage = Static<typeof PlayMessage>;

/** The one thing a viewer says: what time is it? */
export const PlayQuestion = Type.Object({ type: Type.Literal('time'), askedAtMs: Type.Number() });
export type PlayQuestion = Static<typeof PlayQuestion>;
