/** Streams that are not as one would wish, by raw RTMP through the real media server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FlvTag } from './flv-reader.ts';
import { commandOf, messageAfter, RawRtmp } from './testing/raw-rtmp.ts';
import { RtmpStand } from './testing/rtmp-stand.ts';
import { codedOf, messageFrom, tagsOf, writeFilm } from './testing/sample-film.ts';

let folder: string;
let film: string;
let tags: FlvTag[];
let stand: RtmpStand;
let recorder: RawRtmp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-film-'));
  film = await writeFilm(folder, 2);
  tags = (await tagsOf(film)).filter(({ type }) => type !== 'script');
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => begin());
afterEach(() => stand.server.stop());

async function begin(silenceMs = 5_000): Promise<void> {
  stand = await RtmpStand.start({ keys: { 'DEMO-001': 's3cret' }, silenceMs });
  recorder = await RawRtmp.greet(stand.port);
  recorder.publish('DEMO-001?key=s3cret');
}

function send(sent: readonly FlvTag[]): void {
  for (const tag of sent) recorder.send(messageFrom(tag));
}

const goodbye = () => recorder.command('deleteStream', 4, null, 1);
const of = (type: FlvTag['type']) => tags.filter((tag) => tag.type === type);
const at = (timeMs: number, sent: readonly FlvTag[]) =>
  sent.map((tag) => ({ ...tag, timeMs: tag.timeMs + timeMs }));
const hashes = (coded: readonly { md5: string }[]) => coded.map(({ md5 }) => md5);
const isKeyTag = ({ data }: FlvTag) => data[0] === 0x17 && data[1] === 1;

test('pictures that begin 10 s after the sound come as another feed of the same connection', async () => {
  send(of('audio'));
  send(at(10_000, of('video')));
  goodbye();
  const sound = await stand.nthTaken(0);
  expect(sound.feed.description.tracks.map(({ kind }) => kind)).toEqual(['audio']);
  expect(await sound.feed.ended).toMatchObject({ cause: 'replaced' });
  const both = await stand.nthTaken(1);
  expect(both.feed.description.tracks.map(({ kind }) => kind)).toEqual(['video', 'audio']);
  expect(await both.feed.ended).toMatchObject({ cause: 'goodbye' });
  expect(hashes(sound.coded('audio'))).toEqual(hashes(await codedOf(film, 'a')));
  expect(hashes(both.coded('video'))).toEqual(hashes(await codedOf(film, 'v')));
});

test('what was sent too short to show all its tracks is given out all the same', async () => {
  const short = of('video').filter(({ timeMs }) => timeMs < 1_000);
  send(short);
  goodbye();
  const taken = await stand.nthTaken(0);
  expect(await taken.feed.ended).toMatchObject({ cause: 'goodbye' });
  expect(taken.coded('video')).toHaveLength(short.length - 1);
});

test('parameter sets that change go out before the next picture, whatever it is', async () => {
  const [setup, ...pictures] = of('video');
  if (setup === undefined) throw new Error('the film has no beginning');
  const changed = { ...setup, data: Buffer.from(setup.data) };
  // Another level: 3 bytes into the first parameter set, and into the record.
  for (const position of [8, 5 + 8 + 3]) changed.data.writeUInt8(52, position);
  send(of('audio').slice(0, 1));
  send([setup, ...pictures.slice(0, 5), changed, ...pictures.slice(5)]);
  goodbye();
  const taken = await stand.nthTaken(0);
  await taken.feed.ended;
  expect(stand.taken).toHaveLength(1);
  const levels = taken.units.map(({ format }) =>
    format?.kind === 'video' ? format.sequenceParameterSets[0]?.[3] : null,
  );
  expect(levels.slice(5)).toEqual(Array(pictures.length - 5 - 1).fill(52));
  expect(new Set(levels.slice(0, 5)).has(52)).toBe(false);
});

test('time stamps go around, told whole or as differences', async () => {
  const [first, ...others] = at(2 ** 32 - 1_000, tags);
  if (first === undefined) throw new Error('the film is empty');
  send([first]);
  let before = first.timeMs;
  for (const tag of others) {
    const { type, data, timeMs } = tag;
    if (timeMs < before) send([{ ...tag, timeMs: timeMs % 2 ** 32 }]);
    else recorder.send(messageAfter(type === 'video' ? 9 : 8, data, timeMs - before));
    before = timeMs;
  }
  goodbye();
  const taken = await stand.nthTaken(0);
  await taken.feed.ended;
  for (const kind of ['video', 'audio'] as const) {
    const sent = await codedOf(film, kind === 'video' ? 'v' : 'a');
    const got = taken.coded(kind);
    expect(hashes(got)).toEqual(hashes(sent));
    const shift = (got[0]?.shownMs ?? 0) - (sent[0]?.shownMs ?? 0);
    for (const [index, { shownMs }] of got.entries()) {
      expect(Math.abs(shownMs - shift - (sent[index]?.shownMs ?? 0))).toBeLessThan(1.5);
    }
  }
});

test('a picture that cannot be read is missing, and told as lost; the stream goes on', async () => {
  const broken = tags.filter(({ type }) => type === 'video')[5];
  send(tags.map((tag) => (tag === broken ? { ...tag, data: tag.data.subarray(0, -1) } : tag)));
  goodbye();
  const taken = await stand.nthTaken(0);
  expect(await taken.feed.ended).toMatchObject({ cause: 'goodbye' });
  expect(taken.coded('video')).toHaveLength(29);
  expect(taken.lostPackets).toBe(1);
  expect(stand.lines.join('')).toContain('a NAL unit is cut off');
});

test('what a recorder says of itself is not asked for, however wrong it is', async () => {
  recorder.media(18, Buffer.from('ff00ff', 'hex'));
  recorder.media(15, Buffer.from('ff', 'hex'));
  recorder.media(9, Buffer.alloc(0));
  send(tags);
  goodbye();
  expect(await (await stand.nthTaken(0)).feed.ended).toMatchObject({ cause: 'goodbye' });
});

test('a recorder that wants to know what has come is told', async () => {
  const window = Buffer.alloc(4);
  window.writeUInt32BE(10_000);
  recorder.media(5, window);
  send(tags);
  // An acknowledgement (RTMP 1.0 §5.4.3): type 3, four bytes.
  const acknowledgement = Buffer.from('020000000000040300000000', 'hex').toString('latin1');
  await expect.poll(() => recorder.receivedText).toContain(acknowledgement);
});

test('a goodbye ends the stream also where the connection is left open', async () => {
  send(tags);
  const taken = await stand.nthTaken(0);
  goodbye();
  expect(await taken.feed.ended).toMatchObject({ cause: 'goodbye' });
  await recorder.untilCut();
});

test('a recorder that goes on talking but shows nothing any more is silent', async () => {
  await stand.server.stop();
  await begin(1_500);
  send(tags);
  const taken = await stand.nthTaken(0);
  const talking = setInterval(() => recorder.media(18, Buffer.from('02', 'hex')), 20);
  expect(await taken.feed.ended).toMatchObject({ cause: 'silent' });
  clearInterval(talking);
});

test('codecs that are not carried are told; pictures that come later are', async () => {
  for (let count = 0; count < 4; count++) recorder.media(8, Buffer.from('b200', 'hex'), count * 1_000);
  send(at(5_000, of('video')));
  goodbye();
  const taken = await stand.nthTaken(0);
  expect(taken.feed.description).toMatchObject({ tracks: [{ codec: 'h264' }], refused: ['speex'] });
  await taken.feed.ended;
  expect(taken.coded('video')).toHaveLength(30);
  expect(stand.lines.join('')).toContain('speex is not carried');
});

test('a stream of nothing that can be carried is refused by name', async () => {
  await stand.server.stop();
  await begin(1_500);
  recorder.media(8, Buffer.from('b200', 'hex'));
  await recorder.untilCut();
  await expect.poll(() => stand.lines.join('')).toContain('nothing in it can be carried (speex)');
  expect(stand.taken).toEqual([]);
});

test('a stream that becomes another one without end is cut', async () => {
  const [setup] = of('video');
  const key = of('video').find(isKeyTag);
  if (setup === undefined || key === undefined) throw new Error('the film has no beginning');
  await stand.server.stop();
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  stand = await RtmpStand.start({
    keys: { 'DEMO-001': 's3cret' },
    onPush: async () => {
      await held;
      return 'accepted';
    },
  });
  recorder = await RawRtmp.greet(stand.port);
  recorder.publish('DEMO-001?key=s3cret');
  send([...of('audio').slice(0, 1), setup, key]);
  for (let count = 0; count < 8; count++) {
    recorder.media(8, Buffer.from('7200', 'hex'));
    recorder.media(8, Buffer.from('8200', 'hex'));
  }
  await recorder.untilCut();
  letGo();
  await expect.poll(() => stand.lines.join('')).toContain('it becomes another stream too often');
});

test('answers that nobody reads are not kept without end', async () => {
  send(tags);
  await stand.nthTaken(0);
  recorder.pause();
  const questions = Buffer.concat(Array(10_000).fill(commandOf('createStream', 4, null)));
  for (let count = 0; count < 40; count++) recorder.send(questions);
  await expect.poll(() => stand.lines.join(''), { timeout: 20_000 }).toContain('answers-not-read');
});

test('chunks of nothing and buffers that are begun without end are not waited for', async () => {
  const nothing = await RawRtmp.greet(stand.port);
  nothing.media(1, Buffer.alloc(4));
  await nothing.untilCut();
  expect(stand.lines.join('')).toContain('chunks-of-nothing');
  const greedy = await RawRtmp.greet(stand.port);
  for (let chunkStream = 4; chunkStream < 12; chunkStream++) {
    const head = Buffer.from('0000000000ffff1400000000', 'hex');
    head[0] = chunkStream;
    greedy.send(Buffer.concat([head, Buffer.alloc(128)]));
  }
  await greedy.untilCut();
  expect(stand.lines.join('')).toContain('too-much-begun');
});
