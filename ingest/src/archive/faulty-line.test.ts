/**
 * A whole dock, a real object store, and a line with faults between them. Whatever happens to the line: every clip is
 * signed for in the end, lies in the archive once and byte for byte, nothing is left under way there, and until then
 * nothing is gone from the recorder.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { TestDock } from '../testing/test-dock.ts';
import { AnsweringProxy, type AskedFor } from './peers/answering-proxy.ts';
import { footage } from './peers/archive-contract.ts';
import { FaultProxy } from './peers/fault-proxy.ts';
import { Fauxqs } from './peers/fauxqs.ts';
import { type StartedS3Peer, targetAt } from './peers/s3-peer.ts';
import { S3Reader } from './peers/s3-reader.ts';
import { Swift, whyNoSwift } from './peers/swift.ts';

const mebibyte = 1024 * 1024;
const contents = new Map([
  ['a.mp4', footage(20_000, 1)],
  ['b_IMP.mp4', footage(11 * mebibyte, 2)],
]);
let store: StartedS3Peer;

beforeAll(async () => {
  store = whyNoSwift === null ? await Swift.start() : await Fauxqs.start();
}, 150_000);
afterAll(() => store.stop());

/** The dock speaks to the line, the line to what answers, and that to the store. */
interface Way {
  dock: TestDock;
  line: FaultProxy;
  answers: AnsweringProxy;
  reader: S3Reader;
  bucket: string;
  errors: unknown[];
}

async function dockAt(): Promise<Way> {
  const bucket = `footage-${randomUUID()}`;
  const reader = new S3Reader(store);
  await reader.makeBucket(bucket);
  const answers = await AnsweringProxy.open(Number(new URL(store.endpoint).port));
  const line = await FaultProxy.open(answers.port);
  const errors: unknown[] = [];
  const settings = targetAt({ endpoint: line.url, user: store.user }, bucket, {
    retention: 'none',
    idleTimeoutMs: 1000,
    parallelParts: 1,
  });
  const dock = await TestDock.open({
    targets: [settings],
    releasePolicy: 'after-receipt',
    onForwardError: (error) => errors.push(error),
  });
  onTestFinished(async () => {
    await dock.close();
    await line.close();
    await answers.close();
    reader.close();
  });
  // A recorder that says who it is: others are never freed.
  await mkdir(join(dock.card, 'DCAM_FACTORY'));
  await writeFile(join(dock.card, 'DCAM_FACTORY', 'device_identity.json'), '{"device_id":"CAM001"}');
  for (const [name, content] of contents) await writeFile(join(dock.card, name), content);
  await dock.dock();
  return { dock, line, answers, reader, bucket, errors };
}

const onCard = ({ dock }: Way) => [...contents.keys()].filter((name) => existsSync(join(dock.card, name)));

/** Forwards, with the recorder docked, until every clip is freed, and looks at everything. */
async function assertAllArrives(way: Way): Promise<void> {
  const { dock, reader, bucket } = way;
  expect(onCard(way)).toHaveLength(contents.size);
  const stop = new AbortController();
  const forwarding = dock.ingest.archive.forwarder.run(stop.signal);
  await dock.dock({
    until: ({ progress, phase }) => phase !== 'releasing' && progress.clipsReleased === contents.size,
  });
  stop.abort();
  await forwarding;
  expect(onCard(way)).toEqual([]);
  const clips = await dock.clips();
  expect(clips.map(({ state }) => state)).toEqual(clips.map(() => 'released'));
  const objects = await reader.objects(bucket);
  const kept = [...objects].filter(([key]) => key.startsWith('clips/')).map(([, bytes]) => bytes);
  expect(kept).toHaveLength(contents.size);
  for (const content of contents.values()) expect(kept.some((bytes) => bytes.equals(content))).toBe(true);
  expect([...objects.keys()].filter((key) => key.startsWith('receipts/'))).toHaveLength(contents.size);
  expect(await reader.uploads(bucket)).toEqual([]);
  const { database } = dock.ingest;
  expect(await database.read('SELECT * FROM forward')).toEqual([]);
  const taken = await database.read("SELECT clip_id FROM custody_entry WHERE action = 'receipted'");
  expect(new Set(taken.map((row) => row.clip_id)).size).toBe(contents.size);
  expect(taken).toHaveLength(contents.size);
}

const isPart = ({ method, path }: AskedFor) => method === 'PUT' && path.includes('partNumber=');
const isComplete = ({ method, path }: AskedFor) => method === 'POST' && path.includes('uploadId=');
const isBegin = ({ method, path }: AskedFor) => method === 'POST' && /\?uploads/u.test(path);
const isMedia = ({ method, path }: AskedFor) =>
  method === 'PUT' && path.includes('/clips/') && !path.includes('?');

describe('a line', { timeout: 60_000 }, () => {
  test('that is slow carries everything', async () => {
    const way = await dockAt();
    way.line.bytesPerSecond = 8 * mebibyte;
    way.line.delayMs = 2;
    await assertAllArrives(way);
    expect(way.errors).toEqual([]);
  });

  test.each([
    ['reset', 'up', 3 * mebibyte],
    ['reset', 'up', 8 * mebibyte],
    ['close', 'up', 3 * mebibyte],
    ['reset', 'down', 4 * mebibyte],
    ['close', 'down', 4 * mebibyte],
    ['flip-bit', 'up', 3 * mebibyte],
    ['flip-bit', 'down', 4 * mebibyte],
  ] as const)(
    'that breaks once, %s on the way %s after %i bytes, loses nothing',
    async (kind, direction, at) => {
      const way = await dockAt();
      const broken = way.line.breakAfter(at, direction, kind);
      await assertAllArrives(way);
      await broken;
    },
  );

  test('that hangs without an error is given up, and tried until it moves', async () => {
    const way = await dockAt();
    const forwarding = new AbortController();
    way.line.isHanging = true;
    const run = way.dock.ingest.archive.forwarder.run(forwarding.signal);
    await expect.poll(() => way.errors.length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(onCard(way)).toHaveLength(contents.size);
    way.line.isHanging = false;
    forwarding.abort();
    await run;
    await assertAllArrives(way);
  });

  test('that comes and goes all the time brings everything, and not much more', async () => {
    const way = await dockAt();
    for (const at of [2, 5, 7, 9]) void way.line.breakAfter(at * mebibyte, 'up', 'reset');
    const before = way.line.carried.up;
    await assertAllArrives(way);
    expect(way.line.carried.up - before).toBeLessThan(2.8 * 11 * mebibyte);
  });
});

describe('a store', { timeout: 60_000 }, () => {
  const answers = [402, 403, 409, 412, 429, 500, 502, 503, 507] as const;
  test.each(answers)(
    'that answers %i to parts and objects for a while gets everything afterwards',
    async (status) => {
      const way = await dockAt();
      const answer = { status, headers: { 'retry-after': '1', 'content-type': 'application/xml' } };
      const parts = way.answers.when(isPart, { kind: 'own-answer', answer }, 2);
      const whole = way.answers.when(isMedia, { kind: 'own-answer', answer }, 2);
      await assertAllArrives(way);
      expect(parts.times + whole.times).toBe(4);
    },
  );

  test('in a storm of 500 and 503, half of all it is asked, gets everything afterwards', async () => {
    const way = await dockAt();
    let asked = 0;
    const storm = way.answers.when(
      () => {
        asked += 1;
        return asked % 2 === 0;
      },
      { kind: 'own-answer', answer: { status: 503, headers: { 'retry-after': '0' } } },
      60,
    );
    await assertAllArrives(way);
    expect(storm.times).toBeGreaterThan(5);
  });

  test.each([
    ['the beginning of an upload', isBegin],
    ['a part', isPart],
    ['the end of an upload', isComplete],
    ['an object in one piece', isMedia],
  ])('whose answer to %s is lost keeps it once, and nothing beside it', async (_what, isFor) => {
    const way = await dockAt();
    const lost = way.answers.when(isFor, { kind: 'lost-answer' }, 1);
    await assertAllArrives(way);
    expect(lost.times).toBe(1);
  });
});
