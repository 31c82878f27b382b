/** What a stranger sends on an RTSP connection is answered with a value or with our own error. */
import fc from 'fast-check';
import { test } from 'vitest';
import { holdsAgainst } from '../../testing/holds-against.ts';
import { mutatedBytes } from '../../testing/mutated-bytes.ts';
import { parseChallenges } from './challenge.ts';
import { MessageStream } from './message-stream.ts';
import { isRtspProtocolError } from './protocol-error.ts';
import { parseRange } from './range-header.ts';
import { parseRtpInfo } from './rtp-info-header.ts';
import { credentialsInUrl, parseRtspUrl, redactUrl } from './rtsp-url.ts';
import { ServerAuthentication } from './server-authentication.ts';
import { parseSession } from './session-header.ts';
import { parseTransports } from './transport-header.ts';

const stream = Buffer.from(
  'OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n$\x00\x00\x0c\x80\x60abcdefghij' +
    'RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nbody$\x01\x00\x08\x80\xc8abcdef',
  'latin1',
);
const lines = [
  'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=12345678;mode="PLAY",RTP/AVP;unicast;client_port=5000-5001',
  '12345678;timeout=60',
  'url=rtsp://a/b/1;seq=1;rtptime=2,url=2',
  'npt=1:02:03.4-5',
  'Digest realm="a\\"b", nonce="c", qop="auth", stale=true, algorithm=SHA-256, Basic realm=x',
  'Digest username="u", realm="docket", nonce="n", uri="/b", response="0", qop=auth, nc=00000001, cnonce="c"',
  'Basic dTpw',
  'rtsp://user:pass@[::1]:554/path?x=1#y',
].map((line) => Buffer.from(line));

const text = fc
  .oneof(mutatedBytes(...lines), fc.uint8Array({ maxLength: 200 }))
  .map((bytes) => Buffer.from(bytes).toString('latin1'));
const server = new ServerAuthentication({
  realm: 'docket',
  algorithms: ['SHA-256', 'MD5'],
  isBasicAllowed: true,
  nonceLifeMs: 1000,
});

test.each(['refuse', 'skip'] as const)('messages, stray bytes: %s', (strayBytes) => {
  const bytes = fc.oneof(mutatedBytes(stream), fc.uint8Array({ maxLength: 600 }));
  holdsAgainst(
    fc.array(bytes, { maxLength: 4 }),
    (chunks) => {
      const messages = new MessageStream({ strayBytes });
      for (const chunk of chunks) for (const _ of messages.push(Buffer.from(chunk)));
    },
    isRtspProtocolError,
  );
});

test.each([
  ['Transport', parseTransports],
  ['Session', parseSession],
  ['RTP-Info', parseRtpInfo],
  ['Range', parseRange],
  ['WWW-Authenticate', (line: string) => parseChallenges([line])],
  [
    'Authorization',
    (line: string) => server.check({ method: 'PLAY', url: '/b', authorization: line }, () => null),
  ],
  ['URL', parseRtspUrl],
  ['credentials in a URL', credentialsInUrl],
  ['URL to be shown', redactUrl],
])('%s', (_, decode: (line: string) => unknown) => {
  holdsAgainst(text, decode, isRtspProtocolError);
});
