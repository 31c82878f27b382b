import { describe, expect, test } from 'vitest';
import type { AccessUnit } from './access-unit.ts';
import { parseDescription } from './description/parse-description.ts';
import { StreamAssembler } from './stream-assembler.ts';
import type { StreamLoss, StreamReset } from './stream-listener.ts';
import { rtp } from './testing/rtp.ts';

const h264 = ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000'].join('\r\n');

/** What a stream of packets, one a millisecond, comes to. */
function assemble(sdp: string, packets: readonly Buffer[]) {
  const description = parseDescription(sdp);
  const [track] = description.tracks;
  if (track === undefined) throw new Error('no track');
  const units: AccessUnit[] = [];
  const losses: StreamLoss[] = [];
  const resets: StreamReset[] = [];
  const assembler = new StreamAssembler(description, {
    onUnit: (unit) => units.push(unit),
    onLoss: (loss) => losses.push(loss),
    onReset: (reset) => resets.push(reset),
  });
  packets.forEach((packet, index) => {
    assembler.take(track, packet, { atMs: 1000 + index, sentNotBeforeMs: null });
  });
  return { units, losses, resets, assembler, track };
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('H.264', () => {
  test('an IDR picture in fragments behind its aggregated parameter sets is one key frame', () => {
    const { units } = assemble(h264, [
      rtp({ sequence: 1, payload: hex('78 0004 67 42c01e 0002 68 ce') }),
      rtp({ sequence: 2, payload: hex('7c 85 88aa') }),
      rtp({ sequence: 3, marker: true, payload: hex('7c 45 bbcc') }),
    ]);
    expect(units.map(({ data, isKeyFrame, isWhole }) => ({ data, isKeyFrame, isWhole }))).toEqual([
      { data: [hex('6742c01e'), hex('68ce'), hex('65 88aa bbcc')], isKeyFrame: true, isWhole: true },
    ]);
  });
});
