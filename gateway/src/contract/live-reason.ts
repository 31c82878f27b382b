import { type Static, Type } from '@docket/device-protocol/schema';
import { nullable, oneOf } from './terms.ts';

const words = Type.String({ description: 'As a system or a peer said it, in its own language.' });
const codec = oneOf(['h264', 'h265', 'aac', 'pcma', 'pcmu']);
const ofTrack = { media: oneOf(['video', 'audio']), track: Type.Integer() };

/** Of one kind of media. Left out where nothing of it is, and where it was noted by an older Docket. */
const lost = Type.Object({
  damaged: Type.Integer({ description: 'Pictures or frames of sound that are kept, and not whole.' }),
  missingMs: Type.Number({ description: 'Media time for which nothing came.' }),
});

function told<const Kind extends string, Figures extends Type.TProperties>(kind: Kind, figures: Figures) {
  return Type.Object({ kind: Type.Literal(kind), ...figures });
}

/** What a gap or an alarm tells: a code and figures, of which each language makes its own words. */
export const LiveReason = Type.Union(
  [
    told('feed-ended', {
      how: oneOf(['goodbye', 'connection-lost', 'silent', 'closed', 'replaced', 'refused', 'protocol']),
      words,
    }),
    told('connected-anew', {}),
    told('clock-moved', { byMs: Type.Number() }),
    told('time-stamps-anew', ofTrack),
    told('time-stamps-moved', { ...ofTrack, byMs: Type.Number(), inMs: Type.Number() }),
    told('time-stamps-stood', ofTrack),
    told('format-changed', ofTrack),
    told('codec-misnamed', { ...ofTrack, told: codec, found: codec }),
    told('turned-too-often', { segments: Type.Integer() }),
    told('units-lost', {
      units: Type.Integer({ description: 'How often: each damaged picture or sound, and each hole.' }),
      pictures: Type.Optional(lost),
      sound: Type.Optional(lost),
    }),
    told('key-frame-awaited', {}),
    told('store-refused', { code: nullable(Type.String()), words }),
    told('store-slow', { waitingBytes: Type.Integer() }),
    told('gateway-stopped', {}),
    told('not-registered', {}),
    told('nothing-sent', {}),
    told('nothing-recorded', {}),
    told('not-reached', { words }),
    told('too-many-streams', { streams: Type.Integer() }),
    told('wrong-credentials', {
      by: oneOf(['rtsp', 'rtmp']),
      address: Type.String(),
      name: nullable(Type.String()),
    }),
    told('may-not-send', { name: Type.String() }),
    told('credentials-refused', { words }),
    told('footage-missing', { seconds: Type.Number(), from: Type.String() }),
  ],
  { description: 'What `detail` says, as a code and figures; docs/live.md tells each.' },
);
export type LiveReason = Static<typeof LiveReason>;
