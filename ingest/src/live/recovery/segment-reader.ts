import type { FileHandle } from 'node:fs/promises';
import { type ReferenceTime, readReferenceTime } from '../fragmented-mp4/reference-time.ts';

/** What of a segment’s file stands whole, and what it tells of itself. */
export interface ReadSegment {
  /** Up to the end of its last whole part. */
  wholeBytes: number;
  /** What lies behind that: the part that was being written. */
  tornBytes: number;
  parts: number;
  /** When each part arrived. */
  references: ReferenceTime[];
  /** By track id: units, the time of the first, and where the last one ends, in ticks of the track from the file's beginning. */
  tracks: Map<number, { units: number; fromTicks: number; endTicks: number }>;
}

interface Box {
  type: string;
  from: number;
  sizeBytes: number;
}

/** A run of samples of one track, as a movie fragment tells it (ISO/IEC 14496-12 §8.8). */
interface Run {
  trackId: number;
  fromTicks: number;
  sizes: number[];
  durations: number[];
}

interface Part {
  endBytes: number;
  reference: ReferenceTime | null;
  runs: Run[];
  mediaFrom: number;
}

const mostBytesInBox = 16 * 1024 * 1024;

/**
 * Reads the boxes of a segment (ISO/IEC 14496-12 §4.2) until the first that is not whole. The last part counts only if its
 * pictures are what their lengths say: after a power cut a file may be as long as it should be, and empty at the end.
 * `videoTracks`: ids of tracks whose samples are NAL units.
 */
export async function readSegment(
  handle: FileHandle,
  videoTracks: ReadonlySet<number>,
): Promise<ReadSegment> {
  const { size } = await handle.stat();
  const parts = await readParts(handle, size);
  while (parts.length > 0 && !(await isMediaWhole(handle, parts.at(-1) as Part, videoTracks))) parts.pop();
  const wholeBytes = parts.at(-1)?.endBytes ?? 0;
  const tracks: ReadSegment['tracks'] = new Map();
  for (const { runs } of parts) for (const run of runs) addRun(tracks, run);
  return {
    wholeBytes,
    tornBytes: size - wholeBytes,
    parts: parts.length,
    references: parts.flatMap(({ reference }) => reference ?? []),
    tracks,
  };
}

async function readParts(handle: FileHandle, size: number): Promise<Part[]> {
  const parts: Part[] = [];
  let hasMovie = false;
  let reference: ReferenceTime | null = null;
  let runs: Run[] | null = null;
  for (let at = 0; at < size; ) {
    const box = await boxAt(handle, at, size);
    if (box === null) break;
    if (box.type === 'moov') hasMovie = true;
    if (box.type === 'prft') reference = readReferenceTime(await contentOf(handle, box));
    if (box.type === 'moof') runs = readRuns(await contentOf(handle, box));
    at += box.sizeBytes;
    if (box.type !== 'mdat') continue;
    if (!hasMovie || runs === null) break;
    parts.push({ endBytes: at, reference, runs, mediaFrom: box.from + 8 });
    runs = null;
    reference = null;
  }
  return parts;
}

/** `null` where no whole box of ours stands. */
async function boxAt(handle: FileHandle, from: number, size: number): Promise<Box | null> {
  const head = Buffer.alloc(8);
  const { bytesRead } = await handle.read(head, 0, 8, from);
  if (bytesRead < 8) return null;
  const sizeBytes = head.readUInt32BE(0);
  const type = head.toString('latin1', 4, 8);
  const isOurs = ['ftyp', 'moov', 'prft', 'moof', 'mdat'].includes(type);
  return isOurs && sizeBytes >= 8 && from + sizeBytes <= size ? { type, from, sizeBytes } : null;
}

async function contentOf(handle: FileHandle, { from, sizeBytes }: Box): Promise<Buffer> {
  const content = Buffer.alloc(Math.min(sizeBytes - 8, mostBytesInBox));
  await handle.read(content, 0, content.length, from + 8);
  return content;
}

/** The runs of a `moof`, written as `fragment` writes them; empty where it is none of those. */
function readRuns(movieFragment: Buffer): Run[] {
  const runs: Run[] = [];
  for (const { type, content } of boxesIn(movieFragment)) {
    if (type !== 'traf') continue;
    const inner = new Map(boxesIn(content).map((box) => [box.type, box.content]));
    const [header, time, samples] = [inner.get('tfhd'), inner.get('tfdt'), inner.get('trun')];
    if (header === undefined || time === undefined || samples === undefined) continue;
    if (header.length < 8 || time.length < 12 || samples.length < 12) continue;
    runs.push({
      trackId: header.readUInt32BE(4),
      fromTicks: Number(time.readBigUInt64BE(4)),
      ...readSamples(samples),
    });
  }
  return runs;
}

function readSamples(run: Buffer): { sizes: number[]; durations: number[] } {
  const hasOffsets = (run.readUInt32BE(0) & 0x800) !== 0;
  const count = run.readUInt32BE(4);
  const rowBytes = hasOffsets ? 16 : 12;
  const sizes: number[] = [];
  const durations: number[] = [];
  for (let at = 12; at + rowBytes <= run.length && sizes.length < count; at += rowBytes) {
    durations.push(run.readUInt32BE(at));
    sizes.push(run.readUInt32BE(at + 4));
  }
  return { sizes, durations };
}

function boxesIn(content: Buffer): { type: string; content: Buffer }[] {
  const boxes: { type: string; content: Buffer }[] = [];
  for (let at = 0; at + 8 <= content.length; ) {
    const sizeBytes = content.readUInt32BE(at);
    if (sizeBytes < 8 || at + sizeBytes > content.length) break;
    boxes.push({
      type: content.toString('latin1', at + 4, at + 8),
      content: content.subarray(at + 8, at + sizeBytes),
    });
    at += sizeBytes;
  }
  return boxes;
}

/** True where every picture consists of NAL units that fill it exactly, none of them empty. */
async function isMediaWhole(
  handle: FileHandle,
  { runs, mediaFrom, endBytes }: Part,
  videoTracks: ReadonlySet<number>,
): Promise<boolean> {
  const media = Buffer.alloc(Math.min(endBytes - mediaFrom, mostBytesInBox));
  const { bytesRead } = await handle.read(media, 0, media.length, mediaFrom);
  if (bytesRead < media.length) return false;
  let at = 0;
  for (const { trackId, sizes } of runs) {
    for (const sizeBytes of sizes) {
      const sample = media.subarray(at, at + sizeBytes);
      at += sizeBytes;
      if (videoTracks.has(trackId) && !isFilledByNalUnits(sample)) return false;
    }
  }
  return at === endBytes - mediaFrom;
}

function isFilledByNalUnits(sample: Buffer): boolean {
  let at = 0;
  while (at + 4 < sample.length) {
    const lengthBytes = sample.readUInt32BE(at);
    if (lengthBytes === 0) return false;
    at += 4 + lengthBytes;
  }
  return at === sample.length;
}

function addRun(tracks: ReadSegment['tracks'], { trackId, fromTicks, durations }: Run): void {
  const endTicks = durations.reduce((sum, duration) => sum + duration, fromTicks);
  const known = tracks.get(trackId);
  tracks.set(trackId, {
    units: (known?.units ?? 0) + durations.length,
    fromTicks: known?.fromTicks ?? fromTicks,
    endTicks: Math.max(known?.endTicks ?? 0, endTicks),
  });
}
