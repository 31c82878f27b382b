/** What every archive must do, on OpenStack Swift, which locks nothing. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { HashPool } from '../../pull/hash-pool.ts';
import { YieldLine } from '../archive-target.ts';
import { S3Archive } from '../s3/s3-archive.ts';
import { archiveContract, depositOf, FreeLine, footage } from './archive-contract.ts';
import { targetAt } from './s3-peer.ts';
import { S3Reader } from './s3-reader.ts';
import { Swift, whyNoSwift } from './swift.ts';

const { signal: never } = new AbortController();
const pool = new HashPool(1);
let swift: Swift;

beforeAll(async () => {
  if (whyNoSwift === null) swift = await Swift.start();
}, 150_000);

afterAll(async () => {
  if (whyNoSwift === null) await swift.stop();
  await pool.stop();
});

describe.skipIf(whyNoSwift !== null)('on OpenStack Swift', () => {
  archiveContract('s3', async () => {
    const bucket = `footage-${randomUUID()}`;
    const reader = new S3Reader(swift);
    await reader.makeBucket(bucket);
    const target = new S3Archive({
      settings: targetAt(swift, bucket, { retention: 'none' }),
      pool,
      depositor: 'gateway:dock-1',
    });
    onTestFinished(async () => {
      await target.close();
      reader.close();
    });
    return {
      target,
      objects: () => reader.objects(bucket),
      unfinished: () => reader.uploads(bucket),
      corrupt: async (key) => {
        const bytes = (await reader.read(bucket, key)) ?? Buffer.alloc(0);
        bytes[0] = (bytes[0] ?? 0) ^ 1;
        await reader.write(bucket, key, bytes);
      },
      leaveUnfinished: async () => {
        const line = new FreeLine((takes) => {
          if (takes === 2) throw new YieldLine();
        });
        await target.deposit(await depositOf(footage(12_000_000, 6)), line, never).catch(() => undefined);
      },
    };
  });
});
