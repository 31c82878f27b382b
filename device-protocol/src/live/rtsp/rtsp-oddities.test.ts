/** What recorders are known to do, and what hostile ones could. */
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, test } from 'vitest';
import { hostClockMs } from '../host-clock.ts';
import { buildGoodbye } from '../rtp/build-rtcp.ts';
import { encodeChallenge } from './challenge.ts';
import { openRtspFeed, type RtspFeedRequest } from './open-rtsp-feed.ts';
import { RecordedFeed } from './testing/recorded-feed.ts';
import { description, rtp, type Script, ScriptedRecorder } from './testing/scripted-recorder.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function recorder(
  script: Script = (request, client) => client.answer(request),
): Promise<ScriptedRecorder> {
  const started = await ScriptedRecorder.start(script);
  stops.push(() => started.stop());
  return started;
}

async function open(url: string, options: Partial<RtspFeedRequest> = {}) {
  const feed = await openRtspFeed({
    url,
    credentials: null,
    transports: ['tcp'],
    silenceMs: 10_000,
    connectTimeoutMs: 5000,
    signal: new AbortController().signal,
    ...options,
  });
  stops.push(() => feed.close());
  return feed;
}

/** A recorder that sends one packet of each track with its answer to PLAY. */
const playing =
  (channels: readonly (readonly [channel: number, payloadType: number])[]): Script =>
  (request, client) => {
    client.answer(request);
    if (request.method !== 'PLAY') return;
    for (const [channel, payloadType] of channels) client.frame(channel, rtp(payloadType, 1, payloadType));
  };

const digest = {
  scheme: 'digest',
  realm: 'recorder',
  opaque: null,
  algorithm: 'MD5',
  hasQop: true,
  isStale: false,
} as const;

const codecOf = ({ track }: { track: { codec: string } }) => track.codec;

describe('a recorder', () => {
  test('that numbers no answer, writes in odd case and with odd spaces, is understood', async () => {
    const { url } = await recorder((request, client) => {
      const ok = 'rtsp/1.0 200 Ok';
      if (request.method === 'DESCRIBE') client.say([ok, 'content-type: application/sdp'], description);
      else if (request.method === 'SETUP')
        client.say([ok, `transport: ${request.headers.get('Transport')}`, 'SESSION:  12 ; timeout = 20 ']);
      else client.say([ok]);
      if (request.method === 'PLAY') client.frame(0, rtp(96, 1));
    });
    const recorded = new RecordedFeed(await open(url));
    await recorded.until(({ packets }) => packets.length === 1);
    // An answer that names no request proves nothing of when it was made.
    expect(recorded.packets.every(({ arrival }) => arrival.sentNotBeforeMs === null)).toBe(true);
  });

  test.each([
    ['other channels than asked for', ['10-11', '12-13'], [12, 10, 0]],
    ['the same channels for all tracks', ['0-1', '0-1'], [0, 0, 5]],
  ] as const)('that takes %s is followed', async (_, settled, [sound, picture, none]) => {
    const { url } = await recorder((request, client) => {
      if (request.method !== 'SETUP') {
        playing([
          [sound, 8],
          [picture, 96],
          [none, 96],
          [sound, 8],
        ])(request, client);
        return;
      }
      const transport = `RTP/AVP/TCP;unicast;interleaved=${settled[request.url.endsWith('1') ? 0 : 1]}`;
      const number = `CSeq: ${request.headers.get('CSeq')}`;
      client.say(['RTSP/1.0 200 OK', number, 'Session: 1', `Transport: ${transport}`]);
    });
    const recorded = new RecordedFeed(await open(url));
    await recorded.until(({ packets }) => packets.length === 3);
    expect(recorded.packets.map(codecOf)).toEqual(['pcma', 'h264', 'pcma']);
  });

  test('that refuses sound alone is taken without it', async () => {
    const { url } = await recorder((request, client) => {
      const isSound = request.method === 'SETUP' && request.url.endsWith('trackID=2');
      if (isSound) client.say(['RTSP/1.0 404 Not Found', `CSeq: ${request.headers.get('CSeq')}`]);
      else client.answer(request);
    });
    const feed = await open(url);
    expect(feed.description.tracks.map(({ codec }) => codec)).toEqual(['h264']);
    expect(feed.description.refused).toEqual(['pcma']);
  });

  test('that plays each track by itself only is asked so', async () => {
    const server = await recorder((request, client) => {
      const isAggregate = request.method === 'PLAY' && !request.url.includes('trackID');
      const number = `CSeq: ${request.headers.get('CSeq')}`;
      if (isAggregate) client.say(['RTSP/1.0 459 Aggregate operation not allowed', number]);
      else client.answer(request);
    });
    const feed = await open(server.url);
    new RecordedFeed(feed);
    await server.asked('PLAY', 3);
    const played = server.requests
      .filter(({ method }) => method === 'PLAY')
      .map(({ url }) => url.split('/').at(-1));
    expect(played.slice(1)).toEqual(['trackID=1', 'trackID=2']);
  });

  test('that knows no range is asked to play without', async () => {
    const server = await recorder((request, client) => {
      const isRanged = request.method === 'PLAY' && request.headers.get('Range') !== null;
      const number = `CSeq: ${request.headers.get('CSeq')}`;
      if (isRanged) client.say(['RTSP/1.0 457 Invalid Range', number]);
      else playing([[0, 96]])(request, client);
    });
    await new RecordedFeed(await open(server.url)).until(({ packets }) => packets.length === 1);
  });

  test('that leaves rubbish between packets is followed', async () => {
    const { url } = await recorder((request, client) => {
      client.answer(request);
      if (request.method !== 'PLAY') return;
      client.socket.write('\x00\x01rubbish\r\n');
      client.frame(0, rtp(96, 1));
    });
    const recorded = new RecordedFeed(await open(url));
    await recorded.until(({ packets }) => packets.length === 1);
  });

  test('is kept alive in time by what it understands', async () => {
    const server = await recorder((request, client) => {
      const number = `CSeq: ${request.headers.get('CSeq')}`;
      if (request.method === 'GET_PARAMETER') client.say(['RTSP/1.0 451 Parameter Not Understood', number]);
      else if (request.method === 'SETUP')
        client.say([
          'RTSP/1.0 200 OK',
          number,
          'Session: 7;timeout=1',
          `Transport: ${request.headers.get('Transport')}`,
        ]);
      else client.answer(request);
    });
    const feed = await open(server.url);
    new RecordedFeed(feed);
    await server.asked('GET_PARAMETER');
    const options = await server.asked('OPTIONS', 3);
    expect(options.headers.get('Session')).toBe('7');
    expect(server.requests.filter(({ method }) => method === 'GET_PARAMETER')).toHaveLength(1);
  });

  test('that gives a new nonce in mid-stream is answered once more', async () => {
    const credentials = { userName: 'demo', password: 'secret' };
    let nonce = 'first';
    const server = await recorder((request, client) => {
      if (request.headers.get('Authorization')?.includes(`nonce="${nonce}"`) === true) {
        client.answer(request);
        if (request.method === 'PLAY') nonce = 'second';
        return;
      }
      const challenge = encodeChallenge({ ...digest, nonce });
      client.say([
        'RTSP/1.0 401 Unauthorized',
        `CSeq: ${request.headers.get('CSeq')}`,
        `WWW-Authenticate: ${challenge}`,
      ]);
    });
    new RecordedFeed(await open(server.url, { credentials }));
    const second = await server.asked('GET_PARAMETER', 2);
    expect(second.headers.get('Authorization')).toContain('nonce="second"');
  });
});

test('a password that a recorder no longer takes in mid-stream is not sent again', async () => {
  let isTaken = true;
  const server = await recorder((request, client) => {
    if (isTaken && request.headers.get('Authorization') !== null) {
      client.answer(request);
      isTaken = request.method !== 'PLAY';
      return;
    }
    const challenge = encodeChallenge({ ...digest, nonce: 'same' });
    client.say([
      'RTSP/1.0 401 Unauthorized',
      `CSeq: ${request.headers.get('CSeq')}`,
      `WWW-Authenticate: ${challenge}`,
    ]);
  });
  const feed = await open(server.url, { credentials: { userName: 'demo', password: 'secret' } });
  new RecordedFeed(feed);
  expect(await feed.ended).toMatchObject({ cause: 'refused' });
  expect(server.requests.filter(({ method }) => method === 'GET_PARAMETER')).toHaveLength(1);
});

describe('the proof of arrival', () => {
  test('says nothing later than a packet was sent, and moves with the answers only', async () => {
    const sentAtMs: number[] = [];
    let isAnswering = true;
    const server = await recorder((request, client) => {
      if (isAnswering || request.method !== 'GET_PARAMETER') client.answer(request);
    });
    const feed = await open(server.url);
    const recorded = new RecordedFeed(feed);
    const send = (): Promise<void> => {
      sentAtMs.push(hostClockMs());
      server.clients[0]?.frame(0, rtp(96, sentAtMs.length));
      return recorded.until(({ packets }) => packets.length === sentAtMs.length);
    };
    await server.asked('GET_PARAMETER');
    isAnswering = false;
    await send();
    // The next request is sent, but not answered: what comes now may have been sent before it.
    const second = await server.asked('GET_PARAMETER', 2);
    const secondAskedAtMs = hostClockMs();
    await send();
    server.clients[0]?.answer(second);
    await send();
    const proofs = recorded.packets.map(({ arrival }) => arrival.sentNotBeforeMs ?? Number.NaN);
    const [first = 0, unanswered = 0, answered = 0] = proofs;
    expect(unanswered).toBe(first);
    expect(answered).toBeGreaterThan(first);
    expect(answered).toBeLessThanOrEqual(secondAskedAtMs);
    for (const [index, proof] of proofs.entries()) expect(proof).toBeLessThanOrEqual(sentAtMs[index] ?? 0);
  });
});

describe('the end', () => {
  test.each([
    ['TEARDOWN', ['TEARDOWN * RTSP/1.0', 'CSeq: 1'], ''],
    ['another description', ['ANNOUNCE * RTSP/1.0', 'CSeq: 1'], description.replace('H264', 'H265')],
  ])('is told by %s, which is answered', async (_, lines, body) => {
    const server = await recorder();
    const feed = await open(server.url);
    new RecordedFeed(feed);
    await server.asked('GET_PARAMETER');
    server.clients[0]?.say(lines, body);
    expect(await feed.ended).toMatchObject({ cause: 'goodbye' });
    expect(server.requests.at(-1)?.method).toBe('TEARDOWN');
    expect(server.answers.map(({ status, headers }) => [status, headers.get('CSeq')])).toEqual([[200, '1']]);
  });

  test('is told by RTCP, once every track has said goodbye', async () => {
    const server = await recorder(
      playing([
        [0, 96],
        [2, 8],
      ]),
    );
    const feed = await open(server.url);
    const recorded = new RecordedFeed(feed);
    await recorded.until(({ packets }) => packets.length === 2);
    const [client] = server.clients;
    client?.frame(1, buildGoodbye({ ssrc: 96, canonicalName: 'x' }));
    client?.frame(2, rtp(8, 2, 8));
    await recorded.until(({ packets }) => packets.length === 3);
    client?.frame(3, buildGoodbye({ ssrc: 8, canonicalName: 'x' }));
    expect(await feed.ended).toMatchObject({ cause: 'goodbye' });
  });

  test('comes where nothing comes', async () => {
    const { url } = await recorder();
    const feed = await open(url, { silenceMs: 50 });
    new RecordedFeed(feed);
    expect(await feed.ended).toMatchObject({ cause: 'silent' });
  });

  test('comes where the session is forgotten, PLAY is refused, or the signal aborts', async () => {
    const refusing =
      (method: string, status: number): Script =>
      (request, client) => {
        if (request.method === method)
          client.say([`RTSP/1.0 ${status} No`, `CSeq: ${request.headers.get('CSeq')}`]);
        else client.answer(request);
      };
    for (const [method, status] of [
      ['GET_PARAMETER', 454],
      ['PLAY', 453],
    ] as const) {
      const feed = await open((await recorder(refusing(method, status))).url);
      new RecordedFeed(feed);
      expect(await feed.ended).toMatchObject({ cause: 'refused' });
    }
    const stop = new AbortController();
    const feed = await open((await recorder()).url, { signal: stop.signal });
    stop.abort();
    expect(await feed.ended).toMatchObject({ cause: 'closed' });
  });

  test('comes to a recorder that asks without end and reads nothing', async () => {
    const server = await recorder();
    const feed = await open(server.url);
    new RecordedFeed(feed);
    const { socket } = server.clients[0] ?? {};
    socket?.pause();
    const asking = 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(20_000);
    for (let round = 0; round < 10; round += 1) socket?.write(asking);
    expect(await feed.ended).toMatchObject({ cause: 'protocol' });
  });
});

describe('opening', () => {
  test('ends in time where nobody answers, and at once where it is no longer wanted', async () => {
    const silent = await recorder(() => undefined);
    await expect(open(silent.url, { connectTimeoutMs: 100 })).rejects.toMatchObject({ code: 'timed-out' });
    const stop = new AbortController();
    const opening = open(silent.url, { signal: stop.signal });
    await silent.asked('OPTIONS', 2);
    stop.abort(new Error('no longer wanted'));
    await expect(opening).rejects.toThrow('no longer wanted');
  });

  test.each([
    ['no-usable-track', description.replace(/H264|PCMA/gu, 'OPUS')],
    ['protocol', 'no description'],
  ])('fails with %s', async (code, body) => {
    const { url } = await recorder((request, client) => {
      if (request.method === 'DESCRIBE')
        client.say(['RTSP/1.0 200 OK', `CSeq: ${request.headers.get('CSeq')}`], body);
      else client.answer(request);
    });
    await expect(open(url)).rejects.toMatchObject({ name: 'LiveError', code });
  });

  test('goes on to the connection where nothing comes by UDP', async () => {
    const { url } = await recorder(playing([[0, 96]]));
    const feed = await open(url, { transports: ['udp', 'tcp'], connectTimeoutMs: 2000 });
    expect(feed.transport).toBe('tcp');
    await new RecordedFeed(feed).until(({ packets }) => packets.length === 1);
  });

  test('by UDP hears only the recorder', async () => {
    const [stranger, sender] = [createSocket('udp4'), createSocket('udp4')];
    for (const socket of [stranger, sender]) stops.push(async () => void socket.close());
    await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.2', resolve));
    const server = await recorder((request, client) => {
      client.answer(request);
      if (request.method !== 'PLAY') return;
      const setUp = server.requests.find(({ method }) => method === 'SETUP');
      const port = Number(/client_port=(\d+)/u.exec(setUp?.headers.get('Transport') ?? '')?.[1]);
      stranger.send(rtp(96, 1), port, '127.0.0.1', () => sender.send(rtp(96, 2), port, '127.0.0.1'));
    });
    const recorded = new RecordedFeed(await open(server.url, { transports: ['udp'] }));
    await recorded.until(({ packets }) => packets.length > 0);
    expect(recorded.packets.map(({ packet }) => packet.readUInt16BE(2))).toEqual([2]);
  });
});

describe('a redirection', () => {
  const to =
    (location: () => string, status = 302): Script =>
    (request, client) =>
      client.say([
        `RTSP/1.0 ${status} Elsewhere`,
        `CSeq: ${request.headers.get('CSeq')}`,
        `Location: ${location()}`,
      ]);

  test.each([301, 302, 303, 305])('by %s is followed', async (status) => {
    const target = await recorder(playing([[0, 96]]));
    const { url } = await recorder(to(() => target.url.replace('rtsp://', 'rtsp://user:pass@'), status));
    const recorded = new RecordedFeed(await open(url));
    await recorded.until(({ packets }) => packets.length === 1);
    const asked = target.requests.find(({ method }) => method === 'DESCRIBE')?.url;
    expect(asked).toBe(status === 305 ? url : target.url);
  });

  test('gets the password on the same host only', async () => {
    const credentials = { userName: 'demo', password: 'secret' };
    const asking: Script = (request, client) => {
      if (request.headers.get('Authorization') !== null) return client.answer(request);
      return client.say([
        'RTSP/1.0 401 Unauthorized',
        `CSeq: ${request.headers.get('CSeq')}`,
        'WWW-Authenticate: Basic realm="recorder"',
      ]);
    };
    const target = await recorder(asking);
    const same = await recorder(to(() => target.url));
    await open(same.url, { credentials });
    const before = target.requests.filter(({ headers }) => headers.get('Authorization') !== null).length;
    expect(before).toBeGreaterThan(0);

    const other = await recorder(to(() => target.url.replace('127.0.0.1', 'localhost')));
    await expect(open(other.url, { credentials })).rejects.toMatchObject({ code: 'refused-credentials' });
    expect(target.requests.filter(({ headers }) => headers.get('Authorization') !== null)).toHaveLength(
      before,
    );
  });

  test('is not followed to another scheme, nor without end', async () => {
    const web = await recorder(to(() => 'http://127.0.0.1/'));
    await expect(open(web.url)).rejects.toMatchObject({ code: 'protocol' });
    let round = '';
    const circle = await recorder(to(() => round));
    round = circle.url;
    await expect(open(circle.url)).rejects.toMatchObject({ code: 'protocol' });
    expect(circle.requests.length).toBe(6);
  });

  test('in mid-stream goes on with the same tracks', async () => {
    const target = await recorder(playing([[0, 96]]));
    const server = await recorder(playing([[0, 96]]));
    const feed = await open(server.url);
    const recorded = new RecordedFeed(feed);
    await recorded.until(({ packets }) => packets.length === 1);
    server.clients[0]?.say(['REDIRECT * RTSP/1.0', 'CSeq: 9', `Location: ${target.url}`]);
    await recorded.until(({ packets }) => packets.length === 2);
    expect(recorded.packets[1]?.track).toBe(recorded.packets[0]?.track);
    expect(server.requests.at(-1)?.method).toBe('TEARDOWN');
  });
});

test('no message of an error holds a secret', async () => {
  const secret = 'hunter2';
  const { url } = await recorder((request, client) =>
    client.say([
      'RTSP/1.0 401 Unauthorized',
      `CSeq: ${request.headers.get('CSeq')}`,
      'WWW-Authenticate: Basic realm="x"',
    ]),
  );
  const withUser = url.replace('rtsp://', `rtsp://demo:${secret}@`);
  const error = await open(withUser, { credentials: { userName: 'demo', password: secret } }).catch(
    (one) => one,
  );
  expect(error).toMatchObject({ code: 'refused-credentials' });
  expect(String(error.stack)).not.toContain(secret);
  await expect(open(`rtsp://demo:${secret}@127.0.0.1:1/x`)).rejects.toSatisfy(
    (one) => !String(one).includes(secret),
  );
});
