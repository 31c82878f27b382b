/**
 * FLAC (RFC 9639) without compression: samples as they are, in frames a browser plays from MP4. One channel of 16 bits.
 * What G.711 becomes, which browsers do not play there.
 */
export function flacFrame(samples: Int16Array, firstSample: number, sampleRateHz: number): Buffer {
  const head = [
    // Synchronisation, and blocks of any size.
    0xff,
    0xf9,
    // The block size and the sample rate follow in 16 bits each; one channel; 16 bits a sample.
    0x7d,
    0x08,
    ...codedNumber(firstSample % mostNumber),
    ...twoBytes(samples.length - 1),
    ...twoBytes(sampleRateHz),
  ];
  const bytes = Buffer.alloc(head.length + 2 + 2 * samples.length + 2);
  bytes.set(head);
  bytes.writeUInt8(crc8(head), head.length);
  const verbatim = 0x02;
  let at = bytes.writeUInt8(verbatim, head.length + 1);
  for (const sample of samples) at = bytes.writeInt16BE(sample, at);
  bytes.writeUInt16BE(crc16(bytes.subarray(0, at)), at);
  return bytes;
}

/** What a decoder reads before the first frame (RFC 9639 §8.2). */
export function flacStreamInfo(sampleRateHz: number): Buffer {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(16, 0);
  info.writeUInt16BE(65_535, 2);
  const bitsLessOne = 15;
  // Rate in 20 bits, channels less one in 3, bits less one in 5; the length stays unknown.
  info.writeUInt32BE(sampleRateHz * 4_096 + bitsLessOne * 16, 10);
  return info;
}

function twoBytes(value: number): [number, number] {
  return [(value >> 8) & 0xff, value & 0xff];
}

/** Decoders read 31 bits, though 36 may be written. In MP4 nothing hangs on the number: it may run around. */
const mostNumber = 2 ** 31;

/** A number of up to 31 bits, coded as UTF-8 codes characters (RFC 9639 §9.1.5). */
function codedNumber(value: number): number[] {
  if (value < 0x80) return [value];
  const rest: number[] = [];
  let left = value;
  // A head before n bytes of 6 bits has n + 1 ones, a zero, and room for 6 − n bits.
  do {
    rest.unshift(0x80 | (left % 64));
    left = Math.floor(left / 64);
  } while (left >= 2 ** (6 - rest.length));
  const ones = (0xff00 >> (rest.length + 1)) & 0xff;
  return [ones | left, ...rest];
}

function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 0x80) === 0 ? (crc << 1) & 0xff : ((crc << 1) ^ 0x07) & 0xff;
  }
  return crc;
}

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x8005;
  return crc & 0xffff;
});

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (crc16Table[(crc >> 8) ^ byte] ?? 0);
  return crc;
}
