import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HashPool } from '../../pull/hash-pool.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { contentKey } from '../archive-layout.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import {
  type ArchiveUnderTest,
  archiveContract,
  depositOf,
  FreeLine,
  footage,
} from '../peers/archive-contract.ts';
import { Ceph, whyNoCeph } from '../peers/ceph.ts';
import { S3Reader } from '../peers/s3-reader.ts';
import { isSound, isWormProven, type ProbeCheck } from '../probe-report.ts';
import type { S3TargetSettings } from '../target-settings.ts';
import { listUploads } from './multipart-calls.ts';
import { otherDocks, removeVersions } from './object-removal.ts';
import { S3Archive } from './s3-archive.ts';
import { S3Client, smallBody } from './s3-client.ts';
import { allOf, textOf } from './s3-xml.ts';
import { headVersion } from './stored-version.ts';

const { signal } = new AbortController();
const dayMs = 86_400_000;

// Ceph takes its time on a machine that is busy with other tests.
describe.skipIf(whyNoCeph !== null)('on Ceph', { timeout: 120_000 }, () => {
  let ceph: Ceph;
  let pool: HashPool;
  let buckets = 0;

  beforeAll(async () => {
    ceph = await Ceph.start();
    pool = new HashPool(1);
  }, 120_000);

  afterAll(async () => {
    await pool?.stop();
    await ceph?.stop();
  }, 60_000);

  /** An archive over a bucket of its own. */
  async function open(
    lockDays: number | null,
    change: Partial<S3TargetSettings> = {},
  ): Promise<{ archive: S3Archive; client: S3Client; bucket: string; settings: S3TargetSettings }> {
    buckets += 1;
    const bucket = `bucket-${buckets}`;
    await ceph.makeBucket(bucket, lockDays);
    const settings = ceph.target(bucket, {
      retention: lockDays === null ? 'none' : 'compliance',
      ...change,
    });
    const archive = new S3Archive({ settings, pool, depositor: 'gateway:dock-1' });
    const client = new S3Client(settings);
    onTestFinished(async () => {
      client.close();
      await archive.close();
    });
    return { archive, client, bucket, settings };
  }

  async function underTest(lockDays: number | null): Promise<ArchiveUnderTest> {
    const { archive, bucket } = await open(lockDays);
    return {
      target: archive,
      objects: () => new S3Reader(ceph).objects(bucket),
      unfinished: () => new S3Reader(ceph).uploads(bucket),
      corrupt: (key) => ceph.corrupt(key),
      leaveUnfinished: async () => {
        const line = new FreeLine((takes) => {
          if (takes > 12) throw new Error('cut off');
        });
        await archive.deposit(await depositOf(footage(12_000_000, 99)), line, signal).catch(() => {});
      },
    };
  }

  archiveContract('s3, in a bucket that locks', () => underTest(1));
  archiveContract('s3, in a bucket with versions and no lock', () => underTest(null));

  test('tells the version, the lock and the time as the server has them', async () => {
    const { archive, client, bucket } = await open(1);
    const sent = await depositOf(footage(12_000_000, 1));
    const { holding } = await archive.deposit(sent, new FreeLine(), signal);
    const { key, versionId } = holding.object;
    const version = await headVersion(client, { bucket, key }, versionId, signal);
    expect(key).toBe(contentKey(sent.original.sha256));
    expect(holding).toMatchObject({
      object: { root: bucket, etag: version?.etag },
      retain: { mode: 'COMPLIANCE', until: version?.lockedUntil?.toISOString(), isOnHold: false },
      verified: { level: 'readback', by: 'gateway' },
    });
    expect(versionId).not.toBeNull();
  });

  test.each([5000, 12_000_000])(
    'keeps %i bytes until the day that was asked for, though the bucket asks for less',
    async (size) => {
      const { archive, client, bucket } = await open(1);
      const until = new Date(Date.now() + 40 * dayMs).toISOString();
      const sent = await depositOf(footage(size, 2), {
        retention: { class: 'long', until, isOnHold: false },
      });
      const { holding } = await archive.deposit(sent, new FreeLine(), signal);
      expect(Date.parse(holding.retain.until ?? '')).toBeGreaterThanOrEqual(Date.parse(until));
      const { key, versionId } = holding.object;
      const query = { versionId: versionId ?? '' };
      const deleting = client.call({ method: 'DELETE', bucket, key, query }, signal);
      await expect(deleting).rejects.toSatisfy((error) => isArchiveRefusal(error, 'denied'));
    },
  );

  test('puts a clip on hold that is on hold, and looks whether it is', async () => {
    const { archive } = await open(1);
    const retention = { class: 'long', until: null, isOnHold: true } as const;
    const { holding } = await archive.deposit(
      await depositOf(footage(5000, 3), { retention }),
      new FreeLine(),
      signal,
    );
    expect(holding.retain.isOnHold).toBe(true);
  });

  test('makes the lock longer of what lies there already', async () => {
    const { archive } = await open(1);
    await archive.deposit(await depositOf(footage(5000, 4)), new FreeLine(), signal);
    const until = new Date(Date.now() + 9 * dayMs).toISOString();
    const again = await depositOf(footage(5000, 4), {
      retention: { class: 'ordinary', until, isOnHold: false },
    });
    const { holding } = await archive.deposit(again, new FreeLine(), signal);
    expect(Date.parse(holding.retain.until ?? '')).toBeGreaterThanOrEqual(Date.parse(until));
  });

  test.each([
    ['that cannot lock', null],
    ['that can lock, and does not by itself', 0],
  ])('sends nothing to a bucket %s where it is to lock', async (_what, lockDays) => {
    const { archive, client, bucket } = await open(lockDays, { retention: 'compliance' });
    const depositing = archive.deposit(await depositOf(footage(5000, 5)), new FreeLine(), signal);
    await expect(depositing).rejects.toSatisfy((error) => isArchiveRefusal(error, 'not-kept'));
    expect(await keysIn(client, bucket)).toEqual([]);
  });

  test('keeps each class of retention in its own bucket', async () => {
    const { bucket: long } = await open(3);
    const { archive, settings } = await open(1);
    const both = new S3Archive({
      settings: { ...settings, buckets: { ordinary: settings.buckets.ordinary, long } },
      pool,
      depositor: 'gateway:dock-1',
    });
    onTestFinished(() => both.close());
    const retention = { class: 'long', until: null, isOnHold: false } as const;
    const sent = await depositOf(footage(5000, 6), { retention });
    expect((await both.deposit(sent, new FreeLine(), signal)).holding.object.root).toBe(long);
    const ordinary = await depositOf(footage(5000, 7));
    expect((await both.deposit(ordinary, new FreeLine(), signal)).holding.object.root).toBe(
      settings.buckets.ordinary,
    );
    await archive.reach(signal);
  });

  test('asked for parts only, takes their tags for it where it sent them itself', async () => {
    const { archive } = await open(null, { verify: 'parts' });
    const sent = () => depositOf(footage(12_000_000, 8));
    const first = await archive.deposit(await sent(), new FreeLine(), signal);
    expect(first.holding.verified.level).toBe('parts');
    const second = await archive.deposit(await sent(), new FreeLine(), signal);
    expect(second.holding.verified.level).toBe('readback');
  });

  test('makes no new version of a document that is there', async () => {
    const { archive, client, bucket } = await open(null);
    const document = { key: 'records/a.json', body: '{"v":1}', mediaType: 'application/json' } as const;
    await archive.putDocument(document, signal);
    expect(await archive.putDocument(document, signal)).toBe(sha256Hex('{"v":1}'));
    const list = await client.call({ method: 'GET', bucket, query: { versions: '' } }, signal);
    expect(allOf(list.xml?.content ?? '', 'Version')).toHaveLength(1);
  });

  test('leaves the uploads of sessions, and those of other docks', async () => {
    const { archive, client, bucket, settings } = await open(null);
    const other = new S3Archive({ settings, pool, depositor: 'gateway:dock-2' });
    onTestFinished(() => other.close());
    const cutOff = async (by: S3Archive, seed: number) => {
      const line = new FreeLine((takes) => {
        if (takes > 12) throw new Error('cut off');
      });
      await by.deposit(await depositOf(footage(12_000_000, seed)), line, signal).catch(() => {});
      return line.session ?? '';
    };
    await cutOff(other, 10);
    const kept = await cutOff(archive, 11);
    await cutOff(archive, 12);
    await archive.sweep(new Set([kept]), signal);
    const left = await listUploads(client, { bucket, prefix: '' }, signal);
    expect(left.map(({ key }) => key).sort()).toEqual(
      [10, 11].map((seed) => contentKey(sha256Hex(footage(12_000_000, seed)))).sort(),
    );
  });

  describe('put to the test', () => {
    const outcomes = async (archive: S3Archive) => {
      const report = await archive.probe(signal);
      return { report, of: new Map(report.results.map(({ check, outcome }) => [check, outcome])) };
    };

    test('a bucket that locks proves it', async () => {
      const { archive } = await open(1);
      const { report } = await outcomes(archive);
      expect(report.results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
      expect(isWormProven(report)).toBe(true);
      expect(Math.abs(report.clockOffsetMs ?? Number.NaN)).toBeLessThan(60_000);
    });

    test('a bucket that does not lock fails where it is to lock', async () => {
      const { archive } = await open(null, { retention: 'compliance' });
      const { report, of } = await outcomes(archive);
      const failing: ProbeCheck[] = [
        'retention',
        'worm-delete',
        'worm-bypass',
        'worm-shorten',
        'worm-intact',
      ];
      for (const check of failing) expect([check, of.get(check)]).toEqual([check, 'failed']);
      expect(of.get('read-back')).toBe('passed');
      expect(isWormProven(report)).toBe(false);
    });

    test('a bucket that does not lock, and need not, is sound', async () => {
      const { archive } = await open(null);
      const { report, of } = await outcomes(archive);
      expect(of.get('worm-delete')).toBe('not-applicable');
      expect(isSound(report)).toBe(true);
      expect(isWormProven(report)).toBe(false);
    });

    test('it leaves no upload, and touches no clip', async () => {
      const { archive, client, bucket } = await open(1);
      const { holding } = await archive.deposit(await depositOf(footage(5000, 13)), new FreeLine(), signal);
      await archive.probe(signal);
      expect(await listUploads(client, { bucket, prefix: '' }, signal)).toEqual([]);
      const again = await archive.deposit(await depositOf(footage(5000, 13)), new FreeLine(), signal);
      expect(again.holding.object).toEqual(holding.object);
    });
  });

  test('a locked clip its administrator removed is missed, and sent again', async () => {
    const { archive, bucket } = await open(1);
    const sent = await depositOf(footage(5000, 14));
    const { holding } = await archive.deposit(sent, new FreeLine(), signal);
    const { key, versionId } = holding.object;
    await ceph.admin(
      'object',
      'rm',
      `--bucket=${bucket}`,
      `--object=${key}`,
      `--object-version=${versionId}`,
    );
    const again = await archive.deposit(sent, new FreeLine(), signal);
    expect(again.holding.object.versionId).not.toBe(versionId);
  });

  test('removes every version of a content, and of its encryptions, and nothing beside it', async () => {
    const { archive, client, bucket } = await open(null);
    const sent = await depositOf(footage(5000, 20));
    const { holding } = await archive.deposit(sent, new FreeLine(), signal);
    const { key } = holding.object;
    const put = (name: string) =>
      client.call({ method: 'PUT', bucket, key: name, body: smallBody('other bytes') }, signal);
    for (const name of [key, `${key}.0123456789abcdef.age`, `${key}0`]) await put(name);
    await client.call({ method: 'DELETE', bucket, key }, signal);
    expect(await removeVersions(client, { bucket, key }, signal)).toBe(true);
    const list = await client.call({ method: 'GET', bucket, query: { versions: '' } }, signal);
    const left = ['Version', 'DeleteMarker'].flatMap((name) => allOf(list.xml?.content ?? '', name));
    expect(left.map((one) => textOf(one, 'Key'))).toEqual([`${key}0`]);
  });

  test('does not say it removed what is locked', async () => {
    const { archive, client, bucket } = await open(1);
    const { holding } = await archive.deposit(await depositOf(footage(5000, 21)), new FreeLine(), signal);
    const { key } = holding.object;
    expect(await removeVersions(client, { bucket, key }, signal)).toBe(false);
    expect((await new S3Reader(ceph).objects(bucket)).get(key)?.length).toBe(5000);
  });

  test('knows by their index records whether other docks keep clips here', async () => {
    const { archive, client, bucket } = await open(null);
    const record = (dock: string) =>
      archive.putDocument({ key: `index/${dock}/a.json`, body: '{}', mediaType: 'application/json' }, signal);
    expect(await otherDocks(client, { bucket, dock: 'dock-1' }, signal)).toBe(false);
    await record('dock-1');
    expect(await otherDocks(client, { bucket, dock: 'dock-1' }, signal)).toBe(false);
    await record('dock-10');
    expect(await otherDocks(client, { bucket, dock: 'dock-1' }, signal)).toBe(true);
  });

  test('takes what a body of a document looks like for what it is', async () => {
    const { archive } = await open(null);
    const body = '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>';
    await archive.putDocument({ key: 'records/x.json', body, mediaType: 'application/json' }, signal);
    expect(await archive.readDocument('records/x.json', signal)).toBe(body);
  });

  test('by TLS, speaks to a server whose certificate is trusted, and to no other', async () => {
    const { archive, settings } = await open(null, { endpoint: ceph.secureEndpoint, caFile: ceph.caFile });
    const sent = await depositOf(footage(12_000_000, 15));
    expect((await archive.deposit(sent, new FreeLine(), signal)).holding.stored).toEqual(sent.original);
    const stranger = new S3Archive({
      settings: { ...settings, caFile: null },
      pool,
      depositor: 'gateway:dock-1',
    });
    onTestFinished(() => stranger.close());
    await expect(stranger.reach(signal)).rejects.toSatisfy((error) => isArchiveRefusal(error, 'unreachable'));
  });

  test('a bucket that is not there is for people', async () => {
    const settings = ceph.target('no-such-bucket');
    const archive = new S3Archive({ settings, pool, depositor: 'gateway:dock-1' });
    onTestFinished(() => archive.close());
    await expect(archive.reach(signal)).rejects.toSatisfy((error) => isArchiveRefusal(error, 'denied'));
  });

  test('small bodies carry their digests', () => {
    expect(smallBody('abc').md5).toBe('900150983cd24fb0d6963f7d28e17f72');
  });
});

async function keysIn(client: S3Client, bucket: string): Promise<string[]> {
  const list = await client.call({ method: 'GET', bucket, query: { 'list-type': '2' } }, signal);
  return allOf(list.xml?.content ?? '', 'Contents').map((one) => textOf(one, 'Key'));
}
