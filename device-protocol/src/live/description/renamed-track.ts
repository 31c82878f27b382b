import type { LiveTrack } from '../live-track.ts';

/** Parameters that mean something under each codec (RFC 6184 §8.1, RFC 7798 §7.1). */
const parametersOf = {
  h264: new Set(['packetization-mode', 'profile-level-id', 'sprop-parameter-sets']),
  h265: new Set(['sprop-vps', 'sprop-sps', 'sprop-pps', 'sprop-max-don-diff']),
};

/** A track of pictures whose description named the wrong codec, as it truly is. What was told of the other codec is left out. */
export function renamedTrack(track: LiveTrack, codec: 'h264' | 'h265'): LiveTrack {
  const formatParameters = new Map(
    [...track.formatParameters].filter(([name]) => parametersOf[codec].has(name)),
  );
  return { ...track, codec, encodingName: codec.toUpperCase(), formatParameters };
}
