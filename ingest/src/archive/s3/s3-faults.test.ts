import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HashPool } from '../../pull/hash-pool.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { type ArchiveRefusalCode, isArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit, Holding } from '../archive-target.ts';
import { AnsweringProxy, type AskedFor } from '../peers/answering-proxy.ts';
import { depositOf, FreeLine, footage } from '../peers/archive-contract.ts';
import { Ceph, whyNoCeph } from '../peers/ceph.ts';
import type { DepositOrder } from '../peers/deposit-process.ts';
import { FaultProxy } from '../peers/fault-proxy.ts';
import { S3Reader } from '../peers/s3-reader.ts';
import type { S3TargetSettings } from '../target-settings.ts';
import { completeUpload } from './multipart-calls.ts';
import { S3Archive } from './s3-archive.ts';
import { S3Client } from './s3-client.ts';
import { allOf } from './s3-xml.ts';
import { readSession } from './upload-session.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
const partBytes = 5 * 1024 * 1024;
const depositProcess = fileURLToPath(new URL('../peers/deposit-process.js', import.meta.url));
const whyNoFaketime = (() => {
  try {
    accessSync('/usr/bin/faketime');
    return null;
  } catch {
    return 'faketime is missing';
  }
})();

const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const refusedAs = (code: ArchiveRefusalCode) => (error: unknown) => isArchiveRefusal(error, code);
const isComplete = ({ method, path }: AskedFor) => method === 'POST' && path.includes('?uploadId=');
const isPart = ({ method, path }: AskedFor) => method === 'PUT' && path.includes('partNumber=');
const isHead = ({ method, path }: AskedFor) => method === 'HEAD' && path.includes('/clips/');
const isRead = ({ method, path }: AskedFor) => method === 'GET' && path.includes('/clips/');

// Ceph takes its time on a machine that is busy with other tests.
describe.skipIf(whyNoCeph !== null)('on Ceph, when things go wrong', { timeout: 120_000 }, () => {
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

  /** A bucket of its own, and the settings of a target that reaches it by `endpoint`. */
  async function place(endpoint: string, change: Partial<S3TargetSettings> = {}): Promise<S3TargetSettings> {
    buckets += 1;
    const bucket = `faults-${buckets}`;
    await ceph.makeBucket(bucket, null);
    return ceph.target(bucket, { endpoint, retention: 'none', ...change });
  }

  function archiveOver(settings: S3TargetSettings): S3Archive {
    const archive = new S3Archive({ settings, pool, depositor: 'gateway:dock-1' });
    onTestFinished(() => archive.close());
    return archive;
  }

  async function faultyLine(): Promise<FaultProxy> {
    const proxy = await FaultProxy.open(Number(new URL(ceph.endpoint).port));
    onTestFinished(() => proxy.close());
    return proxy;
  }

  async function answering(): Promise<AnsweringProxy> {
    const proxy = await AnsweringProxy.open(Number(new URL(ceph.endpoint).port));
    onTestFinished(() => proxy.close());
    return proxy;
  }

  /** One object with the bytes of the clip, in one version, and no upload beside it. */
  async function expectOneWhole(settings: S3TargetSettings, sent: ArchiveDeposit): Promise<void> {
    const bucket = settings.buckets.ordinary;
    const reader = new S3Reader(ceph);
    const objects = await reader.objects(bucket);
    expect([...objects.values()].map(sha256Hex)).toEqual([sent.content.sha256]);
    expect(await reader.uploads(bucket)).toEqual([]);
    const client = new S3Client({ ...settings, endpoint: ceph.endpoint });
    onTestFinished(() => client.close());
    const list = await client.call({ method: 'GET', bucket, query: { versions: '' } }, signal);
    expect(allOf(list.xml?.content ?? '', 'Version')).toHaveLength(1);
  }

  describe('the process killed', () => {
    async function order(settings: S3TargetSettings, sent: ArchiveDeposit): Promise<DepositOrder> {
      const sessionFile = join(await temporaryFolder(), 'session');
      await writeFile(sessionFile, '');
      return { settings, deposit: sent, sessionFile, dieAt: null };
    }

    const deposit = (told: DepositOrder, ...before: string[]) => {
      const [program = '', ...rest] = [...before, process.execPath, depositProcess, JSON.stringify(told)];
      return run(program, rest, { maxBuffer: 1024 * 1024 });
    };

    test.each([
      'archive.intended',
      'archive.begun',
      'archive.session-kept',
      'archive.sent',
      'archive.completed',
      'archive.locked',
      'archive.verified',
    ])('at %s, and started again, sends no byte twice and leaves one object', async (step) => {
      const line = await faultyLine();
      const settings = await place(line.url);
      const sent = await depositOf(footage(12_000_000, 1));
      const told = await order(settings, sent);
      await expect(deposit({ ...told, dieAt: step })).rejects.toMatchObject({ signal: 'SIGKILL' });
      const { stdout } = await deposit(told);
      expect((JSON.parse(stdout) as Holding).stored).toEqual(sent.original);
      await expectOneWhole(settings, sent);
      expect(line.carried.up).toBeLessThan(12_000_000 * 1.01);
    });

    test('in the middle of its parts sends at most a tenth more than the clip', {
      timeout: 120_000,
    }, async () => {
      const line = await faultyLine();
      const settings = await place(line.url);
      const sizeBytes = 112 * 1024 * 1024;
      const sent = await depositOf(footage(sizeBytes, 2));
      const told = await order(settings, sent);
      const dying = deposit({ ...told, dieAt: 0.6 * sizeBytes });
      await expect(dying).rejects.toMatchObject({ signal: 'SIGKILL' });
      const sentBefore = line.carried.up;
      await deposit(told);
      expect(sentBefore).toBeGreaterThan(0.5 * sizeBytes);
      expect(line.carried.up / sizeBytes).toBeLessThan(1.1);
      await expectOneWhole(settings, sent);
    });

    test.skipIf(whyNoFaketime !== null).each(['+20m', '-20m'])(
      'by nobody, but with a clock that is %s off, learns the time of the archive and goes on',
      async (offset) => {
        const settings = await place(ceph.endpoint);
        const sent = await depositOf(footage(12_000_000, 3));
        const { stdout } = await deposit(await order(settings, sent), 'faketime', '-f', offset);
        const { verified } = JSON.parse(stdout) as Holding;
        expect(Math.abs(Date.parse(verified.at) - Date.now())).toBeLessThan(5 * 60_000);
        await expectOneWhole(settings, sent);
      },
    );
  });

  test('a line reset in the middle of a part: that part goes out again', async () => {
    const line = await faultyLine();
    const settings = await place(line.url);
    const sent = await depositOf(footage(12_000_000, 4));
    const reset = line.breakAfter(7_000_000, 'up', 'reset');
    await archiveOver(settings).deposit(sent, new FreeLine(), signal);
    await reset;
    expect(line.carried.up).toBeLessThan(12_000_000 + 1.1 * partBytes);
    await expectOneWhole(settings, sent);
  });

  test.each([5000, 12_000_000])(
    'a bit turned on its way, of %i bytes, is refused, and sent again',
    async (size) => {
      const line = await faultyLine();
      const settings = await place(line.url);
      const archive = archiveOver(settings);
      await archive.reach(signal);
      const sent = await depositOf(footage(size, 5));
      const free = new FreeLine((takes) => {
        // In the middle of what goes out next, behind its header.
        if (takes === 1) void line.breakAfter(Math.round(size / 3) + 2000, 'up', 'flip-bit');
      });
      await archive.deposit(sent, free, signal);
      expect(line.carried.up).toBeGreaterThan(size + Math.min(size, partBytes) * 0.9);
      await expectOneWhole(settings, sent);
    },
  );

  test('a hang without an error ends by itself, and what had arrived stays', async () => {
    const settings = await place(ceph.endpoint, { idleTimeoutMs: 2000, parallelParts: 1 });
    const archive = archiveOver(settings);
    const sent = await depositOf(footage(12_000_000, 6));
    const line = new FreeLine(() => {
      if (line.heldBytes >= partBytes) ceph.haltDisk();
    });
    try {
      const depositing = archive.deposit(sent, line, signal);
      await expect(depositing).rejects.toSatisfy(refusedAs('unreachable'));
    } finally {
      ceph.resumeDisk();
    }
    const again = new FreeLine();
    again.session = line.session;
    await archive.deposit(sent, again, signal);
    expect(again.takenBytes).toBeLessThanOrEqual(12_000_000 - partBytes);
    await expectOneWhole(settings, sent);
  });

  test('a gateway that dies in the middle, and comes back', async () => {
    const settings = await place(ceph.endpoint, { parallelParts: 1 });
    const archive = archiveOver(settings);
    const sent = await depositOf(footage(12_000_000, 7));
    let dying: Promise<void> | null = null;
    const line = new FreeLine(() => {
      if (line.heldBytes >= partBytes) dying ??= ceph.killGateway();
    });
    const depositing = archive.deposit(sent, line, signal);
    await expect(depositing).rejects.toSatisfy(refusedAs('unreachable'));
    await dying;
    await expect(archive.reach(signal)).rejects.toSatisfy(refusedAs('unreachable'));
    await ceph.startGateway();
    const again = new FreeLine();
    again.session = line.session;
    await archive.deposit(sent, again, signal);
    expect(again.takenBytes).toBeLessThanOrEqual(12_000_000 - partBytes);
    await expectOneWhole(settings, sent);
  });

  test('an archive that is full says so, of one piece and of parts', async () => {
    const user = { accessKeyId: 'SMALL', secretAccessKey: 'smallsecret' };
    await ceph.addUser('small', user);
    await ceph.limit('small', 6_000_000);
    await ceph.makeBucket('small', null, user);
    const archive = archiveOver(ceph.target('small', { ...user, retention: 'none' }));
    await archive.deposit(await depositOf(footage(4_000_000, 8)), new FreeLine(), signal);
    for (const size of [4_000_000, 12_000_000]) {
      const depositing = archive.deposit(await depositOf(footage(size, 9)), new FreeLine(), signal);
      await expect(depositing).rejects.toSatisfy(refusedAs('full'));
    }
  });

  test('credentials that are wrong, unknown or withdrawn are for people', async () => {
    const user = { accessKeyId: 'GOING', secretAccessKey: 'goingsecret' };
    await ceph.addUser('going', user);
    await ceph.makeBucket('going', null, user);
    const target = (change: Partial<S3TargetSettings>) =>
      archiveOver(ceph.target('going', { ...user, retention: 'none', ...change }));
    await target({}).reach(signal);
    await ceph.admin('user', 'suspend', '--uid=going');
    for (const change of [{}, { secretAccessKey: 'other' }, { accessKeyId: 'NOBODY' }]) {
      const archive = target(change);
      const depositing = archive.deposit(await depositOf(footage(5000, 10)), new FreeLine(), signal);
      await expect(depositing).rejects.toSatisfy(refusedAs('denied'));
    }
  });

  test.each<[status: number, code: string, means: ArchiveRefusalCode]>([
    [400, 'ExpiredToken', 'denied'],
    [400, 'InvalidArgument', 'malformed'],
    [402, '', 'full'],
    [403, 'AccessDenied', 'denied'],
    [403, 'QuotaExceeded', 'full'],
    [409, 'OperationAborted', 'conflict'],
    [412, 'PreconditionFailed', 'exists'],
    [429, '', 'busy'],
    [500, 'InternalError', 'failed'],
    [502, '', 'unreachable'],
    [503, 'SlowDown', 'busy'],
    [507, '', 'full'],
  ])('the answer %i %s to a part means %s, and the upload goes on later', async (status, code, means) => {
    const proxy = await answering();
    const settings = await place(proxy.url);
    const archive = archiveOver(settings);
    const body = code === '' ? '' : `<Error><Code>${code}</Code></Error>`;
    const headers = { 'content-type': 'application/xml', 'retry-after': '120' };
    proxy.when(isPart, { kind: 'own-answer', answer: { status, headers, body } });
    const sent = await depositOf(footage(6_000_000, 11));
    const line = new FreeLine();
    await expect(archive.deposit(sent, line, signal)).rejects.toMatchObject({
      code: means,
      status,
      retryAfterMs: 120_000,
    });
    expect(line.session).not.toBeNull();
    proxy.forgetRules();
    await archive.deposit(sent, line, signal);
    await expectOneWhole(settings, sent);
  });

  test('the answer to Complete lost: what lies there counts', async () => {
    const proxy = await answering();
    const settings = await place(proxy.url);
    const lost = proxy.when(isComplete, { kind: 'lost-answer' });
    const sent = await depositOf(footage(6_000_000, 12));
    await archiveOver(settings).deposit(sent, new FreeLine(), signal);
    expect(lost.times).toBeGreaterThan(0);
    await expectOneWhole(settings, sent);
  });

  test('Complete asked for twice leaves one object in one version', async () => {
    const proxy = await answering();
    const settings = await place(proxy.url);
    const archive = archiveOver(settings);
    const sent = await depositOf(footage(6_000_000, 13));
    // The answer is lost, and so is the look at what became of it.
    proxy.when(isComplete, { kind: 'lost-answer' });
    const line = new FreeLine(() => proxy.when(isHead, { kind: 'own-answer', answer: { status: 503 } }));
    await expect(archive.deposit(sent, line, signal)).rejects.toSatisfy(refusedAs('busy'));
    proxy.forgetRules();
    const session = readSession(line.session);
    if (session?.uploadId == null) throw new Error('no session was kept');
    const client = new S3Client(settings);
    onTestFinished(() => client.close());
    const bytes = footage(6_000_000, 13);
    const tags = new Map(
      [bytes.subarray(0, partBytes), bytes.subarray(partBytes)].map((part, index) => [
        index + 1,
        md5Of(part),
      ]),
    );
    await completeUpload(client, { ...session, uploadId: session.uploadId }, tags, signal);
    await archive.deposit(sent, line, signal);
    expect(line.session).toBeNull();
    await expectOneWhole(settings, sent);
  });

  test('success told while Complete failed is no success', async () => {
    const proxy = await answering();
    const settings = await place(proxy.url);
    const body = '<Error><Code>InternalError</Code></Error>';
    const headers = { 'content-type': 'application/xml' };
    proxy.when(isComplete, { kind: 'own-answer', answer: { status: 200, headers, body } }, 1);
    const archive = archiveOver(settings);
    const sent = await depositOf(footage(6_000_000, 14));
    const line = new FreeLine();
    await expect(archive.deposit(sent, line, signal)).rejects.toSatisfy(refusedAs('failed'));
    const before = line.takenBytes;
    await archive.deposit(sent, line, signal);
    expect(line.takenBytes).toBe(before);
    await expectOneWhole(settings, sent);
  });

  test('parts the archive names with another tag go out again', async () => {
    const proxy = await answering();
    const settings = await place(proxy.url, { parallelParts: 1 });
    const archive = archiveOver(settings);
    const sent = await depositOf(footage(12_000_000, 15));
    proxy.when(isComplete, { kind: 'own-answer', answer: { status: 503 } }, 1);
    const line = new FreeLine();
    await expect(archive.deposit(sent, line, signal)).rejects.toSatisfy(refusedAs('busy'));
    const firstTag = md5Of(footage(12_000_000, 15).subarray(0, partBytes));
    proxy.when(({ method, path }) => method === 'GET' && path.includes('uploadId='), {
      kind: 'changed-answer',
      change: (whole) => ({
        ...whole,
        body: Buffer.from(whole.body.toString().replace(firstTag, firstTag.replace(/./u, 'x'))),
      }),
    });
    const again = new FreeLine();
    again.session = line.session;
    await archive.deposit(sent, again, signal);
    expect(again.takenBytes).toBe(partBytes);
    await expectOneWhole(settings, sent);
  });

  test('other bytes read back are never taken for the clip, whole or cut short', async () => {
    const proxy = await answering();
    const settings = await place(proxy.url);
    const archive = archiveOver(settings);
    const sent = await depositOf(footage(5000, 16));
    proxy.when(
      isRead,
      { kind: 'changed-answer', change: (whole) => ({ ...whole, body: Buffer.alloc(whole.body.length) }) },
      1,
    );
    const first = archive.deposit(sent, new FreeLine(), signal);
    await expect(first).rejects.toSatisfy(refusedAs('holds-other-bytes'));
    proxy.when(
      isRead,
      { kind: 'changed-answer', change: (whole) => ({ ...whole, body: whole.body.subarray(0, 4000) }) },
      1,
    );
    const second = archive.deposit(sent, new FreeLine(), signal);
    await expect(second).rejects.toSatisfy(refusedAs('unreachable'));
  });

  test('a lock the archive says it set, and does not show, is not kept', async () => {
    const proxy = await answering();
    buckets += 1;
    const bucket = `faults-${buckets}`;
    await ceph.makeBucket(bucket, 1);
    const archive = archiveOver(ceph.target(bucket, { endpoint: proxy.url }));
    proxy.when(({ method, path }) => method === 'PUT' && path.includes('?retention'), {
      kind: 'own-answer',
      answer: { status: 200 },
    });
    const until = new Date(Date.now() + 40 * 86_400_000).toISOString();
    const sent = await depositOf(footage(5000, 17), {
      retention: { class: 'ordinary', until, isOnHold: false },
    });
    const depositing = archive.deposit(sent, new FreeLine(), signal);
    await expect(depositing).rejects.toSatisfy(refusedAs('not-kept'));
  });
});
