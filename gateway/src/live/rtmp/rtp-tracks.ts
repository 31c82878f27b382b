import type { LiveTrack } from '@docket/device-protocol/live';
import type { AudioSetup, FlvMedia, VideoSetup } from './flv-media.ts';
import { MediaClock } from './media-clock.ts';
import { RtpPacketiser } from './rtp-packetiser.ts';

type OnPacket = (track: LiveTrack, packet: Buffer) => void;

interface Line {
  track: LiveTrack;
  packetiser: RtpPacketiser;
  clock: MediaClock;
}

/** ISO/IEC 14496-3: an AAC frame holds 1024 samples. */
const aacFrameSamples = 1_024;
const sequenceSetType = 7;

/** Turns what an RTMP stream holds into RTP packets of its tracks. */
export class RtpTracks {
  readonly #video: Line | null;
  readonly #audio: Line | null;
  readonly #audioSetup: AudioSetup | null;
  #parameterSets: readonly Buffer[];

  constructor(tracks: readonly LiveTrack[], video: VideoSetup | null, audio: AudioSetup | null) {
    this.#video = lineOf(tracks, 'video');
    this.#audio = lineOf(tracks, 'audio');
    this.#audioSetup = audio;
    this.#parameterSets = video?.parameterSets ?? [];
  }

  /** True where the sound of a track that was described is now of another kind. */
  isOther(setup: AudioSetup): boolean {
    const before = this.#audioSetup;
    return before !== null && (before.codec !== setup.codec || !before.config.equals(setup.config));
  }

  take(media: FlvMedia, onPacket: OnPacket): void {
    switch (media.is) {
      case 'video-setup':
        this.#parameterSets = media.setup.parameterSets;
        break;
      case 'picture':
        this.#picture(media, onPacket);
        break;
      case 'sound':
        this.#sound(media, onPacket);
        break;
    }
  }

  #picture({ shownMs, units, isKeyFrame }: FlvMedia & { is: 'picture' }, onPacket: OnPacket): void {
    const line = this.#video;
    if (line === null) return;
    // RTMP sends parameter sets once, at the beginning: whoever comes later finds them at every key frame.
    const hasSets = units.some((unit) => (unit.readUInt8(0) & 0x1f) === sequenceSetType);
    const all = isKeyFrame && !hasSets ? [...this.#parameterSets, ...units] : units;
    for (const packet of line.packetiser.picture(all, line.clock.at(shownMs))) onPacket(line.track, packet);
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
