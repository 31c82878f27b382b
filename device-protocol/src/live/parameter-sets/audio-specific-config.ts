import { type BitReader, BitsError } from './bit-reader.ts';

export interface AudioSpecificConfig {
  /** 2 is AAC-LC. */
  objectType: number;
  /** Of the samples as played, after spectral band replication where the config tells of it. */
  sampleRateHz: number;
  channels: number;
  samplesPerFrame: number;
}

/** ISO/IEC 14496-3 table 1.18. */
const sampleRates = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];

/** Reads an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1) of AAC; the reader stands behind it. Throws BitsError. */
export function readAudioSpecificConfig(bits: BitReader): AudioSpecificConfig {
  let objectType = readObjectType(bits);
  const coreRateHz = readSampleRate(bits);
  const channelConfiguration = bits.unsigned(4);
  let sampleRateHz = coreRateHz;
  if (objectType === 5 || objectType === 29) {
    sampleRateHz = readSampleRate(bits);
    objectType = readObjectType(bits);
  }
  if (![1, 2, 3, 4, 6].includes(objectType))
    throw new BitsError(`audio object type ${objectType} is not carried`);
  const isShort = bits.flag();
  if (bits.flag()) bits.skip(14);
  bits.skip(1);
  if (channelConfiguration === 0 || channelConfiguration > 7) {
    throw new BitsError(`channel configuration ${channelConfiguration} is not carried`);
  }
  if (objectType === 6) bits.skip(3);
  return {
    objectType,
    sampleRateHz,
    channels: channelConfiguration === 7 ? 8 : channelConfiguration,
    samplesPerFrame: ((isShort ? 960 : 1024) * sampleRateHz) / coreRateHz,
  };
}

/** The config of AAC-LC for a track whose description forgot it. */
export function writeAacLcConfig(sampleRateHz: number, channels: number): Buffer {
  const index = sampleRates.indexOf(sampleRateHz);
  const layout = channels === 8 ? 7 : channels;
  if (index >= 0) return Buffer.of((2 << 3) | (index >> 1), ((index & 1) << 7) | (layout << 3));
  const bits = (2n << 35n) | (15n << 31n) | (BigInt(sampleRateHz & 0xff_ffff) << 7n) | (BigInt(layout) << 3n);
  return Buffer.from(bits.toString(16).padStart(10, '0'), 'hex');
}

function readObjectType(bits: BitReader): number {
  const type = bits.unsigned(5);
  return type === 31 ? 32 + bits.unsigned(6) : type;
}

function readSampleRate(bits: BitReader): number {
  const index = bits.unsigned(4);
  const rateHz = index === 15 ? bits.unsigned(24) : sampleRates[index];
  if (rateHz === undefined || rateHz < 1000)
    throw new BitsError(`sampling frequency index ${index} is reserved`);
  return rateHz;
}
