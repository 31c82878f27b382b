import type { VideoCodec } from './nal-units.ts';

export interface VideoSetup {
  codec: VideoCodec;
  /** VPS (H.265), SPS and PPS, in order; none where the recorder sends them among its pictures only. */
  parameterSets: readonly Buffer[];
}

export interface AudioSetup {
  codec: 'aac' | 'pcma' | 'pcmu';
  rateHz: number;
  channels: number;
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) of AAC; empty for others. */
  config: Buffer;
}

/** What one tag says. */
export type FlvMedia =
  | { is: 'video-setup'; setup: VideoSetup }
  | { is: 'audio-setup'; setup: AudioSetup }
  | { is: 'picture'; codec: VideoCodec; shownMs: number; units: readonly Buffer[]; isKeyFrame: boolean }
  /** `setup`: where every frame says of what kind it is. */
  | { is: 'sound'; shownMs: number; frame: Buffer; setup: AudioSetup | null }
  | { is: 'other-codec'; kind: 'video' | 'audio'; name: string }
  /** It contradicts itself, or ends too early. */
  | { is: 'unreadable'; kind: 'video' | 'audio'; why: string }
  | { is: 'nothing' };
