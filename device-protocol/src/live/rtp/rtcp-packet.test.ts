import { describe, expect, test } from 'vitest';
import { buildGoodbye, buildReceiverReport, buildSenderReport } from './build-rtcp.ts';
import { ntpOfUnixMs, unixMsOfNtp } from './ntp-time.ts';
import { parseRtcp } from './rtcp-packet.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('NTP time', () => {
  test.each([
    ['1970', { seconds: 2_208_988_800, fraction: 0 }, 0],
    ['half a second later', { seconds: 2_208_988_800, fraction: 0x8000_0000 }, 500],
    [
      'the last second of the first era',
      { seconds: 0xffff_ffff, fraction: 0 },
      Date.UTC(2036, 1, 7, 6, 28, 15),
    ],
    ['the first second of the next', { seconds: 0, fraction: 0 }, Date.UTC(2036, 1, 7, 6, 28, 16)],
  ])('%s', (_, ntp, unixMs) => {
    expect(unixMsOfNtp(ntp)).toBe(unixMs);
    expect(ntpOfUnixMs(unixMs)).toEqual(ntp);
  });
});

/** RFC 3550 §6.4.1: a sender report with a block, then the sender's name. */
const compound = hex(
  '81 c8 000c 11223344' +
    'e8a1b2c3 40000000 00015f90 0000000a 00000bb8' +
    'aabbccdd 40 fffffe 00010005 0000001e b2c34000 00018000' +
    '81 ca 0003 11223344 01 03 63616d 00 0000',
);

const block = {
  ssrc: 0xaabb_ccdd,
  fractionLost: 64,
  packetsLost: -2,
  highestSequence: 0x1_0005,
  jitterTicks: 30,
  lastSenderReport: 0xb2c3_4000,
  delaySinceLastSenderReport: 0x1_8000,
};

test('a compound packet is read packet by packet', () => {
  expect(parseRtcp(compound)).toEqual([
    {
      kind: 'sender-report',
      ssrc: 0x1122_3344,
      report: {
        ssrc: 0x1122_3344,
        ntpMs: (0xe8a1_b2c3 - 2_208_988_800) * 1000 + 250,
        rtpTimestamp: 90_000,
        packetsSent: 10,
        bytesSent: 3000,
      },
      ntpMiddle: 0xb2c3_4000,
      blocks: [block],
    },
    { kind: 'source-description', ssrc: 0x1122_3344, canonicalName: 'cam' },
  ]);
});

test('a sender without a wall clock gives no report', () => {
  const report = hex('80 c8 0006 11223344 00000000 00000000 00015f90 0000000a 00000bb8');
  expect(parseRtcp(report)).toMatchObject([{ kind: 'sender-report', report: null }]);
});

test('a goodbye stands alone (RFC 5506), unknown packets are passed over', () => {
  const bytes = hex('80 cc 0002 11223344 41424344 82 cb 0004 11223344 55667788 05 6c617465 72 0000');
  expect(parseRtcp(bytes)).toEqual([{ kind: 'goodbye', ssrcs: [0x1122_3344, 0x5566_7788], reason: 'later' }]);
});

test('what follows a length that cannot be true is left', () => {
  expect(parseRtcp(Buffer.concat([compound, hex('80 c9 0005 11223344')]))).toHaveLength(2);
  expect(parseRtcp(hex('80 c8 0001 11223344'))).toEqual([]);
});

test('our receiver report is written as the standard draws it', () => {
  expect(buildReceiverReport({ ssrc: 1, canonicalName: 'docket' }, [block])).toEqual(
    hex(
      '81 c9 0007 00000001 aabbccdd 40 fffffe 00010005 0000001e b2c34000 00018000' +
        '81 ca 0004 00000001 01 06 646f636b6574 00 000000',
    ),
  );
});

test('a sender report says what was read', () => {
  const report = {
    ssrc: 7,
    ntpMs: 1_767_323_045_125,
    rtpTimestamp: 0xffff_ffff,
    packetsSent: 3,
    bytesSent: 9,
  };
  expect(parseRtcp(buildSenderReport(report, '执法'))).toMatchObject([
    { kind: 'sender-report', report },
    { kind: 'source-description', ssrc: 7, canonicalName: '执法' },
  ]);
});

test('a goodbye of ours is a compound packet', () => {
  expect(parseRtcp(buildGoodbye({ ssrc: 9, canonicalName: 'x' })).map(({ kind }) => kind)).toEqual([
    'receiver-report',
    'source-description',
    'goodbye',
  ]);
});
