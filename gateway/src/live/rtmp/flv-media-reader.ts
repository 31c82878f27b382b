import { readAudio } from './flv-audio.ts';
import type { FlvMedia } from './flv-media.ts';
import { FlvError, type FlvTag } from './flv-reader.ts';
import { VideoReader } from './flv-video.ts';

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
