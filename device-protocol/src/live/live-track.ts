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
  /** `a=control` (RFC 2326 §C.1.1): an absolute URL where the description's base URL was given, else as written. */
  control: string | null;
}

/** What a live stream consists of. */
export interface LiveDescription {
  /** Tracks we can carry, in the order of the description. */
  tracks: readonly LiveTrack[];
  /** Tracks of other codecs, by name: told, not carried. */
  refused: readonly string[];
  /** `a=control` of the whole: what PLAY and TEARDOWN name; resolved as that of tracks. */
  control: string | null;
  /** The description as received (RFC 4566). */
  sdp: string;
}
