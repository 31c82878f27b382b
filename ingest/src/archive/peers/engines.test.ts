/** The archives others wrote that the suite starts: each is there, and lies as it is said to. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { footage } from './archive-contract.ts';
import { Fauxqs } from './fauxqs.ts';
import { type Lie, LyingStore } from './lying-store.ts';
import type { StartedS3Peer } from './s3-peer.ts';
import { S3Reader } from './s3-reader.ts';
import { S3rver } from './s3rver.ts';
import { Swift, whyNoSwift } from './swift.ts';

async function opened<Peer extends StartedS3Peer>(starting: Promise<Peer>): Promise<Peer> {
  const peer = await starting;
  onTestFinished(() => peer.stop());
  return peer;
}

function readerOf(peer: StartedS3Peer): S3Reader {
  const reader = new S3Reader(peer);
  onTestFinished(() => reader.close());
  return reader;
}

async function lock(peer: StartedS3Peer, bucket: string, key: string): Promise<void> {
  // Not the reader's business: it only looks.
  const { PutObjectRetentionCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client({
    endpoint: peer.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: peer.user,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const until = new Date(Date.now() + 86_400_000);
  const Retention = { Mode: 'COMPLIANCE' as const, RetainUntilDate: until };
  try {
    await client.send(new PutObjectRetentionCommand({ Bucket: bucket, Key: key, Retention }));
  } finally {
    client.destroy();
  }
}

describe('an engine others wrote', () => {
  test.each([
    ['fauxqs', () => Fauxqs.start()],
    ['s3rver', () => S3rver.start()],
  ])('%s keeps what it is sent', async (_name, start) => {
    const peer = await opened<StartedS3Peer>(start());
    const reader = readerOf(peer);
    await reader.makeBucket('footage');
    await reader.write('footage', 'a/b', footage(100_000, 1));
    expect(await reader.objects('footage')).toEqual(new Map([['a/b', footage(100_000, 1)]]));
    expect(await reader.read('footage', 'a/c')).toBeNull();
    await reader.erase('footage', 'a/b');
    expect(await reader.read('footage', 'a/b')).toBeNull();
  });

  test.skipIf(whyNoSwift !== null)(
    'Swift keeps what it is sent, and writes a retention over it',
    { timeout: 150_000 },
    async () => {
      const swift = await opened(Swift.start());
      const reader = readerOf(swift);
      await reader.makeBucket('footage');
      await reader.write('footage', 'a/b', footage(100_000, 1));
      expect(await reader.read('footage', 'a/b')).toEqual(footage(100_000, 1));
      await reader.beginUpload('footage', 'c');
      expect(await reader.uploads('footage')).toEqual(['c']);
      await lock(swift, 'footage', 'a/b');
      expect(String(await reader.read('footage', 'a/b'))).toMatch(/<Retention .*COMPLIANCE/u);
      await reader.erase('footage', 'a/b');
      expect(await reader.read('footage', 'a/b')).toBeNull();
    },
  );
});

describe('a store that lies', () => {
  async function lying(lie: Lie) {
    const honest = await opened(Fauxqs.start());
    const peer = await opened(LyingStore.before(honest, lie));
    await readerOf(honest).makeBucket('footage');
    return { peer, truth: readerOf(honest), told: readerOf(peer) };
  }

  test.each([
    ['flipped-bit', 1],
    ['other-bytes', 5000],
  ] as const)('by %s gives the right number of bytes, and not the right ones', async (lie, wrong) => {
    const { truth, told } = await lying(lie);
    await told.write('footage', 'a', footage(5000, 1));
    expect(await truth.read('footage', 'a')).toEqual(footage(5000, 1));
    const given = (await told.read('footage', 'a')) ?? Buffer.alloc(0);
    expect(given).toHaveLength(5000);
    expect([...given.keys()].filter((at) => given[at] !== footage(5000, 1)[at])).toHaveLength(wrong);
  });

  test('by shorter gives less than it has', async () => {
    const { told } = await lying('shorter');
    await told.write('footage', 'a', footage(5000, 1));
    expect(await told.read('footage', 'a')).toEqual(footage(5000, 1).subarray(0, 2500));
  });

  test('by another-object gives what lies under another key', async () => {
    const { told } = await lying('another-object');
    await told.write('footage', 'a', footage(5000, 1));
    await told.write('footage', 'b', footage(5000, 2));
    expect(await told.read('footage', 'a')).toEqual(footage(5000, 1));
    expect(await told.read('footage', 'b')).toEqual(footage(5000, 1));
  });

  test('by not-stored keeps nothing', async () => {
    const { told, truth } = await lying('not-stored');
    await told.write('footage', 'a', footage(5000, 1));
    expect(await truth.read('footage', 'a')).toBeNull();
  });

  test('by lock-in-words tells the retention, and deletes', async () => {
    const { peer, told, truth } = await lying('lock-in-words');
    await told.write('footage', 'a', footage(5000, 1));
    await lock(peer, 'footage', 'a');
    expect(await told.read('footage', 'a')).toEqual(footage(5000, 1));
    const headers = await fetch(`${peer.endpoint}/footage/a`).then((answer) => answer.headers);
    expect(headers.get('x-amz-object-lock-mode')).toBe('COMPLIANCE');
    await told.erase('footage', 'a');
    expect(await truth.read('footage', 'a')).toBeNull();
  });
});
