import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fuzzRuns } from '../../testing/fuzz-runs.ts';
import type { LongTool } from '../long-tool.ts';
import { doorsIn } from './media-server-messages.ts';
import { handshake, messageOf, publishing, RawRtmp } from './testing/raw-rtmp.ts';
import { startPusher } from './testing/rtmp-pusher.ts';
import { RtmpStand, type Taken } from './testing/rtmp-stand.ts';
import { messagesOf, writeFilm } from './testing/sample-film.ts';

let folder: string;
let stand: RtmpStand;
let pusher: LongTool;
let stream: Taken;
let processId: number | null;
/** What the hostile one says when it behaves. */
let messages: Buffer[];
const name = 'DEMO-002?key=s3cret-too';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-film-'));
  const film = await writeFilm(folder, 2);
  messages = [...publishing(name), ...(await messagesOf(film))];
  stand = await RtmpStand.start({ keys: { 'DEMO-001': 's3cret', 'DEMO-002': 's3cret-too' } });
  const url = stand.url('DEMO-001', 's3cret');
  pusher = startPusher({ film, url, isEndless: true, signal: new AbortController().signal });
  stream = await stand.nthTaken(0);
  processId = stand.server.mediaServerProcessId;
});
afterEach(async () => {
  await pusher.stop();
  await stand.server.stop();
  await rm(folder, { recursive: true });
});

/** The stream beside it did not notice. */
async function expectUnharmed(): Promise<void> {
  await stream.untilMore(20);
  expect(stream.end).toBeNull();
  expect(stream.units.every(({ isWhole }) => isWhole)).toBe(true);
  expect(stand.server.mediaServerProcessId).toBe(processId);
}

/** The folder of the media server's own doors: the last word of its command line. */
async function doors(): Promise<{ flv: string; rtmp: string }> {
  const words = (await readFile(`/proc/${processId}/cmdline`, 'utf8')).split('\0').filter(Boolean);
  return doorsIn(words.at(-1) ?? '');
}

async function faultsTold(): Promise<number> {
  return stand.lines.filter((line) => line.includes('cannot be taken')).length;
}

test.each([
  ['no address', { app: 'live' }],
  ['an address that is none', { app: 'live', tcUrl: 'dock' }],
  ['no application', { tcUrl: 'rtmp://127.0.0.1/live' }],
])('connecting with %s ends that connection alone', async (_, said) => {
  const hostile = await RawRtmp.greet(stand.port);
  hostile.command('connect', 1, said);
  hostile.command('publish', 3, null, name, 'live');
  await hostile.untilCut();
  await expectUnharmed();
});

test('requests that end a bare media server do not end ours, and come from nobody outside', async () => {
  const { flv } = await doors();
  const upgrade =
    'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
  for (const request of [
    `GET / HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n`,
    `GET /live/a%20b.flv HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n`,
    'GET /live/a%20b.flv HTTP/1.1\r\nHost: a\r\n\r\n',
  ]) {
    const before = await faultsTold();
    const socket = connect(flv);
    socket.on('error', () => {});
    socket.write(request);
    while ((await faultsTold()) === before) await new Promise(setImmediate);
    socket.destroy();
  }
  await expectUnharmed();
});

test('announcing what never comes reserves nothing', async () => {
  const greedy = await RawRtmp.greet(stand.port);
  const announced = Buffer.from('03000000ffffff1400000000', 'hex');
  greedy.send(Buffer.concat([announced, Buffer.alloc(1)]));
  await greedy.untilCut();
  expect(stand.lines.join('')).toContain('message-too-long');
  const many = await RawRtmp.greet(stand.port);
  for (let chunkStream = 2; chunkStream < 320; chunkStream++) {
    const head = Buffer.from('00000000000000ff1400000000', 'hex');
    head[1] = chunkStream & 0xff;
    many.send(Buffer.concat([head, Buffer.alloc(1)]));
    many.send(Buffer.alloc(127));
  }
  await many.untilCut();
  expect(stand.lines.join('')).toContain('too-many-chunk-streams');
  await expectUnharmed();
});

test('whatever a connection says, the stream beside it goes on', { timeout: 600_000 }, async () => {
  const said = Buffer.concat([handshake(), ...messages]);
  const change = fc.tuple(fc.nat(said.length - 1), fc.uint8Array({ minLength: 1, maxLength: 4 }));
  // Most changes among the commands, where the grammar is; the handshake itself may hold anything.
  const early = fc.tuple(
    fc.integer({ min: 3_073, max: 3_600 }),
    fc.uint8Array({ minLength: 1, maxLength: 4 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(change, early), { minLength: 1, maxLength: 6 }),
      fc.option(fc.nat(said.length), { nil: said.length }),
      async (changes, cut) => {
        const changed = Buffer.from(said);
        for (const [position, bytes] of changes) {
          changed.set(bytes.subarray(0, said.length - position), position);
        }
        const hostile = await RawRtmp.connect(stand.port);
        hostile.send(changed.subarray(0, cut));
        await hostile.finish();
      },
    ),
    { numRuns: fuzzRuns(60, 5) },
  );
  await expectUnharmed();
});

test('noise of whatever kind ends its own connection', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.uint8Array({ minLength: 1, maxLength: 4_000 }),
      fc.nat(255),
      async (isGreeting, noise, type) => {
        const hostile = await (isGreeting ? RawRtmp.greet(stand.port) : RawRtmp.connect(stand.port));
        hostile.send(isGreeting ? messageOf(type, Buffer.from(noise)) : noise);
        await hostile.finish();
      },
    ),
    { numRuns: fuzzRuns(60, 5) },
  );
  await expectUnharmed();
});

test('fifty streams later nothing is left over', { timeout: 120_000 }, async () => {
  const cycle = async () => {
    const count = stand.taken.length;
    const recorder = await RawRtmp.greet(stand.port);
    for (const message of messages) recorder.send(message);
    const taken = await stand.nthTaken(count);
    recorder.cut();
    await taken.feed.ended;
  };
  const count = async (process: number | string | null) => (await readdir(`/proc/${process}/fd`)).length;
  await cycle();
  while (stand.server.connections > 1) await new Promise(setImmediate);
  const [ours, theirs] = [await count('self'), await count(processId)];
  for (let index = 0; index < 50; index++) await cycle();
  // What was closed last may take a moment to be gone; what was left open never goes.
  while (stand.server.connections > 1) await new Promise(setImmediate);
  while ((await count('self')) > ours || (await count(processId)) > theirs) await new Promise(setImmediate);
  await expectUnharmed();
});
