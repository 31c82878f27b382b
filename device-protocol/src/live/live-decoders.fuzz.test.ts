/** What a stranger sends as a live stream: every decoder answers, and keeps no more than its bounds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRecorderError } from '../errors.ts';
import { holdsAgainst } from '../testing/holds-against.ts';
import { mutatedBytes } from '../testing/mutated-bytes.ts';
import { parseDescription } from './description/parse-description.ts';
import { relayedDescription } from './description/relayed-description.ts';
import { buildReceiverReport } from './rtp/build-rtcp.ts';
import { ReceiveStatistics } from './rtp/receive-statistics.ts';
import { parseRtcp } from './rtp/rtcp-packet.ts';
import { parseRtp } from './rtp/rtp-packet.ts';
import { StreamAssembler } from './stream-assembler.ts';
import { media } from './testing/assemble.ts';
import { rtp } from './testing/rtp.ts';

const noError = () => false;
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const latm =
  'm=audio 0 RTP/AVP 96\r\na=rtpmap:96 MP4A-LATM/44100/2\r\na=fmtp:96 cpresent=0;config=40002420\r\n';
const inBand = 'm=audio 0 RTP/AVP 96\r\na=rtpmap:96 MP4A-LATM/44100/2\r\n';

const descriptions = [
  `v=0\r\na=control:*\r\n${media.h264}a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LACtsEJk+Q,aM4yyA==\r\na=control:trackID=0\r\n`,
  `v=0\r\n${media.h265}a=fmtp:96 sprop-vps=QAEMAf//;sprop-sps=QgEBBAgAAAMAnggAAAMAAD+QAUEB4ss=;sprop-pps=RAHBcrRiQA==;sprop-max-don-diff=1\r\n`,
  `${media.aac}m=audio 0 RTP/AVP 8\r\n${latm}m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n`,
].map((text) => Buffer.from(text));

test('descriptions', () => {
  const texts = fc.oneof(mutatedBytes(...descriptions), fc.uint8Array({ maxLength: 300 }));
  holdsAgainst(
    fc.tuple(texts, fc.string({ maxLength: 30 })),
    ([bytes, sessionName]) => {
      const sdp = Buffer.from(bytes).toString('utf8');
      const description = parseDescription(sdp, { baseUrl: 'rtsp://192.0.2.9/live' });
      expect(description.tracks.length + description.refused.length).toBeLessThanOrEqual(16);
      for (const track of description.tracks) expect(track.payloadType).toBeLessThanOrEqual(127);
      const told = relayedDescription(description, { sessionName, address: '192.0.2.1' });
      expect(told.match(/^m=/gmu)?.length ?? 0).toBe(description.tracks.length);
      expect(told.split('\r\n').every((line) => line === '' || /^[vosctma]=[^\r\n]*$/u.test(line))).toBe(
        true,
      );
      if (description.tracks.length > 0)
        expect(parseDescription(told).tracks.length).toBe(description.tracks.length);
      new StreamAssembler(description, { onUnit: () => {}, onLoss: () => {}, onReset: () => {} }).flush();
    },
    isRecorderError,
  );
});

test('RTP packets', () => {
  const sound = hex('b2e0fffe80000001deadbeef0000000100000002bede000111223344aabbcc000003');
  holdsAgainst(
    fc.oneof(mutatedBytes(sound), fc.uint8Array({ maxLength: 64 })),
    (bytes) => {
      const packet = parseRtp(Buffer.from(bytes));
      expect(packet?.payload.length ?? 0).toBeLessThanOrEqual(bytes.length);
      if (packet === null) return;
      const statistics = new ReceiveStatistics(90_000);
      statistics.take(packet, 0);
      statistics.take({ ...packet, sequenceNumber: bytes[0] ?? 0 }, 1e9);
      const block = statistics.report(2e9);
      expect(
        parseRtcp(buildReceiverReport({ ssrc: 1, canonicalName: 'x' }, block === null ? [] : [block])),
      ).toHaveLength(2);
    },
    noError,
  );
});

test('RTCP packets', () => {
  const sound = hex(
    '81c8000c11223344e8a1b2c34000000000015f900000000a00000bb8aabbccdd40fffffe000100050000001eb2c3400000018000' +
      '81ca00031122334401036 3616d00000082cb00041122334455667788056c6174657200 00'.replaceAll(' ', ''),
  );
  holdsAgainst(
    fc.oneof(mutatedBytes(sound), fc.uint8Array({ maxLength: 128 })),
    (bytes) => {
      expect(parseRtcp(Buffer.from(bytes)).length).toBeLessThanOrEqual(bytes.length);
    },
    noError,
  );
});

describe('streams', () => {
  const payloads = {
    h264: ['7800046742c01e000268ce', '7c8588aa', '7c05bb', '7c45cc', '6180aa', '790001', '0606018480'],
    h265: [
      '6001000440010c01000342010100034401c1',
      '620193afaa',
      '620113bb',
      '620153cc',
      '0201d1',
      '64010000aa',
    ],
    aac: ['002000180010aabbccddee', '00100028aabb', '00100028ccddee', '002000180011aabbccddee'],
    latm: ['03aabbcc', '01dd', 'ff03', '00'],
    inBand: ['2000121007f801d5dde6', '80ee80'],
    pcma: ['d5d5d5'],
  };
  const sdps = {
    h264: media.h264,
    h265: `${media.h265}a=fmtp:96 sprop-max-don-diff=1\r\n`,
    aac: media.aac,
    latm,
    inBand,
    pcma: 'm=audio 0 RTP/AVP 96\r\na=rtpmap:96 PCMA/8000\r\n',
  };

  test.each(Object.keys(payloads) as (keyof typeof payloads)[])('%s', (kind) => {
    const packet = fc
      .tuple(mutatedBytes(...payloads[kind].map(hex)), fc.nat(40), fc.nat(3), fc.boolean(), fc.nat(20))
      .map(([payload, sequence, time, marker, ssrc]) =>
        rtp({
          payload,
          sequence: 65_520 + sequence,
          timestamp: time * 3000,
          marker,
          ssrc: ssrc === 0 ? 2 : 1,
        }),
      );
    const anything = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    const description = parseDescription(sdps[kind]);
    const track = description.tracks[0];
    if (track === undefined) throw new Error('no track');
    holdsAgainst(
      fc.array(fc.oneof({ weight: 9, arbitrary: packet }, anything), { maxLength: 40 }),
      (packets) => {
        const received = packets.reduce((sum, { length }) => sum + length, 0);
        let given = 0;
        const assembler = new StreamAssembler(description, {
          onUnit: ({ data, mediaTicks }) => {
            expect(Number.isSafeInteger(mediaTicks)).toBe(true);
            expect(data.length).toBeGreaterThan(0);
            given += data.reduce((sum, { length }) => sum + length, 0);
          },
          onLoss: (loss) => expect(loss.packets).toBeGreaterThan(0),
          onReset: () => {},
        });
        packets.forEach((bytes, index) => {
          assembler.take(track, bytes, { atMs: index * 7, sentNotBeforeMs: null });
        });
        assembler.flush();
        // Each byte is given out once at most; a fragmented NAL unit has its header from the first fragment.
        expect(given).toBeLessThanOrEqual(received);
      },
      noError,
    );
  });
});
