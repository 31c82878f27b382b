type PictureCodec = 'h264' | 'h265';

/** Slices, key slices, sequence parameter sets, aggregation (STAP-A) and fragmentation (FU-A): RFC 6184 §5.2. */
const h264Types: ReadonlySet<number> = new Set([1, 5, 7, 24, 28]);
const h264Fragment = 28;
const h264Fragmented: ReadonlySet<number> = new Set([1, 5, 7, 8]);

/**
 * Slices, parameter sets, delimiters, SEI, aggregation, fragmentation and PACI: RFC 7798 §1.1.4 and §4.4. Without type 3, which
 * the SEI of H.264 looks like.
 */
const h265Types: ReadonlySet<number> = new Set([
  ...[0, 1, 2, 4, 5, 6, 7, 8, 9],
  ...[16, 17, 18, 19, 20, 21],
  ...[32, 33, 34, 35, 39, 40],
  ...[48, 49, 50],
]);

/**
 * The codec that the payload of a packet can only be of; `null` where it may be of either, or is of none. What speaks for one
 * never speaks for the other: the types above of H.264 are an odd first byte, which in H.265 is a layer past 31, or lie where
 * H.265 has reserved types; those of H.265 are types of H.264 that recorders do not send (data partitions), or bear no
 * second byte that is a header of the base layer.
 */
export function codecShownBy(payload: Buffer): PictureCodec | null {
  const [first, second] = payload;
  // The forbidden bit comes first in both.
  if (first === undefined || second === undefined || (first & 0x80) !== 0) return null;
  if (isH264(first, second)) return 'h264';
  return payload.length > 2 && isH265(first, second) ? 'h265' : null;
}

function isH264(first: number, second: number): boolean {
  const type = first & 0x1f;
  if (type !== h264Fragment) return h264Types.has(type);
  return (second & 0x20) === 0 && h264Fragmented.has(second & 0x1f);
}

/** Of the base layer: its number is 0, and the temporal one is told plus 1. */
function isH265(first: number, second: number): boolean {
  const isBaseLayer = (first & 1) === 0 && second >> 3 === 0 && (second & 0x07) !== 0;
  return isBaseLayer && h265Types.has(first >> 1);
}
