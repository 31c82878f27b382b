import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { runCommand } from '../run-command.ts';

/** One picture, ready to be sent over RTSP interleaved: its packets one behind the other. */
export interface PackedPicture {
  bytes: Buffer;
  /** Where each RTP packet begins, behind its four bytes of framing. */
  packetsAt: readonly number[];
  /** Where the number of the picture stands: 8 bytes. */
  numberAt: number;
}

export interface Film {
  pictures: readonly PackedPicture[];
  framesPerSecond: number;
  sdp: string;
}

export const framesPerSecond = 25;
/** By this a picture is known again, wherever it comes out: SEI of a user, unregistered (H.264 §D.1.7). */
export const pictureMark = Buffer.from('446f636b657462656e63686c69766521', 'hex');
const mostPayloadBytes = 1_400;

export interface FilmOptions {
  size: string;
  seconds: number;
  kilobitsPerSecond: number;
}

const usualFilm: FilmOptions = { size: '1920x1080', seconds: 8, kilobitsPerSecond: 4_000 };

/** Encodes a film of 1080p25 at 4 Mbit/s unless told otherwise, with a key frame every two seconds. */
export async function encodeFilm(file: string, options: FilmOptions = usualFilm): Promise<void> {
  const { size, seconds, kilobitsPerSecond } = options;
  const rate = `${kilobitsPerSecond}k`;
  const source = `testsrc2=size=${size}:rate=${framesPerSecond}:duration=${seconds}`;
  await runCommand([
    ...['ffmpeg', '-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', `${source},noise=alls=12:allf=t`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', String(2 * framesPerSecond)],
    ...['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', `${kilobitsPerSecond / 4}k`],
    ...['-x264-params', 'slices=1:sliced-threads=0:aud=0:nal-hrd=cbr', '-f', 'h264', file],
  ]);
}

/** The pictures of an encoded film, each with a mark and a place for its number. */
export async function readFilm(file: string): Promise<Film> {
  const units = splitUnits(await readFile(file));
  const pictures: PackedPicture[] = [];
  let before: Buffer[] = [];
  for (const unit of units) {
    const type = unit.readUInt8(0) & 0x1f;
    // Filler brings the rate up to what was asked for, and comes behind its picture.
    if (type === 1 || type === 5) {
      pictures.push(packPicture([...before, markUnit(), unit]));
      before = [];
    } else if (type !== 12) before.push(unit);
  }
  const sets = units.filter((unit) => [7, 8].includes(unit.readUInt8(0) & 0x1f)).slice(0, 2);
  return { pictures, framesPerSecond, sdp: describe(sets) };
}

function splitUnits(stream: Buffer): Buffer[] {
  const units: Buffer[] = [];
  const startCode = Buffer.from([0, 0, 1]);
  let begin = stream.indexOf(startCode) + startCode.length;
  while (begin < stream.length) {
    const next = stream.indexOf(startCode, begin);
    let end = next === -1 ? stream.length : next;
    while (end > begin && stream[end - 1] === 0) end -= 1;
    units.push(stream.subarray(begin, end));
    if (next === -1) break;
    begin = next + startCode.length;
  }
  return units;
}

function markUnit(): Buffer {
  // Bytes that never make a start code of the number: each is told with its highest bit set.
  return Buffer.concat([
    Buffer.from([6, 5, pictureMark.length + 8]),
    pictureMark,
    Buffer.alloc(8, 0x80),
    Buffer.from([0x80]),
  ]);
}

function packPicture(units: readonly Buffer[]): PackedPicture {
  const packets = units.flatMap((unit, index) =>
    payloadsOf(unit).map((payload, part, all) => ({
      payload,
      isLast: index === units.length - 1 && part === all.length - 1,
    })),
  );
  const packetsAt: number[] = [];
  const parts: Buffer[] = [];
  let position = 0;
  for (const { payload, isLast } of packets) {
    const head = Buffer.alloc(16);
    head.writeUInt8(0x24, 0);
    head.writeUInt16BE(12 + payload.length, 2);
    head.writeUInt16BE(0x8060 | (isLast ? 0x80 : 0), 4);
    packetsAt.push(position + 4);
    parts.push(head, payload);
    position += head.length + payload.length;
  }
  const bytes = Buffer.concat(parts);
  return { bytes, packetsAt, numberAt: bytes.indexOf(pictureMark) + pictureMark.length };
}

/** RFC 6184 §5.6 and §5.8. */
function payloadsOf(unit: Buffer): Buffer[] {
  if (unit.length <= mostPayloadBytes) return [unit];
  const first = unit.readUInt8(0);
  const payloads: Buffer[] = [];
  for (let position = 1; position < unit.length; position += mostPayloadBytes) {
    const isLast = position + mostPayloadBytes >= unit.length;
    const flags = (position === 1 ? 0x80 : 0) | (isLast ? 0x40 : 0);
    const head = Buffer.from([(first & 0xe0) | 28, flags | (first & 0x1f)]);
    payloads.push(Buffer.concat([head, unit.subarray(position, position + mostPayloadBytes)]));
  }
  return payloads;
}

function describe(sets: readonly Buffer[]): string {
  const sprop = sets.map((set) => set.toString('base64')).join(',');
  const lines = [
    'v=0',
    `o=- ${randomBytes(4).readUInt32BE(0)} 1 IN IP4 127.0.0.1`,
    's=bench',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=video 0 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    `a=fmtp:96 packetization-mode=1;sprop-parameter-sets=${sprop}`,
    'a=control:trackID=0',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
