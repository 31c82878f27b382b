/** A recorder that answers as no honest one does: opening fails with our own error, or there is a feed that ends. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzRuns } from '../../testing/fuzz-runs.ts';
import { mutatedBytes } from '../../testing/mutated-bytes.ts';
import { isLiveError } from './live-error.ts';
import { encodeFrameHead } from './message.ts';
import { openRtspFeed } from './open-rtsp-feed.ts';
import { description, rtp, ScriptedRecorder } from './testing/scripted-recorder.ts';

const packet = rtp(96, 1);
const sound: Record<string, Buffer> = Object.fromEntries(
  Object.entries({
    OPTIONS: ['Public: OPTIONS, GET_PARAMETER'],
    DESCRIBE: ['Content-Base: rtsp://127.0.0.1/live/', `Content-Length: ${description.length}`],
    SETUP: ['Session: 1;timeout=1', 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'],
    PLAY: ['Session: 1', 'RTP-Info: url=rtsp://127.0.0.1/live/trackID=1;seq=1;rtptime=2'],
  }).map(([method, headers]) => {
    const head = Buffer.from(['RTSP/1.0 200 OK', ...headers, '', ''].join('\r\n'));
    const body = method === 'DESCRIBE' ? Buffer.from(description) : Buffer.alloc(0);
    const frames = method === 'PLAY' ? [encodeFrameHead(0, packet.length), packet] : [];
    return [method, Buffer.concat([head, body, ...frames])];
  }),
);

const answers = fc.record({
  OPTIONS: mutatedBytes(sound.OPTIONS ?? Buffer.alloc(0)),
  DESCRIBE: mutatedBytes(sound.DESCRIBE ?? Buffer.alloc(0)),
  SETUP: mutatedBytes(sound.SETUP ?? Buffer.alloc(0)),
  PLAY: mutatedBytes(sound.PLAY ?? Buffer.alloc(0)),
});
const answersToSpoil = fc.subarray(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY'] as const, { minLength: 1 });

test('a recorder that answers with rubbish', async () => {
  await fc.assert(
    fc.asyncProperty(answers, answersToSpoil, async (spoilt, methods) => {
      const recorder = await ScriptedRecorder.start(({ method }, { socket }) => {
        const isSpoilt = methods.some((one) => one === method);
        const answer = isSpoilt ? spoilt[method as keyof typeof spoilt] : sound[method];
        if (answer !== undefined) socket.write(answer);
        else socket.end();
      });
      try {
        const feed = await openRtspFeed({
          url: recorder.url,
          credentials: { userName: 'demo', password: 'secret' },
          transports: ['tcp'],
          silenceMs: 20,
          connectTimeoutMs: 50,
          signal: new AbortController().signal,
        });
        feed.begin({ packet: () => undefined, senderReport: () => undefined });
        expect(Object.keys(await feed.ended)).toEqual(['cause', 'detail']);
      } catch (error) {
        if (!isLiveError(error)) throw error;
      } finally {
        await recorder.stop();
      }
    }),
    { numRuns: fuzzRuns(60, 200) },
  );
});
