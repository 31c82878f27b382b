import type { LiveTrack } from '@docket/device-protocol/live';
import type { FlvMedia, VideoSetup } from './flv-media.ts';
import { MediaClock } from './media-clock.ts';
import { nalKinds } from './nal-units.ts';
import { RtpPacketiser } from './rtp-packetiser.ts';

type OnPacket = (track: LiveTrack, packet: Buffer) => void;

interface Line {
  track: LiveTrack;
  packetiser: RtpPacketiser;
  clock: MediaClock;
}

/** ISO/IEC 14496-3: an AAC frame holds 1024 samples. */
const aacFrameSamples = 1_024;

/** Turns what an RTMP stream holds into RTP packets of its tracks. */
export class RtpTracks {
  readonly #video: Line | null;
  readonly #audio: Line | null;
  #parameterSets: readonly Buffer[];
  /** The parameter sets changed: the next picture brings them, key frame or not. */
  #areSetsDue = false;

  constructor(tracks: readonly LiveTrack[], video: VideoSetup | null) {
    this.#video = lineOf(tracks, 'video');
    this.#audio = lineOf(tracks, 'audio');
    this.#parameterSets = video?.parameterSets ?? [];
  }

  take(media: FlvMedia, onPacket: OnPacket): void {
    switch (media.is) {
      case 'video-setup':
        this.#areSetsDue ||= !areEqual(this.#parameterSets, media.setup.parameterSets);
        this.#parameterSets = media.setup.parameterSets;
        break;
      case 'picture':
        this.#picture(media, onPacket);
        break;
      case 'sound':
        this.#sound(media, onPacket);
        break;
      case 'unreadable':
        (media.kind === 'video' ? this.#video : this.#audio)?.packetiser.skip();
        break;
    }
  }

  #picture({ codec, shownMs, units, isKeyFrame }: FlvMedia & { is: 'picture' }, onPacket: OnPacket): void {
    const line = this.#video;
    if (line === null) return;
    const kinds = nalKinds[codec];
    // RTMP sends parameter sets once, at the beginning: whoever comes later finds them at every key frame.
    const isWanted = (isKeyFrame || this.#areSetsDue) && !units.some(kinds.isSequenceSet);
    const delimiters = units[0] !== undefined && kinds.isDelimiter(units[0]) ? 1 : 0;
    const all = isWanted ? units.toSpliced(delimiters, 0, ...this.#parameterSets) : units;
    this.#areSetsDue = false;
    for (const packet of line.packetiser.picture(codec, all, line.clock.at(shownMs))) {
      onPacket(line.track, packet);
    }
  }

  #sound({ shownMs, frame }: FlvMedia & { is: 'sound' }, onPacket: OnPacket): void {
    const line = this.#audio;
    if (line === null || frame.length === 0) return;
    const { packetiser, clock, track } = line;
    const packets =
      track.codec === 'aac'
        ? packetiser.aacFrame(frame, clock.follow(shownMs, aacFrameSamples))
        : packetiser.samples(frame, clock.follow(shownMs, frame.length));
    for (const packet of packets) onPacket(track, packet);
  }
}

function lineOf(tracks: readonly LiveTrack[], kind: LiveTrack['kind']): Line | null {
  const track = tracks.find((candidate) => candidate.kind === kind);
  if (track === undefined) return null;
  return {
    track,
    packetiser: new RtpPacketiser(track.payloadType),
    clock: new MediaClock(track.clockRateHz),
  };
}

function areEqual(left: readonly Buffer[], right: readonly Buffer[]): boolean {
  return left.length === right.length && left.every((set, index) => set.equals(right[index] ?? Buffer.of()));
}
