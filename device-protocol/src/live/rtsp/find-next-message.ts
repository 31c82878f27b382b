/** Bytes that must be seen before a place can be judged: `$`, channel, length, and the first two of RTP. */
const judgedBytes = 7;

/** Bytes at the end of a chunk in which a beginning may hide. */
export const lookBackBytes = judgedBytes - 1;

const dollar = 0x24;
const answer = Buffer.from('RTSP/1.');

/**
 * Where in bytes of unknown meaning the next frame or answer seems to begin, or `null`. A frame must carry what looks
 * like RTP or RTCP version 2 (RFC 3550 §5.1), so that a `$` in coded video is rarely taken for one.
 */
export function findFrameOrAnswer(bytes: Buffer): number | null {
  for (let at = 0; at + judgedBytes <= bytes.length; at += 1) {
    if (bytes[at] === dollar ? isFrame(bytes, at) : isAnswer(bytes, at)) return at;
  }
  return null;
}

function isFrame(bytes: Buffer, at: number): boolean {
  const channel = bytes[at + 1] ?? 0;
  const sizeBytes = bytes.readUInt16BE(at + 2);
  return channel < 32 && sizeBytes >= 8 && (bytes[at + 4] ?? 0) >> 6 === 2;
}

function isAnswer(bytes: Buffer, at: number): boolean {
  return bytes[at] === answer[0] && bytes.subarray(at, at + answer.length).equals(answer);
}
