import { describe, expect, test } from 'vitest';
import type { AccessUnit } from './access-unit.ts';
import { assemble, media } from './testing/assemble.ts';
import { rtp } from './testing/rtp.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const shown = (units: readonly AccessUnit[]) =>
  units.map(({ data, isKeyFrame, isWhole }) => ({
    data: data.map((part) => part.toString('hex')),
    isKeyFrame,
    isWhole,
  }));
const whole = (...data: string[]) => ({ data, isKeyFrame: false, isWhole: true });
const key = (...data: string[]) => ({ data, isKeyFrame: true, isWhole: true });
const torn = (...data: string[]) => ({ data, isKeyFrame: false, isWhole: false });

/** Packets of one payload each; `|` ends a picture with the marker, otherwise the time goes on with `/`. */
function packets(text: string, firstSequence = 1): Buffer[] {
  let timestamp = 0;
  return text.split(/\s+/u).flatMap((word, index) => {
    if (word.startsWith('/')) timestamp += 3000;
    const payload = hex(word.replaceAll(/[/|]/gu, ''));
    const packet = rtp({ sequence: firstSequence + index, timestamp, payload, marker: word.endsWith('|') });
    if (word.endsWith('|')) timestamp += 3000;
    return [packet];
  });
}

describe('H.264 (RFC 6184)', () => {
  const units = (text: string) => shown(assemble(media.h264, packets(text)).units);

  test('aggregated parameter sets and an IDR slice in fragments are one key frame', () => {
    expect(units('7800046742c01e000268ce 7c8588aa 7c05bb 7c45cc|')).toEqual([
      key('6742c01e', '68ce', '6588aabbcc'),
    ]);
  });

  test('a sender that forgets the marker: the time stamp ends the picture', () => {
    expect(units('6180aa /6180bb /6180cc')).toEqual([whole('6180aa'), whole('6180bb')]);
  });

  test('a sender that marks its parameter sets: they go with the picture', () => {
    const marked = ['6742c01e', '68ce', '6588aa'].map((payload, index) =>
      rtp({ sequence: index, timestamp: 5, payload: hex(payload), marker: true }),
    );
    expect(shown(assemble(media.h264, marked).units)).toEqual([key('6742c01e', '68ce', '6588aa')]);
  });

  test('a sender that marks each slice is found out by its second slice', () => {
    const slices = ['6180a1', '6140a2', '6180b1', '6140b2', '6180c1'].map((payload, index) =>
      rtp({ sequence: index, timestamp: Math.floor(index / 2) * 3000, payload: hex(payload), marker: true }),
    );
    expect(shown(assemble(media.h264, slices).units)).toEqual([
      whole('6180a1'),
      torn('6140a2'),
      whole('6180b1', '6140b2'),
    ]);
  });

  test('pictures lost whole are told by the next, where delimiters show that it is whole itself', () => {
    // A delimiter and a slice in one packet (STAP-A), one packet a picture.
    const sent = packets(
      '7800020910000361808a| 7800020910000361808b| 7800020910000361808c| 7800020910000361808d|',
    );
    const { units: received } = assemble(
      media.h264,
      sent.filter((_, index) => index !== 1 && index !== 2),
      { atMs: (index) => index * 200, isEnded: true },
    );
    expect(received.map(({ isWhole, lostPackets }) => ({ isWhole, lostPackets }))).toEqual([
      { isWhole: true, lostPackets: 0 },
      { isWhole: true, lostPackets: 2 },
    ]);
  });

  test('interleaved modes are counted, and what came with them is marked', () => {
    const out = assemble(media.h264, packets('6180aa 790001 1a00 1b00 7d85 6140bb|'));
    expect(shown(out.units)).toEqual([torn('6180aa', '6140bb')]);
    expect(out.counts).toMatchObject({ unsupported: 4 });
  });

  test.each([
    ['an aggregate past its end', '780009 6742c01e'],
    ['a fragment without its first', '7c05aa'],
    ['a fragment without a head', '7c'],
    ['a payload of nothing', ''],
    ['a type that is none', '00aa'],
  ])('%s is counted', (_, payload) => {
    const out = assemble(media.h264, [rtp({ sequence: 1, payload: hex(payload), marker: true })], {
      isEnded: true,
    });
    expect(out.counts).toMatchObject({ broken: 1, units: 0 });
  });

  test('a recovery point is no key frame, and told', () => {
    const out = assemble(media.h264, packets('0606018480 6180aa|'));
    expect(shown(out.units)).toEqual([whole('0606018480', '6180aa')]);
    expect(out.counts).toMatchObject({ recoveryPoints: 1, keyFrames: 0 });
  });

  test('a picture past all measure ends at 8 MiB', () => {
    const body = Buffer.alloc(60_000, 0x11);
    const fragments = Array.from({ length: 200 }, (_, index) =>
      rtp({ sequence: index, payload: Buffer.concat([hex(index === 0 ? '7c81' : '7c01'), body]) }),
    );
    const slices = Array.from({ length: 200 }, (_, index) =>
      rtp({ sequence: 200 + index, payload: Buffer.concat([hex(index === 0 ? '6180' : '6140'), body]) }),
    );
    const { units, counts } = assemble(media.h264, [...fragments, ...slices], { isEnded: true });
    const sizes = units.map(({ data }) => data.reduce((sum, { length }) => sum + length, 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(units.every(({ isWhole }) => !isWhole)).toBe(true);
    expect(counts).toMatchObject({ oversized: 1 });
  });
});

describe('H.265 (RFC 7798)', () => {
  test('aggregated parameter sets and an IRAP slice in fragments are one key frame', () => {
    const { units } = assemble(
      media.h265,
      packets('6001000440010c01000342010100034401c1 620193afaa 620113bb 620153cc|'),
    );
    expect(shown(units)).toEqual([key('40010c01', '420101', '4401c1', '2601afaabbcc')]);
  });

  test('decoding order numbers are read over where the description tells of them', () => {
    const sdp = `${media.h265}a=fmtp:96 sprop-max-don-diff=2\r\n`;
    const { units } = assemble(
      sdp,
      packets('26010001afaa 6001000200030201d1000003020151 620181000580 620141ee|'),
    );
    expect(shown(units)).toEqual([key('2601afaa', '0201d1', '020151', '020180ee')]);
  });

  test('PACI packets are counted', () => {
    expect(assemble(media.h265, packets('64010000aa|')).counts).toMatchObject({ unsupported: 1 });
  });
});

describe('AAC as MPEG4-GENERIC (RFC 3640)', () => {
  // AU-headers-length 32 bits: sizes 3 and 2 in 13 bits, index 0 in 3.
  const two = '0020 0018 0010 aabbcc ddee';

  test('several frames a packet, each at its own time', () => {
    const { units } = assemble(media.aac, [
      rtp({ sequence: 1, timestamp: 0xffff_ff00, payload: hex(two), marker: true }),
    ]);
    expect(shown(units)).toEqual([key('aabbcc'), key('ddee')]);
    expect(units.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual([0xffff_ff00, 768]);
    expect(units.map(({ mediaTicks }) => mediaTicks)).toEqual([0xffff_ff00, 0xffff_ff00 + 1024]);
  });

  test('a frame in several packets', () => {
    expect(shown(assemble(media.aac, packets('00100028aabb 00100028cc 00100028ddee|')).units)).toEqual([
      key('aabbccddee'),
    ]);
  });

  test('a frame cut short by a lost packet is marked, its end left out', () => {
    const [first, , third] = packets('00100028aabb 00100028cc 00100028ddee|');
    const next = rtp({ sequence: 4, timestamp: 3000, payload: hex('00100008ff'), marker: true });
    const { units, losses } = assemble(
      media.aac,
      [first, third, next].filter((packet) => packet !== undefined),
      {
        atMs: (index) => index * 200,
        isEnded: true,
      },
    );
    expect(shown(units)).toEqual([{ ...torn('aabb'), isKeyFrame: true }, key('ff')]);
    expect(losses.map((loss) => loss.packets)).toEqual([1]);
  });

  test('interleaved frames are counted', () => {
    const payload = hex('0020 0018 0011 aabbcc ddee');
    expect(assemble(media.aac, [rtp({ sequence: 1, payload })]).counts).toMatchObject({
      unsupported: 1,
      units: 0,
    });
  });

  test('a description without a config is taken for AAC-LC at its rate', () => {
    const { format } = assemble('m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000/1\r\n', []);
    expect(format).toMatchObject({
      sampleRateHz: 16_000,
      channels: 1,
      samplesPerFrame: 1024,
      config: hex('1408'),
    });
  });

  test('spectral band replication: twice the samples at twice the rate', () => {
    const sdp =
      'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/44100/2\r\na=fmtp:97 mode=AAC-hbr;config=2b920800\r\n';
    const { units, format } = assemble(sdp, [rtp({ sequence: 1, payload: hex(two), payloadType: 97 })]);
    expect(format).toMatchObject({ sampleRateHz: 44_100, samplesPerFrame: 2048 });
    expect(units.map(({ mediaTicks }) => mediaTicks)).toEqual([0, 2048]);
  });
});

describe('AAC as MP4A-LATM (RFC 6416) with its config in band', () => {
  const sdp = 'm=audio 0 RTP/AVP 96\r\na=rtpmap:96 MP4A-LATM/44100/2\r\na=fmtp:96 cpresent=1\r\n';

  test('frames lie shifted by a bit, the config is told', () => {
    // useSameStreamMux 0, then StreamMuxConfig 0 1 000000 0000 000, AAC-LC 44.1 kHz stereo, type 000, fullness, two flags.
    const bits = `0${'0'}1${'000000'}${'0000'}${'000'}${'00010'}${'0100'}${'0010'}${'000'}${'000'}${'11111111'}${'0'}${'0'}`;
    const element = packed(`${bits}${'00000011'}${'10101010'}${'10111011'}${'11001100'}`);
    const same = packed(`1${'00000001'}${'11011101'}`);
    const { units, format } = assemble(sdp, [
      rtp({ sequence: 1, payload: element, marker: true }),
      rtp({ sequence: 2, payload: same, marker: true, timestamp: 1024 }),
    ]);
    expect(shown(units)).toEqual([key('aabbcc'), key('dd')]);
    expect(format).toMatchObject({ sampleRateHz: 44_100, channels: 2, config: hex('1210') });
  });

  function packed(bits: string): Buffer {
    const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/gu) ?? [];
    return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  }
});

describe('parameter sets', () => {
  const told = `${media.h264}a=fmtp:96 sprop-parameter-sets=Z0LACtsEJk+Q,aM4yyA==\r\n`;

  test('those of the description hold until the stream brings others', () => {
    const changed = 'Z0LACtsEJk+Q';
    const sps = `${Buffer.from(changed, 'base64').toString('hex')}01`;
    const { units } = assemble(told, packets(`6588aa| ${sps} 6588bb| 6180cc|`));
    const [first, second, third] = units.map(({ format }) => format);
    expect(first).toMatchObject({ sequenceParameterSets: [Buffer.from(changed, 'base64')] });
    expect(second).toMatchObject({ sequenceParameterSets: [hex(sps)] });
    expect(third).toBe(second);
  });

  test('the same ones again change nothing', () => {
    const { units } = assemble(told, packets('6742c00adb04264f90 68ce32c8 6588aa| 6180bb|'));
    expect(units[0]?.format).toBe(units[1]?.format);
  });
});

describe('time and order', () => {
  const frame = (sequence: number, timestamp: number, more: { ssrc?: number } = {}) =>
    rtp({ sequence, timestamp, payload: hex('6180aa'), marker: true, ...more });

  test('media time goes on round the end of 32 bits, and back for pictures out of order', () => {
    const { units, resets } = assemble(media.h264, [
      frame(1, 0xffff_f000),
      frame(2, 0xffff_f000 + 6000),
      frame(3, 0xffff_f000 + 3000),
    ]);
    expect(units.map(({ mediaTicks }) => mediaTicks - 0xffff_f000)).toEqual([0, 6000, 3000]);
    expect(resets).toEqual([]);
  });

  test('an arrival is that of the last packet, proven by the first', () => {
    const { units } = assemble(media.h264, packets('7c8188 7c01aa 7c41bb|'), { atMs: (index) => index * 10 });
    expect(units.map(({ arrival }) => arrival)).toEqual([{ atMs: 20, sentNotBeforeMs: -500 }]);
  });

  test('a sender that restarts goes on in media time by as much as passed', () => {
    const { units, resets } = assemble(
      media.h264,
      [frame(1, 90_000), frame(700, 5, { ssrc: 9 }), frame(701, 3005, { ssrc: 9 })],
      { atMs: (index) => (index === 0 ? 0 : 2000 + index) },
    );
    expect(resets.map(({ kind }) => kind)).toEqual(['source']);
    expect(units.map(({ mediaTicks }) => mediaTicks)).toEqual([90_000, 90_000 + 180_090, 273_090]);
    expect(units.map(({ rtpTimestamp }) => rtpTimestamp)).toEqual([90_000, 5, 3005]);
  });

  test('one packet of a stranger is no restart', () => {
    const { units, resets, counts } = assemble(media.h264, [
      frame(1, 0),
      frame(9000, 7, { ssrc: 9 }),
      frame(2, 3000),
    ]);
    expect([units.length, resets.length, counts.lostPackets]).toEqual([2, 0, 0]);
  });

  test('a sequence that begins anew is told once two packets agree', () => {
    const { units, resets } = assemble(media.h264, [frame(1, 0), frame(30_000, 3000), frame(30_001, 6000)]);
    expect(resets.map(({ kind }) => kind)).toEqual(['sequence']);
    expect(units.map(({ mediaTicks }) => mediaTicks)).toEqual([0, 3000, 6000]);
  });

  test('a media clock that jumps is told, and media time goes on', () => {
    const { units, resets } = assemble(media.h264, [
      frame(1, 0),
      frame(2, 90_000 * 60),
      frame(3, 90_000 * 60 + 90),
    ]);
    expect(resets.map(({ kind }) => kind)).toEqual(['timestamp']);
    expect(units.map(({ mediaTicks }) => mediaTicks)).toEqual([0, 90, 180]);
  });

  test('what was held up on its way is no jump', () => {
    const { resets } = assemble(media.h264, [frame(1, 0), frame(2, 3000)], {
      atMs: (index) => index * 60_000,
    });
    expect(resets).toEqual([]);
  });

  test('a missing packet is waited for as long as the bound says', () => {
    const late = [frame(1, 0), frame(3, 6000), frame(4, 9000)];
    const waiting = assemble(media.h264, late, { atMs: (index) => index * 10 });
    expect([waiting.units.length, waiting.losses]).toEqual([1, []]);
    const over = assemble(media.h264, late, { atMs: (index) => index * 101 });
    expect([over.units.length, over.losses.map(({ packets }) => packets)]).toEqual([3, [1]]);
  });

  test('no more packets wait than the bound says', () => {
    const behind = Array.from({ length: 129 }, (_, index) => frame(3 + index, 6000 + index * 3000));
    const out = assemble(media.h264, [frame(1, 0), ...behind], { atMs: () => 0 });
    expect([out.units.length, out.losses.length]).toEqual([130, 1]);
  });

  test('packets of another payload type are left out, unless the description named the wrong one', () => {
    const odd = (sequence: number) =>
      rtp({ sequence, timestamp: sequence * 3000, payload: hex('6180aa'), marker: true, payloadType: 99 });
    const mixed = assemble(media.h264, [frame(1, 0), odd(5), frame(2, 3000)]);
    expect([mixed.units.length, mixed.counts.foreignPackets]).toEqual([2, 1]);
    const wrong = assemble(
      media.h264,
      Array.from({ length: 40 }, (_, index) => odd(index)),
    );
    expect([wrong.units.length, wrong.counts.foreignPackets]).toEqual([8, 32]);
  });
});
