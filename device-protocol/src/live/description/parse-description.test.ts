import { describe, expect, test } from 'vitest';
import { isRecorderError } from '../../errors.ts';
import { parseDescription } from './parse-description.ts';

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n`;
const only = (...media: string[]) => parseDescription(lines('v=0', ...media)).tracks[0];

/** As recorders of three makes write theirs. */
const aggregated = lines(
  'v=0',
  'o=- 1109162014219182 1109162014219192 IN IP4 192.0.2.9',
  's=Media Presentation',
  'e=NONE',
  'b=AS:5100',
  't=0 0',
  'a=control:rtsp://192.0.2.9:554/Streaming/Channels/101/',
  'm=video 0 RTP/AVP 96',
  'c=IN IP4 0.0.0.0',
  'b=AS:5000',
  'a=recvonly',
  'a=x-dimensions:1920,1080',
  'a=control:rtsp://192.0.2.9:554/Streaming/Channels/101/trackID=1',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z00AKY2NQDwBE/LCAAAOEAACvyAI,aO44gA==',
  'm=audio 0 RTP/AVP 8',
  'a=recvonly',
  'a=control:rtsp://192.0.2.9:554/Streaming/Channels/101/trackID=2',
  'a=Media_header:MEDIAINFO=494D4B48010300000400010010710110401F000000FA000000000000000000000000000000000000;',
  'm=application 0 RTP/AVP 107',
  'a=control:trackID=3',
  'a=rtpmap:107 vnd.onvif.metadata/90000',
);

test('tracks are told with format, clock and control, others by name', () => {
  const description = parseDescription(aggregated, { baseUrl: 'rtsp://192.0.2.9/main' });
  expect(description).toMatchObject({
    refused: ['application/vnd.onvif.metadata'],
    control: 'rtsp://192.0.2.9:554/Streaming/Channels/101/',
    sdp: aggregated,
    tracks: [
      {
        index: 0,
        kind: 'video',
        codec: 'h264',
        payloadType: 96,
        clockRateHz: 90_000,
        channels: null,
        encodingName: 'H264',
        control: 'rtsp://192.0.2.9:554/Streaming/Channels/101/trackID=1',
      },
      { index: 1, kind: 'audio', codec: 'pcma', payloadType: 8, clockRateHz: 8000, channels: 1 },
    ],
  });
  expect(Object.fromEntries(description.tracks[0]?.formatParameters ?? [])).toEqual({
    'profile-level-id': '420029',
    'packetization-mode': '1',
    'sprop-parameter-sets': 'Z00AKY2NQDwBE/LCAAAOEAACvyAI,aO44gA==',
  });
});

describe('controls', () => {
  const control = (session: string[], media: string, baseUrl?: string) => {
    const sdp = lines('v=0', ...session, 'm=audio 0 RTP/AVP 0', `a=control:${media}`);
    return parseDescription(sdp, baseUrl === undefined ? {} : { baseUrl }).tracks[0]?.control;
  };

  test.each([
    ['as written without a base', [], 'trackID=0', undefined, 'trackID=0'],
    ['behind the base', [], 'trackID=0', 'rtsp://a/b', 'rtsp://a/b/trackID=0'],
    ['behind a base with a slash', [], 'trackID=0', 'rtsp://a/b/', 'rtsp://a/b/trackID=0'],
    ['behind the query of the base', [], 'trackID=0', 'rtsp://a/b?c=1', 'rtsp://a/b?c=1/trackID=0'],
    ['behind the control of the whole', ['a=control:rtsp://a/x/'], '1', 'rtsp://a/b', 'rtsp://a/x/1'],
    ['the base itself', ['a=control:*'], '*', 'rtsp://a/b', 'rtsp://a/b'],
    ['absolute', [], 'rtsp://c/d', 'rtsp://a/b', 'rtsp://c/d'],
    ['a bare number', [], '0', 'rtsp://a/b', 'rtsp://a/b/0'],
  ])('%s', (_, session, media, baseUrl, expected) => {
    expect(control(session, media, baseUrl)).toBe(expected);
  });

  test('none is none, the base where it is known', () => {
    expect(only('m=audio 0 RTP/AVP 0')?.control).toBeNull();
    const described = parseDescription('m=audio 0 RTP/AVP 0', { baseUrl: 'rtsp://a/b' });
    expect([described.control, described.tracks[0]?.control]).toEqual(['rtsp://a/b', 'rtsp://a/b']);
  });
});

describe('what is wrong or missing is filled in from the standards', () => {
  test.each([
    ['static types', ['m=audio 0 RTP/AVP 0'], { codec: 'pcmu', clockRateHz: 8000, channels: 1 }],
    [
      'no rtpmap but parameter sets',
      ['m=video 0 RTP/AVP 98', 'a=fmtp:98 sprop-parameter-sets=Z0==,aO=='],
      { codec: 'h264', payloadType: 98, clockRateHz: 90_000, encodingName: 'H264' },
    ],
    ['no rtpmap but H.265', ['m=video 0 RTP/AVP 98', 'a=fmtp:98 sprop-sps=QgE='], { codec: 'h265' }],
    ['a clock rate of 0', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/0'], { clockRateHz: 90_000 }],
    ['another clock rate', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/8000'], { clockRateHz: 90_000 }],
    ['no clock rate', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H265'], { clockRateHz: 90_000 }],
    ['rtpmap of another type', ['m=video 0 RTP/AVP 96', 'a=rtpmap:97 H264/90000'], { payloadType: 96 }],
    ['no type in the media line', ['m=video 0 RTP/AVP', 'a=rtpmap:97 H264/90000'], { payloadType: 97 }],
    [
      'the same type twice',
      ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', 'a=rtpmap:96 VP8/90000'],
      { codec: 'h264' },
    ],
    ['several types', ['m=audio 0 RTP/AVP 9 8', 'a=rtpmap:9 G722/8000'], { codec: 'pcma', payloadType: 8 }],
    ['a range of ports', ['m=audio 5000/2 RTP/AVP 8'], { codec: 'pcma' }],
    ['a feedback profile', ['m=audio 0 RTP/AVPF 8'], { codec: 'pcma' }],
    [
      'spare spaces and other cases',
      ['m=video  0  RTP/AVP  96 ', 'a=RTPMAP: 96  h264/90000', 'a=fmtp:96  Packetization-Mode = 1 ;'],
      { codec: 'h264', encodingName: 'H264', formatParameters: new Map([['packetization-mode', '1']]) },
    ],
    [
      'AAC without channels',
      ['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 mpeg4-generic/16000', 'a=fmtp:97 config=1408'],
      { codec: 'aac', clockRateHz: 16_000, channels: 1, encodingName: 'MPEG4-GENERIC' },
    ],
  ])('%s', (_, media, track) => {
    expect(only(...media)).toMatchObject(track);
  });
});

test.each([
  ['another codec', ['m=video 0 RTP/AVP 96', 'a=rtpmap:96 VP8/90000'], 'video/VP8'],
  ['a type nobody knows', ['m=video 0 RTP/AVP 96'], 'video/96'],
  [
    'speech as MPEG4-GENERIC',
    ['m=audio 0 RTP/AVP 96', 'a=rtpmap:96 MPEG4-GENERIC/8000', 'a=fmtp:96 mode=CELP-cbr'],
    'audio/MPEG4-GENERIC',
  ],
  ['encryption', ['m=video 0 RTP/SAVP 96', 'a=rtpmap:96 H264/90000'], 'video/RTP/SAVP'],
  ['a key', ['m=audio 0 RTP/AVP 0', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x'], 'audio/encrypted'],
  ['no RTP', ['m=video 0 UDP 96'], 'video/UDP'],
])('%s is refused by name', (_, media, name) => {
  expect(parseDescription(lines('v=0', ...media))).toMatchObject({ tracks: [], refused: [name] });
});

test.each([
  ['nothing', ''],
  ['no track', lines('v=0', 's=x')],
  ['a page of another protocol', '<html><body>404</body></html>'],
  ['too many tracks', lines(...Array.from({ length: 17 }, () => 'm=audio 0 RTP/AVP 0'))],
  ['too many lines', lines(...Array.from({ length: 1001 }, () => 'a=x'))],
  ['too many bytes', `m=audio 0 RTP/AVP 0\r\n${'a'.repeat(65_536)}`],
])('%s is no description', (_, sdp) => {
  expect(() => parseDescription(sdp)).toThrow(expect.toSatisfy(isRecorderError));
});
