/** Bytes in one sample. Small enough for a serial line, large enough to hold real picture data. */
const sampleBytes = 4096;

/** A stretch of a clip that is sampled. */
interface SampleRange {
  startBytes: number;
  endBytes: number;
}

/**
 * Where a clip of this length is sampled: its head, its middle and its tail; the whole of a clip too short for
 * three. The BLAKE3 of these bytes, in order, tells whether a clip with the same name, length and time is the one
 * already pulled.
 */
export function sampleRanges(sizeBytes: number): SampleRange[] {
  if (sizeBytes <= 3 * sampleBytes) return sizeBytes === 0 ? [] : [{ startBytes: 0, endBytes: sizeBytes }];
  const middle = Math.floor((sizeBytes - sampleBytes) / 2);
  const starts = [0, Math.max(middle, sampleBytes), sizeBytes - sampleBytes];
  return starts.map((startBytes) => ({ startBytes, endBytes: startBytes + sampleBytes }));
}
