/** What a recorder may do to the requests that keep its session alive, as long as it sends. */
import { afterEach, expect, test } from 'vitest';
import { encodeChallenge } from './challenge.ts';
import { openRtspFeed, type RtspFeedRequest } from './open-rtsp-feed.ts';
import { RecordedFeed } from './testing/recorded-feed.ts';
import { rtp, type Script, type ScriptedClient, ScriptedRecorder } from './testing/scripted-recorder.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function pull(script: Script, options: Partial<RtspFeedRequest> = {}) {
  const recorder = await ScriptedRecorder.start(script);
  stops.push(() => recorder.stop());
  const feed = await openRtspFeed({
    url: recorder.url,
    credentials: null,
    transports: ['tcp'],
    silenceMs: 20_000,
    connectTimeoutMs: 5_000,
    signal: new AbortController().signal,
    ...options,
  });
  stops.push(() => feed.close());
  return { recorder, feed, recorded: new RecordedFeed(feed) };
}

/** A session that the recorder forgets after a second. */
const shortSession = (client: ScriptedClient, cseq: string | null, transport: string | null) =>
  client.say(['RTSP/1.0 200 OK', `CSeq: ${cseq}`, 'Session: 7;timeout=1', `Transport: ${transport}`]);

test('a recorder that answers none of them, however many, is taken as long as it sends', async () => {
  const { recorder, recorded } = await pull((request, client) => {
    const number = request.headers.get('CSeq');
    if (request.method === 'SETUP') shortSession(client, number, request.headers.get('Transport'));
    else if (request.method !== 'GET_PARAMETER') client.answer(request);
  });
  await recorder.asked('GET_PARAMETER', 40);
  recorder.clients[0]?.frame(0, rtp(96, 1));
  await recorded.until(({ packets }) => packets.length === 1);
}, 60_000);

test('answers that come late and in another order are each taken for their own request', async () => {
  let held: (() => void)[] = [];
  const { recorder, recorded } = await pull((request, client) => {
    const number = request.headers.get('CSeq');
    if (request.method === 'SETUP') shortSession(client, number, request.headers.get('Transport'));
    else if (request.method !== 'GET_PARAMETER') client.answer(request);
    else {
      held.unshift(() => client.answer(request));
      if (held.length < 3) return;
      for (const answer of held) answer();
      held = [];
    }
  });
  await recorder.asked('GET_PARAMETER', 6);
  recorder.clients[0]?.frame(0, rtp(96, 1));
  await recorded.until(({ packets }) => packets.length === 1);
  const [{ arrival } = { arrival: { atMs: 0, sentNotBeforeMs: null } }] = recorded.packets;
  expect(arrival.sentNotBeforeMs).toBeLessThanOrEqual(arrival.atMs);
});

test('a recorder with a new nonce for each request is answered each time, and never with a password that was refused', async () => {
  let nonce = 0;
  const { recorder, recorded } = await pull(
    (request, client) => {
      const number = request.headers.get('CSeq');
      const isGood = request.headers.get('Authorization')?.includes(`nonce="${nonce}"`) === true;
      nonce += 1;
      if (isGood && request.method === 'SETUP')
        shortSession(client, number, request.headers.get('Transport'));
      else if (isGood) client.answer(request);
      else
        client.say([
          'RTSP/1.0 401 Unauthorized',
          `CSeq: ${number}`,
          `WWW-Authenticate: ${encodeChallenge({
            ...{ scheme: 'digest', realm: 'recorder', opaque: null, algorithm: 'MD5', hasQop: true },
            nonce: `${nonce}`,
            isStale: true,
          })}`,
        ]);
    },
    { credentials: { userName: 'demo', password: 'secret' } },
  );
  await recorder.asked('GET_PARAMETER', 6);
  recorder.clients[0]?.frame(0, rtp(96, 1));
  await recorded.until(({ packets }) => packets.length === 1);
});

test('a recorder that closes the connection after each answer is told as such', async () => {
  const opening = pull((request, client) => {
    client.answer(request);
    client.socket.end();
  });
  await expect(opening).rejects.toMatchObject({ name: 'LiveError', code: 'unreachable' });
});
