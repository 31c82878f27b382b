/** What a decoder of pictures must know before the first one: parameter sets, as told (SDP) or as sent in band. */
export interface VideoFormat {
  kind: 'video';
  codec: 'h264' | 'h265';
  /** NAL units without start codes, by their ids. Video parameter sets are of H.265 only. */
  videoParameterSets: readonly Buffer[];
  sequenceParameterSets: readonly Buffer[];
  pictureParameterSets: readonly Buffer[];
  /** As shown, after cropping; `null` where the sequence parameter set cannot be read. */
  widthPixels: number | null;
  heightPixels: number | null;
}

/** What a decoder of sound must know. */
export interface AudioFormat {
  kind: 'audio';
  codec: 'aac' | 'pcma' | 'pcmu';
  /** Of the samples; the track's RTP clock may run at another rate. */
  sampleRateHz: number;
  channels: number;
  /** Of one frame of AAC; `null` for G.711, where a frame is a packet. */
  samplesPerFrame: number | null;
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) of AAC; `null` for G.711. */
  config: Buffer | null;
}

export type TrackFormat = VideoFormat | AudioFormat;
