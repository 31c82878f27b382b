/**
 * Object stores that say one thing and do another. A receipt is false where somebody who does not trust us, with a
 * program that is not ours, does not get the very bytes from the archive that it names, or where it calls a lock proven that does not hold.
 * There may be none.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HashPool } from '../pull/hash-pool.ts';
import { isArchiveRefusal } from './archive-refusal.ts';
import { depositOf, FreeLine, footage } from './peers/archive-contract.ts';
import { Fauxqs } from './peers/fauxqs.ts';
import { type Lie, LyingStore, lies } from './peers/lying-store.ts';
import { type S3Peer, type StartedS3Peer, targetAt } from './peers/s3-peer.ts';
import { S3Reader } from './peers/s3-reader.ts';
import { S3rver } from './peers/s3rver.ts';
import { Swift, whyNoSwift } from './peers/swift.ts';
import { isSound, isWormProven } from './probe-report.ts';
import { S3Archive } from './s3/s3-archive.ts';
import type { S3TargetSettings } from './target-settings.ts';

const { signal: never } = new AbortController();
const mebibyte = 1024 * 1024;
const pool = new HashPool(1);
const started: StartedS3Peer[] = [];
const peers = new Map<string, S3Peer>();
const tally = { deposits: 0, receipts: 0, falseReceipts: 0, locksClaimed: 0, locksProven: 0 };

const liars = [
  ...(whyNoSwift === null ? ['Swift'] : []),
  'fauxqs',
  's3rver',
  ...lies.map((lie) => `a store of ${lie}`),
];

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
  await pool.stop();
  console.log(`liars: ${JSON.stringify(tally)}`);
});

interface OpenLiar {
  archive: S3Archive;
  reader: S3Reader;
  bucket: string;
}

/** A bucket of its own at a liar, that is told to lock where it listens to that. */
async function openAt(name: string, change: Partial<S3TargetSettings>): Promise<OpenLiar> {
  const peer = peers.get(name);
  if (peer === undefined) throw new Error(`${name} was not started`);
  const bucket = `footage-${randomUUID()}`;
  const reader = new S3Reader(peer);
  await reader.makeBucket(bucket);
  if (change.retention === 'compliance') await reader.lockBucket(bucket, 1).catch(() => undefined);
  const archive = new S3Archive({
    settings: targetAt(peer, bucket, change),
    pool,
    depositor: 'gateway:dock-1',
  });
  onTestFinished(async () => {
    await archive.close();
    reader.close();
  });
  return { archive, reader, bucket };
}

describe.each(liars)('%s', (name) => {
  test.each([
    ['none', 5000],
    ['none', 6 * mebibyte],
    ['compliance', 5000],
    ['compliance', 6 * mebibyte],
  ] as const)(
    'gets no false receipt: retention %s, %i bytes',
    { timeout: 60_000 },
    async (retention, size) => {
      const { archive, reader, bucket } = await openAt(name, { retention });
      const content = footage(size, 1);
      const until = new Date(Date.now() + 3_600_000).toISOString();
      const sent = await depositOf(content, { retention: { class: 'ordinary', until, isOnHold: false } });
      tally.deposits += 1;
      const deposited = await archive.deposit(sent, new FreeLine(), never).catch((error: unknown) => error);
      if (deposited instanceof Error) {
        expect(isArchiveRefusal(deposited), String(deposited.stack)).toBe(true);
        return;
      }
      const { holding } = deposited as Awaited<ReturnType<S3Archive['deposit']>>;
      tally.receipts += 1;
      const { key, versionId } = holding.object;
      const given = await reader.read(bucket, key, versionId);
      if (given?.equals(content) !== true) tally.falseReceipts += 1;
      expect(given?.equals(content), 'an independent reader gets the bytes the receipt names').toBe(true);
      expect(holding.verified.level).toBe('readback');
      if (holding.retain.mode === 'COMPLIANCE') tally.locksClaimed += 1;
    },
  );

  test('is never taken to keep what it is told to keep', { timeout: 60_000 }, async () => {
    const { archive } = await openAt(name, { retention: 'compliance' });
    const report = await archive.probe(never);
    if (isWormProven(report)) tally.locksProven += 1;
    expect(isWormProven(report), JSON.stringify(report.results)).toBe(false);
    expect(isSound(report), JSON.stringify(report.results)).toBe(false);
  });
});

describe('a lie', () => {
  /** What each is refused for, in one piece and in parts; `null`: it tells no lie about that. */
  const refusals: Readonly<Record<Lie, [inOnePiece: string | null, inParts: string | null]>> = {
    'flipped-bit': ['holds-other-bytes', 'holds-other-bytes'],
    'other-bytes': ['holds-other-bytes', 'holds-other-bytes'],
    shorter: ['holds-other-bytes', 'holds-other-bytes'],
    'another-object': ['holds-other-bytes', 'holds-other-bytes'],
    'not-stored': ['failed', 'failed'],
    'error-in-200': [null, 'failed'],
    'lock-in-words': [null, null],
  };
  test.each(lies)('of %s is called by its name', { timeout: 60_000 }, async (lie) => {
    const { archive, reader, bucket } = await openAt(`a store of ${lie}`, { retention: 'none' });
    // Something must lie there that can be mixed up with what comes.
    await reader.write(bucket, 'another', footage(100, 9));
    await reader.read(bucket, 'another');
    const codes: (string | null)[] = [];
    for (const size of [5000, 6 * mebibyte]) {
      const depositing = archive.deposit(await depositOf(footage(size, 2)), new FreeLine(), never);
      codes.push(
        await depositing.then(
          () => null,
          (error: unknown) => (isArchiveRefusal(error) ? error.code : String(error)),
        ),
      );
    }
    expect(codes).toEqual(refusals[lie]);
  });
});

test('none of them got a false receipt, or a lock called proven', () => {
  expect(tally.deposits).toBe(liars.length * 4);
  // A suite in which everything is refused would prove nothing.
  expect(tally.receipts).toBeGreaterThan(liars.length / 2);
  expect(tally.falseReceipts).toBe(0);
  expect(tally.locksClaimed).toBeGreaterThan(0);
  expect(tally.locksProven).toBe(0);
});
