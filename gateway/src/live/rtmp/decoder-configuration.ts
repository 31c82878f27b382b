import { FlvError } from './flv-reader.ts';
import { nalKinds, type VideoCodec } from './nal-units.ts';

/** What a recorder says of its pictures before the first one. */
export interface DecoderConfiguration {
  /** Of the length in front of each NAL unit. */
  lengthBytes: number;
  /** H.264: SPS, PPS. H.265: VPS, SPS, PPS. In the order told. */
  parameterSets: readonly Buffer[];
}

/** No encoder needs more. What one record holds goes out before every key frame. */
const most = { sets: 64, setBytes: 8 * 1024 };

/**
 * Reads AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1) or HEVCDecoderConfigurationRecord (§8.3.3.1). Other NAL
 * units that lie in it are left out. Throws FlvError, or RangeError where it is too short.
 */
export function readDecoderConfiguration(codec: VideoCodec, record: Buffer): DecoderConfiguration {
  const { lengthAt, readSets } = codec === 'h264' ? avc : hevc;
  const lengthBytes = (record.readUInt8(lengthAt) & 0x03) + 1;
  const parameterSets = readSets(record).filter(nalKinds[codec].isSet);
  const setBytes = parameterSets.reduce((sum, set) => sum + set.length, 0);
  if (setBytes > most.setBytes) throw new FlvError('the parameter sets are too long');
  return { lengthBytes, parameterSets };
}

const avc = {
  lengthAt: 4,
  readSets(record: Buffer): Buffer[] {
    const units: Buffer[] = [];
    const behind = takeUnits(record, 6, record.readUInt8(5) & 0x1f, units);
    takeUnits(record, behind + 1, record.readUInt8(behind), units);
    return units;
  },
};

const hevc = {
  lengthAt: 21,
  readSets(record: Buffer): Buffer[] {
    const units: Buffer[] = [];
    let position = 23;
    for (let arrays = record.readUInt8(22); arrays > 0; arrays--) {
      // Before the count stands the type, which the units themselves tell as well.
      position = takeUnits(record, position + 3, record.readUInt16BE(position + 1), units);
    }
    return units;
  },
};

/** Takes units with their lengths of two bytes; gives the position behind them. */
function takeUnits(record: Buffer, begin: number, count: number, units: Buffer[]): number {
  let position = begin;
  for (let left = count; left > 0; left--) {
    const sizeBytes = record.readUInt16BE(position);
    const unit = record.subarray(position + 2, position + 2 + sizeBytes);
    if (unit.length !== sizeBytes || sizeBytes === 0) throw new FlvError('a parameter set is cut off');
    if (units.length === most.sets) throw new FlvError('too many parameter sets');
    units.push(unit);
    position += 2 + sizeBytes;
  }
  return position;
}
