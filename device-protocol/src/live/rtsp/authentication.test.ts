/** Basic and Digest of both sides: vectors of the RFCs, then client against server. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Challenge, encodeChallenge, parseChallenges } from './challenge.ts';
import { ClientAuthorization } from './client-authorization.ts';
import { digestResponse, hashCredentials } from './digest.ts';
import { ServerAuthentication, type ServerAuthenticationOptions } from './server-authentication.ts';

const url = 'rtsp://10.0.0.1/live/DEMO-001';
const credentials = { userName: 'recorder-1', password: '密码 "1\\2"' };
const realm = 'docket';
const kept = hashCredentials(credentials.userName, realm, credentials.password);
const find = (userName: string) => (userName === credentials.userName ? kept : null);

function serverWith(options: Partial<ServerAuthenticationOptions> = {}) {
  return new ServerAuthentication({
    realm,
    algorithms: ['SHA-256', 'MD5'],
    isBasicAllowed: false,
    nonceLifeMs: 60_000,
    ...options,
  });
}

describe('the response', () => {
  // RFC 2617 §3.5, RFC 7616 §3.9.1; without qop as the same computation of RFC 2069 gives by md5sum.
  const request = { method: 'GET', uri: '/dir/index.html' };
  test('is that of RFC 2617', () => {
    const { ha1 } = hashCredentials('Mufasa', 'testrealm@host.com', 'Circle Of Life');
    const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
    const protection = { qop: 'auth', nonceCount: '00000001', clientNonce: '0a4f113b' } as const;
    const parts = { algorithm: 'MD5', ha1, nonce, ...request } as const;
    expect(digestResponse({ ...parts, protection })).toBe('6629fae49393a05397450978507c4ef1');
    expect(digestResponse({ ...parts, protection: null })).toBe('670fd8c2df070c60b045671b8b24ff02');
  });

  test('is that of RFC 7616, by SHA-256', () => {
    const { ha1Sha256 } = hashCredentials('Mufasa', 'http-auth@example.org', 'Circle of Life');
    const response = digestResponse({
      algorithm: 'SHA-256',
      ha1: ha1Sha256,
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      protection: {
        qop: 'auth',
        nonceCount: '00000001',
        clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      },
      ...request,
    });
    expect(response).toBe('753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1');
  });
});

describe('a challenge', () => {
  test('is read as it was written', () => {
    const name = fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => text.trim());
    const digest: fc.Arbitrary<Challenge> = fc.record({
      scheme: fc.constant('digest' as const),
      realm: name,
      nonce: name,
      opaque: fc.option(name, { nil: null }),
      algorithm: fc.constantFrom('MD5' as const, 'SHA-256' as const),
      hasQop: fc.boolean(),
      isStale: fc.boolean(),
    });
    const basic: fc.Arbitrary<Challenge> = name.map((realm) => ({ scheme: 'basic', realm }));
    fc.assert(
      fc.property(fc.array(fc.oneof(digest, basic), { maxLength: 5 }), (challenges) => {
        expect(parseChallenges(challenges.map(encodeChallenge))).toEqual(challenges);
        expect(parseChallenges([challenges.map(encodeChallenge).join(', ')])).toEqual(challenges);
      }),
    );
  });

  test.each([
    ['Digest realm=a, nonce=b', { realm: 'a', nonce: 'b', algorithm: 'MD5', hasQop: false }],
    ['DIGEST  Realm="a",Nonce="b" , qop="auth,auth-int",stale=TRUE', { hasQop: true, isStale: true }],
    ['Digest nonce="b", algorithm=SHA-256, qop=auth', { realm: '', algorithm: 'SHA-256' }],
  ])('of recorders is understood: %s', (text, expected) => {
    expect(parseChallenges([text])).toEqual([expect.objectContaining(expected)]);
  });

  test('that cannot be answered is left out', () => {
    const impossible = [
      'Digest realm="a"',
      'Digest nonce="b", algorithm=SHA-512',
      'Digest nonce=b, qop="auth-int"',
      'Bearer x',
      '=',
    ];
    expect(parseChallenges(impossible)).toEqual([]);
  });
});

describe('the client', () => {
  const digest = { scheme: 'digest', realm, nonce: 'n', opaque: null, hasQop: true, isStale: false } as const;

  test('prefers SHA-256 to MD5 to Basic, and never goes back to a weaker way', () => {
    const client = new ClientAuthorization(credentials);
    expect(client.header('PLAY', url)).toBeNull();
    client.take([
      { scheme: 'basic', realm },
      { ...digest, algorithm: 'MD5' },
      { ...digest, algorithm: 'SHA-256' },
    ]);
    expect(client.header('PLAY', url)).toContain('algorithm=SHA-256');
    expect(client.take([{ ...digest, algorithm: 'MD5' }])).toBe(false);
    expect(client.take([{ scheme: 'basic', realm }])).toBe(false);
    expect(client.take([])).toBe(false);
  });

  test('counts the uses of a nonce', () => {
    const client = new ClientAuthorization(credentials);
    client.take([{ ...digest, algorithm: 'MD5' }]);
    expect(
      [client.header('PLAY', url), client.header('PLAY', url)].map((one) => /nc=(\d+)/u.exec(one ?? '')?.[1]),
    ).toEqual(['00000001', '00000002']);
  });
});

describe('the server', () => {
  /** A client that has answered the challenge of this server. */
  function clientOf(server: ServerAuthentication, said = credentials) {
    const client = new ClientAuthorization(said);
    expect(client.take(parseChallenges(server.challenges()))).toBe(true);
    return client;
  }
  const ask = (server: ServerAuthentication, authorization: string | null, method = 'PLAY', asked = url) =>
    server.check({ method, url: asked, authorization }, find);

  test.each([
    ['SHA-256', serverWith()],
    ['MD5', serverWith({ algorithms: ['MD5'] })],
    ['Basic', serverWith({ algorithms: [], isBasicAllowed: true })],
  ])('knows who has the password by %s, and nobody else', (_, server) => {
    const known = { verdict: 'known', userName: credentials.userName };
    expect(ask(server, clientOf(server).header('PLAY', url))).toEqual(known);
    const wrong = clientOf(server, { ...credentials, password: 'guess' });
    expect(ask(server, wrong.header('PLAY', url))).toEqual({ verdict: 'wrong' });
    const unknown = clientOf(server, { ...credentials, userName: 'nobody' });
    expect(ask(server, unknown.header('PLAY', url))).toEqual({ verdict: 'wrong' });
    expect(ask(server, null)).toEqual({ verdict: 'unasked' });
  });

  test('takes the answer of RFC 2069, as GStreamer gives it', () => {
    const server = serverWith({ algorithms: ['MD5'] });
    const client = new ClientAuthorization(credentials);
    client.take(parseChallenges(server.challenges()).map((one) => ({ ...one, hasQop: false })));
    expect(ask(server, client.header('PLAY', url))).toMatchObject({ verdict: 'known' });
  });

  test('takes an answer once, for its method and for its stream only', () => {
    const server = serverWith();
    const header = clientOf(server).header('PLAY', url);
    expect(ask(server, header, 'TEARDOWN')).toEqual({ verdict: 'wrong' });
    expect(ask(server, header, 'PLAY', 'rtsp://10.0.0.1/live/DEMO-002')).toEqual({ verdict: 'wrong' });
    expect(ask(server, header, 'PLAY', `${url}/trackID=1`)).toMatchObject({ verdict: 'known' });
    expect(ask(server, header)).toEqual({ verdict: 'replayed' });
  });

  test('calls a nonce of another connection, or an old one, stale, and takes the next answer', () => {
    let nowMs = 0;
    const server = serverWith({ nonceLifeMs: 1000, now: () => nowMs });
    const client = clientOf(server);
    expect(ask(serverWith(), client.header('PLAY', url))).toEqual({ verdict: 'stale' });
    nowMs = 1001;
    expect(ask(server, client.header('PLAY', url))).toEqual({ verdict: 'stale' });
    client.take(parseChallenges(server.challenges(true)));
    expect(ask(server, client.header('PLAY', url))).toMatchObject({ verdict: 'known' });
  });

  test('does not take Basic, or an algorithm, that it did not offer', () => {
    const server = serverWith({ algorithms: ['SHA-256'] });
    const basic = `Basic ${Buffer.from('recorder-1:x').toString('base64')}`;
    expect(ask(server, basic)).toEqual({ verdict: 'malformed' });
    const header = clientOf(server).header('PLAY', url)?.replace('SHA-256', 'MD5') ?? '';
    expect(ask(server, header)).toEqual({ verdict: 'malformed' });
  });
});
