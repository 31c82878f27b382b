/** One picture in shades of grey. */
export interface GreyFrame {
  width: number;
  height: number;
  /** One byte a pixel, row by row. */
  pixels: Uint8Array;
}

const header = /^P5\s(\d{1,5})\s(\d{1,5})\s255\s/u;
const longestHeader = 32;

/** The pictures of a stream of binary PGM images (Netpbm `P5`), as ffmpeg writes them; what is cut off is left out. */
export function readFrames(stream: Uint8Array): GreyFrame[] {
  const frames: GreyFrame[] = [];
  for (let offset = 0; offset < stream.length; ) {
    const head = Buffer.from(
      stream.buffer,
      stream.byteOffset + offset,
      Math.min(longestHeader, stream.length - offset),
    );
    const [matched, width = '', height = ''] = header.exec(head.toString('latin1')) ?? [];
    if (matched === undefined) return frames;
    const from = offset + matched.length;
    const size = Number(width) * Number(height);
    if (size === 0 || from + size > stream.length) return frames;
    frames.push({ width: Number(width), height: Number(height), pixels: stream.subarray(from, from + size) });
    offset = from + size;
  }
  return frames;
}
