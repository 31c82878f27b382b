/** What lines, disks and stops do to a deposit on its way to a receiver. Real processes, real sockets. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isArchiveRefusal } from '@docket/ingest';
import {
  AnsweringProxy,
  depositOf,
  FaultProxy,
  FreeLine,
  footage,
  smallFileSystem,
  whyNoMounts,
} from '@docket/ingest/archive-peers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ReceiverProcess } from './testing/receiver-process.ts';

const { signal } = new AbortController();
// Every receiver is a process that starts.
vi.setConfig({ testTimeout: 120_000 });

let shared: ReceiverProcess;
let end = async () => {};
beforeAll(async () => {
  shared = await ReceiverProcess.start({}, (how) => {
    end = how;
  });
}, 120_000);
afterAll(() => end());

const clipBytes = 6_000_000;
const pieceBytes = 524_288;

const kept = async (receiver: ReceiverProcess, bytes: Buffer) =>
  [...(await receiver.objects()).values()].filter((one) => one.equals(bytes)).length;

describe('a receiver that is killed', () => {
  /** Every step between two writes of a deposit, and at which of them. */
  const steps: [string, number][] = [
    ['receiver.upload-file-made', 1],
    ['receiver.upload-begun', 1],
    ['receiver.piece-synced', 1],
    ['receiver.piece-synced', 7],
    ['receiver.offset-kept', 7],
    ['receiver.offset-kept', 12],
    ['receiver.upload-read', 1],
    ['receiver.linked', 1],
    ['receiver.link-synced', 1],
    ['receiver.receipt-signed', 1],
    ['receiver.sealed', 1],
  ];

  test('at any step of a deposit keeps what it promised, and ends in the one object', {
    timeout: 240_000,
  }, async () => {
    const receiver = await ReceiverProcess.start();
    await receiver.keepRecord(receiver.target());
    for (const [index, [at, nth]] of steps.entries()) {
      await receiver.kill();
      await receiver.run({ at, nth });
      const media = footage(clipBytes, index + 1);
      const sent = await depositOf(media);
      const line = new FreeLine();
      const depositing = receiver.target({ chunkBytes: pieceBytes }).deposit(sent, line, signal);
      await expect(depositing, at).rejects.toSatisfy((error) => isArchiveRefusal(error, 'unreachable'));
      await receiver.died();
      await receiver.run();
      const { holding, note } = await receiver.target({ chunkBytes: pieceBytes }).deposit(sent, line, signal);
      expect(holding.stored, at).toEqual(sent.original);
      expect(note, at).toContain(`clip sha256:${sent.original.sha256} size ${clipBytes}`);
      expect(line.takenBytes, at).toBeLessThanOrEqual(clipBytes * 1.1);
      expect(line.session).toBeNull();
      expect(await kept(receiver, media), at).toBe(1);
      expect(await receiver.unfinished(), at).toEqual([]);
    }
  });

  test.each(['receiver.document-written', 'receiver.document-kept'])(
    'while it keeps a document (%s) has it, or takes it again',
    async (at) => {
      const receiver = await ReceiverProcess.start();
      await receiver.kill();
      await receiver.run({ at });
      await expect(receiver.keepRecord(receiver.target())).rejects.toSatisfy((error) =>
        isArchiveRefusal(error, 'unreachable'),
      );
      await receiver.died();
      await receiver.run();
      await receiver.keepRecord(receiver.target());
      expect(await receiver.unfinished()).toEqual([]);
    },
  );
});

test('a dock that is killed in the middle goes on where the archive is', async () => {
  const receiver = await ReceiverProcess.start();
  await receiver.keepRecord(receiver.target());
  const folder = mkdtempSync(join(tmpdir(), 'docket-depositor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const sessionFile = join(folder, 'session');
  const deposit = await depositOf(footage(clipBytes, 3));
  const told = {
    settings: receiver.settings({ chunkBytes: pieceBytes }),
    deposit,
    sessionFile,
    dieAtPiece: 8,
  };
  const child = fileURLToPath(new URL('./testing/depositor-child.js', import.meta.url));
  const killed = spawn(process.execPath, [child, JSON.stringify(told)], { stdio: 'inherit' });
  expect((await once(killed, 'exit'))[1]).toBe('SIGKILL');
  const line = new FreeLine();
  line.session = readFileSync(sessionFile, 'utf8');
  await receiver.target({ chunkBytes: pieceBytes }).deposit(deposit, line, signal);
  expect(7 * pieceBytes + line.takenBytes).toBe(clipBytes);
  expect(await kept(receiver, footage(clipBytes, 3))).toBe(1);
});

describe('on a faulty line', () => {
  async function behindFaults() {
    const receiver = shared;
    await receiver.keepRecord(receiver.target());
    const proxy = await FaultProxy.open(Number(new URL(receiver.url).port));
    onTestFinished(() => proxy.close());
    const target = receiver.target({ url: proxy.url, chunkBytes: pieceBytes, idleTimeoutMs: 1500 });
    return { receiver, proxy, target };
  }

  test('a bit that flips in flight is refused with its piece, which goes again', async () => {
    const { receiver, proxy, target } = await behindFaults();
    const flipped = proxy.breakAfter(2_000_000, 'up', 'flip-bit');
    const line = new FreeLine();
    const sent = await depositOf(footage(clipBytes, 1));
    expect((await target.deposit(sent, line, signal)).holding.stored).toEqual(sent.original);
    await flipped;
    expect(line.takenBytes).toBe(clipBytes + pieceBytes);
    expect(await kept(receiver, footage(clipBytes, 1))).toBe(1);
  });

  test('a reset in the middle costs no more than a piece', async () => {
    const { receiver, proxy, target } = await behindFaults();
    const broken = proxy.breakAfter(3_000_000, 'up', 'reset');
    const line = new FreeLine();
    const sent = await depositOf(footage(clipBytes, 2));
    await target.deposit(sent, line, signal).catch((error: unknown) => {
      expect(error).toSatisfy((one) => isArchiveRefusal(one, 'unreachable'));
      return target.deposit(sent, line, signal);
    });
    await broken;
    expect(line.takenBytes).toBeLessThanOrEqual(clipBytes * 1.1);
    expect(await kept(receiver, footage(clipBytes, 2))).toBe(1);
  });

  test('a hang without an error ends in a refusal, and the upload goes on later', async () => {
    const { receiver, proxy, target } = await behindFaults();
    const line = new FreeLine((takes) => {
      if (takes === 5) proxy.isHanging = true;
    });
    const sent = await depositOf(footage(clipBytes, 3));
    await expect(target.deposit(sent, line, signal)).rejects.toSatisfy((error) =>
      isArchiveRefusal(error, 'unreachable'),
    );
    proxy.isHanging = false;
    const again = new FreeLine();
    again.session = line.session;
    await target.deposit(sent, again, signal);
    expect(again.takenBytes).toBeLessThan(clipBytes);
    expect(await kept(receiver, footage(clipBytes, 3))).toBe(1);
  });

  test('a slow one is no silent one', async () => {
    const { proxy, target } = await behindFaults();
    proxy.bytesPerSecond = 400_000;
    const sent = await depositOf(footage(1_000_000, 4));
    expect((await target.deposit(sent, new FreeLine(), signal)).holding.stored).toEqual(sent.original);
  });
});

describe('answers that are lost or lie', () => {
  async function behindAnswers() {
    const receiver = shared;
    await receiver.keepRecord(receiver.target());
    const proxy = await AnsweringProxy.open(Number(new URL(receiver.url).port));
    onTestFinished(() => proxy.close());
    return { receiver, proxy, target: receiver.target({ url: proxy.url, chunkBytes: pieceBytes }) };
  }

  test.each([
    ['POST', '/v1/uploads', 11],
    ['POST', '/v1/deposits', 12],
    ['PATCH', '/v1/uploads/', 13],
    ['PUT', '/v1/documents/', 14],
  ])('a lost answer to %s %s leaves one object and no second upload', async (method, path, seed) => {
    const { receiver, proxy, target } = await behindAnswers();
    // The claim before the upload is answered; the one after it is lost.
    const isPatched = () =>
      method !== 'POST' || path !== '/v1/deposits' || proxy.asked.some((one) => one.method === 'PATCH');
    const report = proxy.when(
      (asked) => asked.method === method && asked.path.startsWith(path) && isPatched(),
      { kind: 'lost-answer' },
      1,
    );
    const sent = await depositOf(footage(1_500_000, seed));
    const line = new FreeLine();
    const attempt = async () => {
      await receiver.keepRecord(target);
      return target.deposit(sent, line, signal);
    };
    const { holding } = await attempt().catch((error: unknown) => {
      if (isArchiveRefusal(error, 'unreachable')) return attempt();
      throw error;
    });
    expect(report.times).toBe(1);
    expect(holding.stored).toEqual(sent.original);
    expect(await kept(receiver, footage(1_500_000, seed))).toBe(1);
    expect(await receiver.unfinished()).toEqual([]);
  });

  test.each([
    ['more than there is', 2_000_000, 21],
    ['more than was sent', 1_400_000, 22],
    ['nonsense', -1, 23],
  ])('an offset that lies (%s) ends in no receipt for other bytes', async (_what, offset, seed) => {
    const { receiver, proxy, target } = await behindAnswers();
    proxy.when(
      ({ method, path }) => method === 'HEAD' && path.startsWith('/v1/uploads/'),
      {
        kind: 'changed-answer',
        change: (answer) => ({
          ...answer,
          headers: { ...answer.headers, 'upload-offset': String(offset) },
        }),
      },
      1,
    );
    const sent = await depositOf(footage(1_500_000, seed));
    const line = new FreeLine();
    const deposited = await target.deposit(sent, line, signal).catch((error: unknown) => {
      expect(error).toSatisfy((one) => isArchiveRefusal(one));
      return target.deposit(sent, line, signal);
    });
    expect(deposited.holding.stored).toEqual(sent.original);
    expect(await kept(receiver, footage(1_500_000, seed))).toBe(1);
  });

  test.each([
    [400, 'malformed'],
    [401, 'denied'],
    [402, 'full'],
    [403, 'denied'],
    [409, 'conflict'],
    [412, 'malformed'],
    [413, 'malformed'],
    [429, 'busy'],
    [500, 'failed'],
    [503, 'busy'],
    [507, 'full'],
  ])('%i is told as %s, with how long to wait', async (status, code) => {
    const { proxy, target } = await behindAnswers();
    proxy.when(({ method, path }) => method === 'POST' && path === '/v1/uploads', {
      kind: 'own-answer',
      answer: { status, headers: { 'retry-after': '7' } },
    });
    const depositing = target.deposit(await depositOf(`footage ${status}`), new FreeLine(), signal);
    await expect(depositing).rejects.toMatchObject({ code, status, retryAfterMs: 7000 });
  });
});

test.skipIf(whyNoMounts !== null)('a full disk is told as full, and keeps nothing half', async () => {
  const receiver = await ReceiverProcess.start({ folder: smallFileSystem('6m') });
  const target = receiver.target();
  await receiver.keepRecord(target);
  const depositing = target.deposit(await depositOf(footage(8_000_000, 1)), new FreeLine(), signal);
  await expect(depositing).rejects.toMatchObject({ code: 'full', status: 507 });
  expect((await receiver.objects()).size).toBe(0);
  const { holding } = await target.deposit(await depositOf(footage(500_000, 1)), new FreeLine(), signal);
  expect(holding.stored.sizeBytes).toBe(500_000);
});
