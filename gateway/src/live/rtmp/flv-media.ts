import { readAudio } from './flv-audio.ts';
import { FlvError, type FlvTag } from './flv-reader.ts';
import { VideoReader } from './flv-video.ts';
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

/**
 * Reads what tags hold: Adobe FLV 10.1, annex E.4.2 and E.4.3; Enhanced RTMP v1 and v2, for `hvc1`, `avc1` and `mp4a`;
 * and the older way of Chinese recorders to call H.265 codec 12, laid out as H.264. Never throws.
 */
export class FlvMediaReader {
  readonly #video = new VideoReader();

  read(tag: FlvTag): FlvMedia {
    if (tag.type === 'script' || tag.data.length < 2) return { is: 'nothing' };
    try {
      return tag.type === 'video' ? this.#video.read(tag) : readAudio(tag);
    } catch (error) {
      if (error instanceof RangeError) return { is: 'unreadable', kind: tag.type, why: 'a tag is too short' };
      if (error instanceof FlvError) return { is: 'unreadable', kind: tag.type, why: error.message };
      throw error;
    }
  }
}
