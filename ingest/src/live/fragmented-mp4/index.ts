/**
 * Fragmented MP4 (ISO/IEC 14496-12, -14, -15) of what live streams carry: H.264, H.265, AAC, G.711.
 *
 *     const format = unit.format ?? untoldFormat(unit.track);   // another object than before: begin anew with initSegment
 *     const track = { id: 1, ticksPerSecond: unit.track.clockRateHz, format };
 *     initSegment([track]);                                     // ftyp + moov
 *     fragment(1, [{ track, startTicks, samples: [{ data: sampleData(unit), durationTicks,
 *       compositionOffsetTicks: 0, isKeyFrame: unit.isKeyFrame }] }]);   // moof + mdat, one picture or many
 *     `video/mp4; codecs="${codecString(format)}"`
 */
export { fragment, type Sample, type SampleRun } from './fragment.ts';
export { initSegment } from './init-segment.ts';
export { type PictureTime, pictureTimes } from './picture-times.ts';
export { pictureSize } from './sample-entry.ts';
export {
  codecString,
  type FlacFormat,
  isVideo,
  type Mp4Format,
  type Mp4Track,
  sampleData,
  untoldFormat,
} from './track-format.ts';
