import type { LiveTrack } from '../live-track.ts';
import {
  type AudioSpecificConfig,
  readAudioSpecificConfig,
  writeAacLcConfig,
} from '../parameter-sets/audio-specific-config.ts';
import { BitReader, BitsError } from '../parameter-sets/bit-reader.ts';
import type { AudioFormat } from '../track-format.ts';

/** What a decoder of AAC must know, from its config. */
export function aacFormat(config: Buffer, read: AudioSpecificConfig): AudioFormat {
  const { sampleRateHz, channels, samplesPerFrame } = read;
  return { kind: 'audio', codec: 'aac', sampleRateHz, channels, samplesPerFrame, config };
}

/** The config of `a=fmtp` (RFC 3640 §4.1); that of AAC-LC at the track's rate where there is none that can be read. */
export function describedAacFormat(track: LiveTrack): AudioFormat {
  const written = Buffer.from(track.formatParameters.get('config') ?? '', 'hex').subarray(0, 64);
  return (
    readFormat(written) ??
    readFormat(writeAacLcConfig(track.clockRateHz, track.channels ?? 1)) ?? {
      kind: 'audio',
      codec: 'aac',
      sampleRateHz: track.clockRateHz,
      channels: track.channels ?? 1,
      samplesPerFrame: 1024,
      config: null,
    }
  );
}

function readFormat(config: Buffer): AudioFormat | null {
  try {
    return aacFormat(config, readAudioSpecificConfig(new BitReader(config)));
  } catch (error) {
    if (error instanceof BitsError) return null;
    throw error;
  }
}

/** Ticks of the track's clock from one frame to the next. */
export function ticksPerFrame(track: LiveTrack, format: AudioFormat): number {
  return ((format.samplesPerFrame ?? 1024) * track.clockRateHz) / format.sampleRateHz;
}
