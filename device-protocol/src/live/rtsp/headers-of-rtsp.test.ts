/** Transport, Session, RTP-Info, Range and URLs, as recorders really write them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRange, parseRange } from './range-header.ts';
import { encodeRtpInfo, parseRtpInfo } from './rtp-info-header.ts';
import { credentialsInUrl, parseRtspUrl, redactUrl } from './rtsp-url.ts';
import { encodeSession, parseSession } from './session-header.ts';
import { encodeTransport, parseTransports, type TransportSpec } from './transport-header.ts';

const pair = (most: number) => fc.option(fc.record({ rtp: fc.nat(most), rtcp: fc.nat(most) }));
const transport: fc.Arbitrary<TransportSpec> = fc
  .record({
    lower: fc.constantFrom('tcp' as const, 'udp' as const),
    interleaved: pair(255),
    clientPorts: pair(65_535),
    serverPorts: pair(65_535),
    source: fc.option(fc.ipV4()),
    ssrc: fc.option(fc.nat(0xffffffff)),
    mode: fc.constantFrom('play' as const, 'record' as const),
  })
  .map((spec) => (spec.lower === 'udp' ? { ...spec, interleaved: null } : spec));

describe('Transport', () => {
  test('is read as it was written, each alternative', () => {
    fc.assert(
      fc.property(fc.array(transport, { minLength: 1, maxLength: 8 }), (specs) => {
        expect(parseTransports(specs.map(encodeTransport).join(','))).toEqual(specs);
      }),
    );
  });

  test.each([
    [
      'RTP/AVP/TCP; unicast; interleaved=4-5; mode="PLAY"',
      { lower: 'tcp', interleaved: { rtp: 4, rtcp: 5 } },
    ],
    ['rtp/avp;unicast;client_port=5000;server_port=6000-6001', { clientPorts: { rtp: 5000, rtcp: 5001 } }],
    ['RTP/AVP/UDP;unicast;ssrc=1a2B;mode=receive', { lower: 'udp', ssrc: 0x1a2b, mode: 'record' }],
    ['RTP/AVP;unicast;source=evil.example;client_port=99999-1', { source: null, clientPorts: null }],
  ])('of recorders is understood: %s', (text, expected) => {
    expect(parseTransports(text)).toEqual([expect.objectContaining(expected)]);
  });

  test('leaves out what cannot be done', () => {
    expect(parseTransports('RTP/SAVP;unicast,RTP/AVP;multicast,RAW/RAW/UDP,,RTP/AVP/TCP')).toHaveLength(1);
  });
});

describe('Session', () => {
  test.each([
    ['12345678', '12345678', 60_000],
    [' 12 ; timeout = 30 ', '12', 30_000],
    ['abc;timeout=0', 'abc', 60_000],
    ['abc;foo;Timeout="90"', 'abc', 90_000],
  ])('%s', (text, id, timeoutMs) => {
    expect(parseSession(text)).toEqual({ id, timeoutMs });
  });

  test('without an identifier is none; what is written is read', () => {
    expect(parseSession(';timeout=5')).toBeNull();
    expect(parseSession(encodeSession({ id: 'x1', timeoutMs: 5999 }))).toEqual({ id: 'x1', timeoutMs: 5000 });
  });
});

test('RTP-Info is read as it was written; what has no URL is left out', () => {
  const info = [
    { url: 'rtsp://a/b/1', sequenceNumber: 17, rtpTimestamp: 0xffffffff },
    { url: '2', sequenceNumber: null, rtpTimestamp: null },
  ];
  expect(parseRtpInfo(encodeRtpInfo(info))).toEqual(info);
  expect(parseRtpInfo('seq=1;rtptime=2, url=x;seq=70000')).toEqual([
    { url: 'x', sequenceNumber: null, rtpTimestamp: null },
  ]);
});

test.each([
  ['npt=now-', { from: 'now', to: null }],
  ['npt=0.000-', { from: 0, to: null }],
  ['NPT = 1:02:03.5 - 4000;time=x', { from: 3723.5, to: 4000 }],
  ['clock=19961108T143720Z-', null],
  ['npt=a-b', null],
])('Range %s', (text, range) => {
  expect(parseRange(text)).toEqual(range);
  if (range !== null) expect(parseRange(encodeRange(range as never))).toEqual(range);
});

describe('a URL', () => {
  test('loses its user and password', () => {
    const text = 'rtsp://user:p%40ss@[::1]:8554/live?channel=1';
    expect(parseRtspUrl(text)).toEqual({ host: '::1', port: 8554, text: 'rtsp://[::1]:8554/live?channel=1' });
    expect(credentialsInUrl(text)).toEqual({ userName: 'user', password: 'p@ss' });
    expect(parseRtspUrl('rtsp://recorder')).toEqual({ host: 'recorder', port: 554, text: 'rtsp://recorder' });
  });

  test.each(['http://a/b', 'rtsps://a', 'rtsp://', 'no url', 'rtsp:///x'])(
    'of another kind is refused: %s',
    (text) => {
      expect(() => parseRtspUrl(text)).toThrow(expect.objectContaining({ name: 'RtspProtocolError' }));
    },
  );

  test('shown to people never holds a secret, wherever recorders put it', () => {
    const secret = fc.string({ unit: fc.constantFrom(...'SECRTsecrt:/@?#%'), minLength: 6, maxLength: 12 });
    fc.assert(
      fc.property(secret, (password) => {
        const shown = redactUrl(`rtsp://admin:Q${password}Q@10.0.0.1/stream`);
        expect(shown).toBe('rtsp://10.0.0.1/stream');
      }),
    );
    expect(redactUrl('rtsp://h/user=admin&password=hunter2&channel=1?token=hunter2&x')).not.toContain(
      'hunter2',
    );
  });
});
