import { box, fullBox, u32, u64 } from './box.ts';
import { isVideo, type Mp4Track } from './track-format.ts';

/** One picture or one frame of sound. Times in ticks of its track. */
export interface Sample {
  /** Video: NAL units without start codes; audio: the frame. As `AccessUnit.data`. */
  data: readonly Buffer[];
  durationTicks: number;
  /** It is shown this much after it is decoded; negative where it is shown before (B pictures). */
  compositionOffsetTicks: number;
  isKeyFrame: boolean;
}

/** What a fragment holds of one track, without a hole: where there is one, another fragment begins. */
export interface SampleRun {
  track: Mp4Track;
  /** When its first sample is decoded, counted from the beginning of the file. */
  startTicks: number;
  samples: readonly Sample[];
}

const nothing = Buffer.alloc(0);

/**
 * One fragment, `moof` and `mdat` (ISO/IEC 14496-12 §8.8), to be put behind `initSegment` and the fragments before it.
 * `sequence` counts from 1. May begin with any picture and hold as little as one: a fragment a picture is for viewers
 * who wait for it, a fragment a second for a file. `before`: boxes that are to stand before it.
 */
export function fragment(sequence: number, runs: readonly SampleRun[], before: Uint8Array = nothing): Buffer {
  const filled = runs.filter(({ samples }) => samples.length > 0);
  const sizes = filled.map((run) => run.samples.map((sample) => sizeOf(run.track, sample)));
  const mediaBytes = sizes.flat().reduce((sum, size) => sum + size, 0);
  // Offsets are told in boxes whose length does not depend on them: the first making only measures.
  const headBytes = movieFragment(sequence, filled, sizes, 0).length;
  const head = movieFragment(sequence, filled, sizes, headBytes + 8);
  const whole = Buffer.allocUnsafe(before.length + headBytes + 8 + mediaBytes);
  whole.set(before);
  whole.set(head, before.length);
  let at = whole.writeUInt32BE(8 + mediaBytes, before.length + headBytes);
  at += whole.write('mdat', at, 'latin1');
  for (const { track, samples } of filled) {
    for (const sample of samples) at = writeSample(whole, at, track, sample);
  }
  return whole;
}

function movieFragment(
  sequence: number,
  runs: readonly SampleRun[],
  sizes: readonly (readonly number[])[],
  firstOffset: number,
): Buffer {
  let offset = firstOffset;
  const trackFragments = runs.map((run, index) => {
    const own = sizes[index] ?? [];
    const made = trackFragment(run, own, offset);
    offset += own.reduce((sum, size) => sum + size, 0);
    return made;
  });
  return box('moof', fullBox('mfhd', 0, 0, u32(sequence)), ...trackFragments);
}

const defaultBaseIsMoof = 0x02_0000;
const runTells = { dataOffset: 0x001, duration: 0x100, size: 0x200, flags: 0x400, compositionOffset: 0x800 };
/** ISO/IEC 14496-12 §8.8.3.1: depends on no other; depends on others and is no sync sample. */
const keyFrameFlags = 0x0200_0000;
const otherFlags = 0x0101_0000;

function trackFragment(
  { track, startTicks, samples }: SampleRun,
  sizes: readonly number[],
  offset: number,
): Buffer {
  const isReordered = samples.some(({ compositionOffsetTicks }) => compositionOffsetTicks !== 0);
  const tells =
    runTells.dataOffset |
    runTells.duration |
    runTells.size |
    runTells.flags |
    (isReordered ? runTells.compositionOffset : 0);
  const fields = isReordered ? 4 : 3;
  const table = Buffer.allocUnsafe(4 * fields * samples.length);
  let at = 0;
  for (const [index, sample] of samples.entries()) {
    at = table.writeUInt32BE(sample.durationTicks, at);
    at = table.writeUInt32BE(sizes[index] ?? 0, at);
    at = table.writeUInt32BE(sample.isKeyFrame ? keyFrameFlags : otherFlags, at);
    if (isReordered) at = table.writeInt32BE(sample.compositionOffsetTicks, at);
  }
  return box(
    'traf',
    fullBox('tfhd', 0, defaultBaseIsMoof, u32(track.id)),
    fullBox('tfdt', 1, 0, u64(startTicks)),
    fullBox('trun', 1, tells, u32(samples.length, offset), table),
  );
}

function sizeOf(track: Mp4Track, { data }: Sample): number {
  const prefixBytes = isVideo(track) ? 4 : 0;
  return data.reduce((sum, part) => sum + prefixBytes + part.length, 0);
}

function writeSample(whole: Buffer, from: number, track: Mp4Track, { data }: Sample): number {
  let at = from;
  for (const part of data) {
    if (isVideo(track)) at = whole.writeUInt32BE(part.length, at);
    at += part.copy(whole, at);
  }
  return at;
}
