import type { AccessUnit, LiveTrack, TrackFormat } from '@docket/device-protocol/live';
import {
  codecString,
  fragment,
  initSegment,
  type Mp4Format,
  type Mp4Track,
  sampleData,
} from '@docket/ingest';
import { flacFrame, flacStreamInfo } from './flac.ts';
import { decodeG711 } from './g711.ts';
import type { MediaTimeline } from './media-timeline.ts';
import { type MediaMessage, mediaMessage } from './play-message.ts';

/**
 * Told as the length of every picture: how long it really stays nobody knows when it is sent. Players take a longer step
 * than twice this for a break, and wait for a key frame then.
 */
const pictureMs = 500;

const mostUnevenSeconds = 0.2;

/** Delimiters and filler: of no use to a decoder that is given whole pictures. */
const idleNals = { h264: new Set([9, 12]), h265: new Set([35, 38]) };

/** Writes the units of one track as fragments for Media Source Extensions, one a unit. */
export class TrackWriter {
  readonly number: number;
  readonly #track: LiveTrack;
  readonly #timeline: MediaTimeline;
  #format: TrackFormat | null = null;
  #mp4: Mp4Track | null = null;
  #sequence = 0;
  #lastTicks = -1;
  #nextTicks = Number.NEGATIVE_INFINITY;
  #samples = 0;

  constructor(number: number, track: LiveTrack, timeline: MediaTimeline) {
    this.number = number;
    this.#track = track;
    this.#timeline = timeline;
  }

  /** Looks at the format of the next unit; true where it is another, and the decoder must begin anew. */
  isNewFormat({ format }: AccessUnit): boolean {
    if (format === null || format === this.#format) return false;
    this.#format = format;
    this.#mp4 = { id: 1, ticksPerSecond: this.#track.clockRateHz, format: mp4Format(format) };
    return true;
  }

  /** `null` as long as the format is not known. */
  get mimeType(): string | null {
    if (this.#mp4 === null) return null;
    return `${this.#track.kind}/mp4; codecs="${codecString(this.#mp4.format)}"`;
  }

  /** What a decoder needs first; `null` as long as the format is not known. */
  initialisation(): MediaMessage | null {
    if (this.#mp4 === null) return null;
    const head = { kind: 'initialisation', track: this.number, isKeyFrame: true } as const;
    return mediaMessage({ ...head, mediaSeconds: 0, arrivedAtMs: 0 }, initSegment([this.#mp4]));
  }

  write(unit: AccessUnit, shownTicks: number): MediaMessage | null {
    if (this.#mp4 === null) return null;
    const data = this.#sampleData(unit);
    if (data.length === 0) return null;
    const durationTicks = this.#durationTicks(unit);
    const startTicks = this.#startTicks(unit, shownTicks);
    this.#lastTicks = startTicks;
    this.#nextTicks = startTicks + durationTicks;
    this.#sequence += 1;
    const sample = {
      data,
      durationTicks,
      compositionOffsetTicks: unit.track.kind === 'video' ? shownTicks - startTicks : 0,
      isKeyFrame: unit.isKeyFrame,
    };
    const media = fragment(this.#sequence, [{ track: this.#mp4, startTicks, samples: [sample] }]);
    const head = { kind: 'fragment', track: this.number, isKeyFrame: unit.isKeyFrame } as const;
    const mediaSeconds = this.#timeline.seconds(shownTicks);
    return mediaMessage({ ...head, mediaSeconds, arrivedAtMs: unit.arrival.atMs }, media);
  }

  #sampleData(unit: AccessUnit): readonly Buffer[] {
    const { track } = unit;
    const { codec } = track;
    if (codec === 'aac') return unit.data;
    if (codec === 'h264' || codec === 'h265') {
      return sampleData(unit).filter((nal) => {
        const [first = 0] = nal;
        return !idleNals[codec].has(codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f);
      });
    }
    const samples = decodeG711(codec, Buffer.concat(unit.data));
    if (samples.length === 0) return [];
    const frame = flacFrame(samples, this.#samples, track.clockRateHz);
    this.#samples += samples.length;
    return [frame];
  }

  /**
   * Decode times only go on: a picture shown before one sent earlier (B pictures) is told by its offset. Sound goes on without
   * holes and overlaps, which would be heard, as long as its times do not run far from that.
   */
  #startTicks({ track }: AccessUnit, shownTicks: number): number {
    const isOneSound =
      track.kind === 'audio' &&
      Math.abs(shownTicks - this.#nextTicks) < mostUnevenSeconds * track.clockRateHz;
    return isOneSound ? this.#nextTicks : Math.max(shownTicks, this.#lastTicks + 1);
  }

  #durationTicks({ track, data }: AccessUnit): number {
    if (track.kind === 'video') return Math.round((track.clockRateHz * pictureMs) / 1_000);
    if (this.#format?.kind === 'audio' && this.#format.samplesPerFrame !== null) {
      return Math.round((this.#format.samplesPerFrame * track.clockRateHz) / this.#format.sampleRateHz);
    }
    return data.reduce((sum, part) => sum + part.length, 0);
  }
}

/** The format as a file tells it; G.711 becomes FLAC, which browsers play. */
function mp4Format(format: TrackFormat): Mp4Format {
  if (format.codec !== 'pcma' && format.codec !== 'pcmu') return format;
  const { sampleRateHz } = format;
  return {
    kind: 'audio',
    codec: 'flac',
    streamInfo: flacStreamInfo(sampleRateHz),
    channels: 1,
    sampleRateHz,
  };
}
