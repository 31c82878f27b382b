import type { Arrival } from '../arrival.ts';
import type { LiveTrack } from '../live-track.ts';
import { VideoParameterSets } from '../parameter-sets/video-parameter-sets.ts';
import type { RtpPacket } from '../rtp/rtp-packet.ts';
import type { VideoFormat } from '../track-format.ts';
import type { Depacketiser, DepacketiserCounts, Frame } from './depacketiser.ts';
import { H264Payload } from './h264-payload.ts';
import { H265Payload } from './h265-payload.ts';
import { maxPictureBytes, type NalPayload, type NalSink } from './nal-payload.ts';

const maxNalUnits = 1024;

interface Picture {
  nals: Buffer[];
  sizeBytes: number;
  rtpTimestamp: number;
  first: Arrival;
  last: Arrival;
  isWhole: boolean;
  isUnfinished: boolean;
  hasSlice: boolean;
  isKeyFrame: boolean;
  /** It grew past the bounds; the rest is not kept. */
  isCutOff: boolean;
  /** Packets were lost before it, so that its own beginning may be among them. */
  isBeginDoubtful: boolean;
  /** The picture before ended with a marker at the same time. */
  isContinuation: boolean;
}

/**
 * Puts pictures of H.264 and H.265 together. A picture ends with the marker bit or where the time stamp changes, for
 * senders that forget the marker; one that marks each slice is found out by its second slice, and its markers are passed
 * over from then on. Units without a slice (parameter sets, delimiters) go with the picture that follows.
 * A NAL unit that came in one packet is a view into that packet and keeps its memory alive; a fragmented one is a copy.
 */
export class PictureDepacketiser implements Depacketiser, NalSink {
  readonly #payload: NalPayload;
  readonly #parameterSets: VideoParameterSets;
  readonly #counts: DepacketiserCounts;
  readonly #give: (frame: Frame) => void;
  #picture: Picture | null = null;
  #isGap = false;
  #isMarkerTrusted = true;
  /** A picture of it ended without one, though no packet was missing. */
  #forgetsMarkers = false;
  #hasDelimiters = false;
  #markedTimestamp: number | null = null;

  constructor(track: LiveTrack, counts: DepacketiserCounts, give: (frame: Frame) => void) {
    const hasOrderNumbers = Number(track.formatParameters.get('sprop-max-don-diff') ?? 0) > 0;
    this.#payload = track.codec === 'h265' ? new H265Payload(hasOrderNumbers) : new H264Payload();
    this.#parameterSets = new VideoParameterSets(track);
    this.#counts = counts;
    this.#give = give;
  }

  get format(): VideoFormat | null {
    return this.#parameterSets.format;
  }

  take(packet: RtpPacket, arrival: Arrival): void {
    if (this.#picture !== null && this.#picture.rtpTimestamp !== packet.timestamp) this.#endByTimestamp();
    const picture = this.#picture ?? this.#begin(packet.timestamp, arrival);
    // Units without a slice that waited for their picture are of its time.
    picture.rtpTimestamp = packet.timestamp;
    picture.last = arrival;
    this.#isGap = false;
    this.#payload.take(packet.payload, this);
    if (!packet.marker || !this.#isMarkerTrusted) return;
    this.#payload.abandon(this);
    if (picture.hasSlice) this.#end();
  }

  lose(): void {
    this.#payload.abandon(this);
    if (this.#picture !== null) this.#picture.isWhole = false;
    this.#isGap = true;
  }

  flush(): void {
    const isUndamaged = this.#picture?.isWhole === true && !this.#picture.isBeginDoubtful;
    this.#payload.abandon(this);
    if (this.#picture?.hasSlice) {
      if (!this.#forgetsMarkers) this.#picture.isWhole = false;
      this.#picture.isUnfinished = isUndamaged && !this.#picture.isWhole;
      this.#end();
    }
    this.#picture = null;
    this.#isGap = false;
    this.#markedTimestamp = null;
  }

  nal(nal: Buffer): void {
    const picture = this.#picture;
    if (picture === null) return;
    const { traits } = this.#payload;
    if (traits.isSlice(nal)) {
      if (!picture.hasSlice && !traits.isFirstSlice(nal)) this.#missBeginning(picture);
      picture.hasSlice = true;
      picture.isKeyFrame ||= traits.isKeySlice(nal);
    } else {
      this.#parameterSets.take(nal);
      if (traits.isRecoveryPoint(nal)) this.#counts.recoveryPoints += 1;
    }
    if (traits.isDelimiter(nal)) this.#hasDelimiters = true;
    const isBeginning = this.#hasDelimiters ? traits.isDelimiter(nal) : traits.isFirstSet(nal);
    if (isBeginning && picture.nals.length === 0) picture.isBeginDoubtful = false;
    this.#keep(picture, nal);
  }

  torn(nal: Buffer): void {
    if (this.#picture === null) return;
    this.#picture.isWhole = false;
    if (this.#payload.traits.isSlice(nal)) this.nal(nal);
  }

  broken(): void {
    this.#counts.broken += 1;
    if (this.#picture !== null) this.#picture.isWhole = false;
  }

  unsupported(): void {
    this.#counts.unsupported += 1;
    if (this.#picture !== null) this.#picture.isWhole = false;
  }

  #begin(rtpTimestamp: number, arrival: Arrival): Picture {
    this.#picture = {
      nals: [],
      sizeBytes: 0,
      rtpTimestamp,
      first: arrival,
      last: arrival,
      isWhole: true,
      isUnfinished: false,
      hasSlice: false,
      isKeyFrame: false,
      isCutOff: false,
      isBeginDoubtful: this.#isGap,
      isContinuation: !this.#isGap && rtpTimestamp === this.#markedTimestamp,
    };
    return this.#picture;
  }

  #missBeginning(picture: Picture): void {
    picture.isWhole = false;
    if (!picture.isContinuation) return;
    this.#isMarkerTrusted = false;
    this.#forgetsMarkers = true;
  }

  #keep(picture: Picture, nal: Buffer): void {
    const isTooMuch = picture.nals.length >= maxNalUnits || picture.sizeBytes + nal.length > maxPictureBytes;
    if (isTooMuch && !picture.isCutOff) {
      this.#counts.oversized += 1;
      picture.isCutOff = true;
      picture.isWhole = false;
    }
    if (picture.isCutOff) return;
    picture.nals.push(nal);
    picture.sizeBytes += nal.length;
  }

  #endByTimestamp(): void {
    this.#payload.abandon(this);
    if (this.#picture?.hasSlice) {
      if (!this.#isGap) this.#forgetsMarkers = true;
      this.#end();
    }
    // What packets of the same picture were lost behind belongs to a picture that is gone; parameter sets were noted.
    else if (this.#isGap || !this.#picture?.isWhole) this.#picture = null;
    this.#markedTimestamp = null;
  }

  #end(): void {
    const picture = this.#picture;
    if (picture === null) return;
    this.#picture = null;
    this.#markedTimestamp = picture.rtpTimestamp;
    this.#give({
      data: picture.nals,
      isKeyFrame: picture.isKeyFrame,
      isWhole: picture.isWhole && !picture.isBeginDoubtful,
      isUnfinished: picture.isUnfinished,
      rtpTimestamp: picture.rtpTimestamp,
      first: picture.first,
      last: picture.last,
    });
  }
}
