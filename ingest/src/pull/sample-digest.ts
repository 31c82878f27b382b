import type { ClipReader } from '@docket/device-protocol';
import { sampleRanges } from './sample-ranges.ts';
import { withinStallTimeout } from './stall-guard.ts';

export interface SampleOptions {
  /** What is read, for messages. */
  clipName: string;
  stallTimeoutMs: number;
  signal: AbortSignal;
}

/** The sampled bytes of a clip on a recorder, read without reading the rest. */
export async function readSamples(reader: ClipReader, options: SampleOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const { startBytes, endBytes } of sampleRanges(reader.sizeBytes)) {
    const part = new Uint8Array(endBytes - startBytes);
    const lengthBytes = await withinStallTimeout(
      reader.read(part, startBytes, options.signal),
      options.stallTimeoutMs,
      options.clipName,
      options.signal,
    );
    parts.push(part.subarray(0, lengthBytes));
  }
  return Buffer.concat(parts);
}
