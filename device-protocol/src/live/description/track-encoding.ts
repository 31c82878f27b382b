import type { LiveTrack } from '../live-track.ts';

/** What `a=rtpmap` says; numbers are NaN where it says nothing. */
export interface WrittenEncoding {
  name: string;
  clockRateHz: number;
  channels: number;
}

export type TrackEncoding = Pick<LiveTrack, 'kind' | 'codec' | 'clockRateHz' | 'channels' | 'encodingName'>;

const videoClockRateHz = 90_000;
const telephoneRateHz = 8000;

/** How a payload type is coded, as written or else as it must be; `null` where we cannot carry it. */
export function trackEncoding(
  mediaType: string,
  payloadType: number,
  written: WrittenEncoding | null,
  parameters: ReadonlyMap<string, string>,
): TrackEncoding | null {
  const encoding = written ?? assumedEncoding(mediaType, payloadType, parameters);
  switch (encoding?.name) {
    case 'H264':
    case 'H265':
      return video(encoding.name === 'H264' ? 'h264' : 'h265', encoding.name);
    case 'HEVC':
      return video('h265', 'H265');
    case 'MPEG4-GENERIC':
      return isAacMode(parameters.get('mode')) ? audio('aac', encoding, 44_100) : null;
    case 'MP4A-LATM':
      return audio('aac', encoding, videoClockRateHz);
    case 'PCMA':
    case 'PCMU':
      return audio(encoding.name === 'PCMA' ? 'pcma' : 'pcmu', encoding, telephoneRateHz);
    default:
      return null;
  }
}

/** Without rtpmap: the static types (RFC 3551 §6), or what the parameters of a dynamic type give away. */
function assumedEncoding(
  mediaType: string,
  payloadType: number,
  parameters: ReadonlyMap<string, string>,
): WrittenEncoding | null {
  const named = (name: string) => ({ name, clockRateHz: Number.NaN, channels: Number.NaN });
  if (payloadType === 0) return named('PCMU');
  if (payloadType === 8) return named('PCMA');
  if (mediaType === 'video') {
    if (parameters.has('sprop-sps') || parameters.has('sprop-vps')) return named('H265');
    const isH264 = ['sprop-parameter-sets', 'packetization-mode', 'profile-level-id'].some((name) =>
      parameters.has(name),
    );
    return isH264 ? named('H264') : null;
  }
  return parameters.has('mode') ? named('MPEG4-GENERIC') : null;
}

function isAacMode(mode: string | undefined): boolean {
  return mode === undefined || /^aac-[hl]br$/iu.test(mode);
}

/**
 * RFC 6184 §8.2.1 and RFC 7798 §7.1 demand 90 kHz, whatever a description says: GStreamer's receivers know no other rate, so
 * a sender that means another one is heard by few, and one that wrote it by mistake by many.
 */
function video(codec: 'h264' | 'h265', encodingName: string): TrackEncoding {
  return { kind: 'video', codec, encodingName, clockRateHz: videoClockRateHz, channels: null };
}

function audio(codec: 'aac' | 'pcma' | 'pcmu', written: WrittenEncoding, usualRateHz: number): TrackEncoding {
  const { channels } = written;
  return {
    kind: 'audio',
    codec,
    encodingName: written.name,
    clockRateHz: rateOr(written.clockRateHz, usualRateHz),
    channels: Number.isInteger(channels) && channels >= 1 && channels <= 8 ? channels : 1,
  };
}

function rateOr(rateHz: number, usualRateHz: number): number {
  return Number.isInteger(rateHz) && rateHz >= 1000 && rateHz <= 10_000_000 ? rateHz : usualRateHz;
}
