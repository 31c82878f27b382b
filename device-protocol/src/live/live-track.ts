export const videoCodecs = ['h264', 'h265'] as const;
export const audioCodecs = ['aac', 'pcma', 'pcmu'] as const;
export type LiveCodec = (typeof videoCodecs)[number] | (typeof audioCodecs)[number];

/** One track of a live stream, as its description (SDP) tells. */
export interface LiveTrack {
  /** Its place in the description. */
  index: number;
  kind: 'video' | 'audio';
  codec: LiveCodec;
  /** RTP payload type and clock rate (RFC 3550, RFC 4566). */
  payloadType: number;
  clockRateHz: number;
  /** Of audio; `null` for video. */
  channels: number | null;
  /** Encoding name of `a=rtpmap`, e.g. `MPEG4-GENERIC` or `MP4A-LATM`: how frames lie in packets. */
  encodingName: string;
  /** Parameters of `a=fmtp`, names in lower case. */
  formatParameters: ReadonlyMap<string, string>;
}

/** What a live stream consists of. */
export interface LiveDescription {
  /** Tracks we can carry, in the order of the description. */
  tracks: readonly LiveTrack[];
  /** Tracks of other codecs, by name: told, not carried. */
  refused: readonly string[];
  /** The description as received (RFC 4566). */
  sdp: string;
}
