/**
 * Whole docks whose only archive lies. Whatever it says: no receipt names bytes that somebody who does not trust us does
 * not get there, none calls its lock proven, and the recorder keeps its footage.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readReleaseFacts } from '../release/release-facts.ts';
import { releaseVerdict } from '../release/release-policy.ts';
import { sha256Hex } from '../store/sealed-record.ts';
import { TestDock } from '../testing/test-dock.ts';
import { footage } from './peers/archive-contract.ts';
import { Fauxqs } from './peers/fauxqs.ts';
import { LyingStore, lies } from './peers/lying-store.ts';
import { type S3Peer, type StartedS3Peer, targetAt } from './peers/s3-peer.ts';
import { S3Reader } from './peers/s3-reader.ts';
import { S3rver } from './peers/s3rver.ts';
import { Swift, whyNoSwift } from './peers/swift.ts';

const mebibyte = 1024 * 1024;
const contents = new Map([
  ['a.mp4', footage(20_000, 1)],
  ['b_IMP.mp4', footage(6 * mebibyte, 2)],
  ['c.mp4', footage(70_000, 3)],
]);
const liars = [
  ...(whyNoSwift === null ? ['Swift'] : []),
  'fauxqs',
  's3rver',
  ...lies.map((lie) => `a store of ${lie}`),
];
const peers = new Map<string, S3Peer>();
const started: StartedS3Peer[] = [];
const tally = { clips: 0, receipts: 0, falseReceipts: 0, wormProven: 0, released: 0 };

beforeAll(async () => {
  const keep = async (name: string, starting: Promise<StartedS3Peer>) => {
    const peer = await starting;
    started.unshift(peer);
    peers.set(name, peer);
    return peer;
  };
  await keep('s3rver', S3rver.start());
  const fauxqs = await keep('fauxqs', Fauxqs.start());
  const engine = whyNoSwift === null ? await keep('Swift', Swift.start()) : fauxqs;
  for (const lie of lies) await keep(`a store of ${lie}`, LyingStore.before(engine, lie));
}, 150_000);

afterAll(async () => {
  for (const peer of started) await peer.stop();
  console.log(`docks at archives that lie: ${JSON.stringify(tally)}`);
});

interface DockAtLiar {
  dock: TestDock;
  reader: S3Reader;
  errors: unknown[];
}

async function dockAt(
  name: string,
  retention: 'none' | 'compliance',
  isWormRequired = true,
): Promise<DockAtLiar> {
  const peer = peers.get(name);
  if (peer === undefined) throw new Error(`${name} was not started`);
  const bucket = `footage-${randomUUID()}`;
  const reader = new S3Reader(peer);
  await reader.makeBucket(bucket);
  if (retention === 'compliance') await reader.lockBucket(bucket, 1).catch(() => undefined);
  const errors: unknown[] = [];
  const dock = await TestDock.open({
    targets: [targetAt(peer, bucket, { retention, isWormRequired })],
    releasePolicy: 'after-receipt',
    onForwardError: (error) => errors.push(error),
  });
  onTestFinished(async () => {
    await dock.close();
    reader.close();
  });
  // A recorder that says who it is: others are never freed.
  await mkdir(join(dock.card, 'DCAM_FACTORY'));
  await writeFile(join(dock.card, 'DCAM_FACTORY', 'device_identity.json'), '{"device_id":"CAM001"}');
  for (const [file, content] of contents) await writeFile(join(dock.card, file), content);
  await dock.dock();
  return { dock, reader, errors };
}

/**
 * Forwards, with the recorder docked, until every clip is signed for or the archive was tried so often that they will not
 * be; then until `isEnough`.
 */
async function forwardForAWhile({ dock, errors }: DockAtLiar, isEnough = () => true): Promise<void> {
  const stop = new AbortController();
  const { forwarder } = dock.ingest.archive;
  const run = forwarder.run(stop.signal);
  const docking = dock.dock({ until: () => false, out: stop.signal });
  const isTried = async () => errors.length >= 6 || (await forwarder.queue()).waitingClips === 0;
  await expect.poll(async () => (await isTried()) && isEnough(), { timeout: 40_000 }).toBe(true);
  stop.abort();
  await Promise.all([run, docking]);
}

/** Names of the clips that are gone from the recorder, and of those that may go. */
async function freed({ dock }: DockAtLiar, isWormRequired: boolean): Promise<string[]> {
  const rule = {
    policy: 'after-receipt',
    quorum: 'all',
    leastGrade: 'gateway-verified',
    targets: [{ name: 'centre', isWormRequired }],
    keys: dock.ingest.archive.receipts.keys,
    lockedMonths: 1,
  } as const;
  const names: string[] = [];
  for (const clip of await dock.clips()) {
    const verdict = releaseVerdict(await readReleaseFacts(dock.ingest.database, clip, rule), rule);
    if (verdict.mayRelease || !existsSync(join(dock.card, clip.name))) names.push(clip.name);
  }
  return names;
}

describe.each(liars)('a dock whose archive is %s', { timeout: 90_000 }, (name) => {
  test.each(['none', 'compliance'] as const)('with retention %s frees nothing', async (retention) => {
    const site = await dockAt(name, retention);
    await forwardForAWhile(site);
    const { dock, reader } = site;
    tally.clips += contents.size;
    for (const { clipId, sha256 } of await dock.clips()) {
      const [row] = await dock.ingest.database.read('SELECT body FROM receipt WHERE clip_id = ?', [clipId]);
      if (row === undefined) continue;
      tally.receipts += 1;
      const note = String(row.body);
      if (/^worm proven/mu.test(note)) tally.wormProven += 1;
      const [, root = '', key = '', version = ''] =
        /^object s3:([^/]+)\/(\S+) version (\S+) etag/mu.exec(note) ?? [];
      const given = await reader.read(root, key, version === '-' ? null : version);
      const isTrue = given !== null && sha256Hex(given) === sha256 && note.includes(`clip sha256:${sha256} `);
      if (!isTrue) tally.falseReceipts += 1;
      expect(isTrue, `the archive gives what the receipt names:\n${note}`).toBe(true);
    }
    const gone = await freed(site, true);
    tally.released += gone.length;
    expect(gone).toEqual([]);
  });
});

test('a dock that does not ask for a lock is freed by the receipts of one that has none', {
  timeout: 60_000,
}, async () => {
  const site = await dockAt('fauxqs', 'none', false);
  const isGone = () => [...contents.keys()].every((name) => !existsSync(join(site.dock.card, name)));
  await forwardForAWhile(site, isGone);
  expect((await freed(site, false)).sort()).toEqual([...contents.keys()]);
});

test('none of them got a false receipt, a lock called proven, or anything freed', () => {
  expect(tally.clips).toBe(liars.length * 2 * contents.size);
  // Where nothing is ever signed for, nothing is shown.
  expect(tally.receipts).toBeGreaterThan(liars.length);
  expect(tally).toMatchObject({ falseReceipts: 0, wormProven: 0, released: 0 });
});
