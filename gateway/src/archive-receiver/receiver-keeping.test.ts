/** What a receiver keeps, for how long, and what it does not let itself be talked into. */
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  contentKey,
  custodyHeadDocument,
  ed25519Signer,
  indexRecordDocument,
  isSound,
  isWormProven,
  receiptDocument,
  sealedRecordDocument,
  sha256Hex,
  signNote,
} from '@docket/ingest';
import { depositOf, FreeLine, footage } from '@docket/ingest/archive-peers';
import { Upload } from 'tus-js-client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ReceiverOptions, ReceiverProcess, tokenOf } from './testing/receiver-process.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
// Every receiver is a process that starts.
vi.setConfig({ testTimeout: 120_000 });
const authorization = `Bearer ${tokenOf('dock-1')}`;

async function started(options: ReceiverOptions = {}) {
  const receiver = await ReceiverProcess.start(options);
  const target = receiver.target();
  await receiver.keepRecord(target);
  return { receiver, target };
}

const ask = (receiver: ReceiverProcess, path: string, more: RequestInit = {}) =>
  fetch(`${receiver.url}${path}`, { ...more, headers: { authorization, ...more.headers } });

describe('clips', () => {
  test('are kept until their day and while on hold, and go after it with their dock’s token alone', async () => {
    const { receiver, target } = await started();
    const keep = async (clip: Awaited<ReturnType<typeof depositOf>>, until: string, isOnHold = false) =>
      target.deposit({ ...clip, retention: { class: 'ordinary', until, isOnHold } }, new FreeLine(), signal);
    const remove = async (clipId: string, dock = 'dock-1') => {
      const headers = { authorization: `Bearer ${tokenOf(dock)}` };
      const answer = await fetch(`${receiver.url}/v1/deposits/${clipId}`, { method: 'DELETE', headers });
      return [answer.status, ((await answer.json()) as { outcome?: string; code?: string }).outcome ?? ''];
    };
    const past = new Date(Date.now() - 1000).toISOString();
    const future = new Date(Date.now() + 3_600_000).toISOString();
    const locked = await depositOf(footage(5000, 1));
    await keep(locked, future);
    expect((await keep(locked, past).catch(({ code }) => code)).holding.retain.until).toBe(future);
    expect(await remove(locked.clipId)).toEqual([403, '']);
    const held = await depositOf(footage(5000, 2));
    await keep(held, past, true);
    expect(await remove(held.clipId)).toEqual([403, '']);
    await keep(held, past, false);
    expect(await remove(held.clipId, 'dock-2')).toEqual([404, '']);
    const twin = await depositOf(footage(5000, 2));
    await keep(twin, past);
    expect(await remove(held.clipId)).toEqual([200, 'needed-by-another-clip']);
    expect(await remove(twin.clipId)).toEqual([200, 'removed']);
    expect([...(await receiver.objects()).keys()]).toEqual([contentKey(locked.original.sha256)]);
    const { mode } = await stat(join(receiver.folder, contentKey(locked.original.sha256)));
    expect(mode & 0o777).toBe(0o440);
  });

  test('are given to nobody but the dock that deposited them', async () => {
    const { receiver, target } = await started();
    const { holding } = await target.deposit(await depositOf(footage(5000, 1)), new FreeLine(), signal);
    const path = `${receiver.url}/v1/objects/${holding.object.key}`;
    const as = async (dock: string) =>
      (await fetch(path, { headers: { authorization: `Bearer ${tokenOf(dock)}` } })).status;
    expect([await as('dock-1'), await as('dock-2'), await as('nobody'), (await fetch(path)).status]).toEqual([
      200, 404, 401, 401,
    ]);
  });

  test('beyond the room of their dock are refused', async () => {
    const { target } = await started({ dock: { quotaBytes: 6000 } });
    await target.deposit(await depositOf(footage(5000, 1)), new FreeLine(), signal);
    await expect(
      target.deposit(await depositOf(footage(5000, 2)), new FreeLine(), signal),
    ).rejects.toMatchObject({
      code: 'full',
    });
  });

  test('longer than the limit are refused before a byte is sent', async () => {
    const { target } = await started({ limits: { uploadBytes: 4000 } });
    const line = new FreeLine();
    await expect(target.deposit(await depositOf(footage(5000, 1)), line, signal)).rejects.toMatchObject({
      code: 'malformed',
      status: 413,
    });
    expect(line.takenBytes).toBe(0);
  });
});

test('a probe finds it sound and its retention proven', { timeout: 60_000 }, async () => {
  const { target } = await started();
  const report = await target.probe(signal);
  expect(report.results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect([isSound(report), isWormProven(report)]).toEqual([true, true]);
  expect(Math.abs(report.clockOffsetMs ?? Number.NaN)).toBeLessThan(5000);
});

describe('documents', () => {
  const clipId = '0190163d-8694-739b-aea5-966c26f8ad92';
  const indexRecord = (sequence: number, previousSha256: string, more = '') => {
    const body = JSON.stringify({ v: 1, dock: 'dock-1', sequence, previousSha256, more });
    const at = '2026-11-22T00:00:00.000Z';
    return indexRecordDocument('dock-1', { sequence, at, sha256: sha256Hex(body), body });
  };
  const standing = async (receiver: ReceiverProcess) =>
    (await (await ask(receiver, '/v1/docks/dock-1')).json()) as Record<string, never>;

  test('that come anew take the place of the one before, which is not lost', async () => {
    const { receiver, target } = await started();
    await target.putDocument(sealedRecordDocument(clipId, '{"v":1}'), signal);
    await target.putDocument(sealedRecordDocument(clipId, '{"v":2}'), signal);
    const { key } = sealedRecordDocument(clipId, '');
    const aside = join(receiver.folder, 'superseded', `${key}.${sha256Hex('{"v":1}').slice(0, 16)}`);
    expect(await readFile(aside, 'utf8')).toBe('{"v":1}');
    const other = receiver.target({}, 'dock-2');
    await expect(other.putDocument(sealedRecordDocument(clipId, '{"v":3}'), signal)).rejects.toMatchObject({
      status: 403,
    });
    expect(await target.readDocument(key, signal)).toBe('{"v":2}');
    expect(await other.readDocument(receiptDocument(clipId, '').key, signal)).toBeNull();
  });

  test('of a chain tell their gaps, and a fork is refused and kept as evidence', async () => {
    const { receiver, target } = await started();
    const first = indexRecord(0, '0'.repeat(64));
    const second = indexRecord(1, sha256Hex(first.body));
    const third = indexRecord(2, sha256Hex(second.body));
    for (const document of [first, third, first]) await target.putDocument(document, signal);
    expect(await standing(receiver)).toMatchObject({
      index: { records: 2, last: { sequence: 2, sha256: sha256Hex(third.body) }, gaps: [{ from: 1, to: 1 }] },
    });
    const fork = indexRecord(1, sha256Hex(first.body), 'another');
    await expect(target.putDocument(fork, signal)).rejects.toMatchObject({ status: 409 });
    await target.putDocument(second, signal);
    await expect(
      target.putDocument(indexRecord(2, sha256Hex(second.body), 'x'), signal),
    ).rejects.toMatchObject({
      status: 409,
    });
    const { index, evidence } = await standing(receiver);
    expect(index).toMatchObject({ records: 3, gaps: [] });
    expect(evidence).toMatchObject([{ reason: 'chain-broken' }, { reason: 'chain-broken', key: fork.key }]);
    const kept = join(receiver.folder, 'evidence', `${fork.key}.${sha256Hex(fork.body).slice(0, 16)}`);
    expect(await readFile(kept, 'utf8')).toBe(fork.body);
  });

  test('heads of a custody log grow; one that shrinks or says another root is evidence', async () => {
    const signer = ed25519Signer('dock-1', generateKeyPairSync('ed25519').privateKey);
    const { receiver, target } = await started({ dock: { verifierKey: signer.verifierKey } });
    const head = (size: number, seed: string, by = signer) => {
      const root = createHash('sha256').update(seed).digest('base64');
      return custodyHeadDocument('dock-1', size, signNote(`dock-1\n${size}\n${root}\n`, [by]));
    };
    for (const document of [head(10, 'a'), head(20, 'b'), head(10, 'a')])
      await target.putDocument(document, signal);
    for (const document of [head(20, 'other'), head(15, 'c')]) {
      await expect(target.putDocument(document, signal)).rejects.toMatchObject({
        status: 409,
        code: 'conflict',
      });
    }
    const stranger = ed25519Signer('dock-1', generateKeyPairSync('ed25519').privateKey);
    await expect(target.putDocument(head(30, 'd', stranger), signal)).rejects.toMatchObject({ status: 409 });
    const { custodyHead, evidence } = await standing(receiver);
    expect(custodyHead).toMatchObject({ treeSize: 20 });
    expect(evidence).toMatchObject([{ reason: 'head-conflict' }, { reason: 'head-conflict' }]);
  });

  test.each([
    ['..%2freceiver.key', 400],
    ['records/..%2freceiver.sqlite', 400],
    ['clips/aa/bb/cc', 400],
    ['index/dock-2/2026-11-22/000000000000-0123456789abcdef.json', 403],
    [`records/2026-11-22/${'x'.repeat(36)}.json`, 400],
  ])('have no other key: %s', async (key, status) => {
    const { receiver } = await started();
    expect((await ask(receiver, `/v1/documents/${key}`, { method: 'PUT', body: '{}' })).status).toBe(status);
  });
});

describe('an independent client', () => {
  test('tus-js-client uploads in pieces, curl claims, sha256sum agrees', async () => {
    const { receiver } = await started();
    const sent = await depositOf(footage(2_500_000, 5));
    const { sha256, sizeBytes } = sent.original;
    await new Promise<void>((resolve, reject) => {
      const upload = new Upload(createReadStream(sent.content.file), {
        endpoint: `${receiver.url}/v1/uploads`,
        chunkSize: 1_000_000,
        uploadSize: sizeBytes,
        metadata: { clip: sent.clipId },
        headers: {
          Authorization: authorization,
          'Repr-Digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
        },
        retryDelays: null,
        onSuccess: () => resolve(),
        onError: reject,
      });
      upload.start();
    });
    const claim = JSON.stringify({
      clip: sent.clipId,
      original: { sha256, sizeBytes },
      content: { sha256, sizeBytes, encryption: 'none' },
      recordSha256: sent.recordSha256,
      retention: { class: 'ordinary', until: null, isOnHold: false },
    });
    const { stdout } = await run('curl', [
      ...['-sS', '-H', `authorization: ${authorization}`, '-H', 'content-type: application/json'],
      ...['--data', claim, `${receiver.url}/v1/deposits`],
    ]);
    expect(stdout).toMatch(/^archive\.example\/receipt\/v1\n/u);
    const summed = await run('sha256sum', [join(receiver.folder, contentKey(sha256))]);
    expect(summed.stdout.slice(0, 64)).toBe(sha256);
    expect(await receiver.unfinished()).toEqual([]);
  });

  test('that sends other bytes than it said gets no receipt', async () => {
    const { receiver } = await started();
    const sent = await depositOf(footage(5000, 5));
    const headers = { 'tus-resumable': '1.0.0' };
    const begun = await ask(receiver, '/v1/uploads', {
      method: 'POST',
      headers: {
        ...headers,
        'upload-length': '5000',
        'upload-metadata': `clip ${Buffer.from(sent.clipId).toString('base64')}`,
        'repr-digest': `sha-256=:${Buffer.from(sent.original.sha256, 'hex').toString('base64')}:`,
      },
    });
    const patch = { ...headers, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
    const location = begun.headers.get('location') ?? '';
    const body = new Uint8Array(footage(5000, 6));
    expect((await ask(receiver, location, { method: 'PATCH', headers: patch, body })).status).toBe(204);
    const { sha256, sizeBytes } = sent.original;
    const claimed = await ask(receiver, '/v1/deposits', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        clip: sent.clipId,
        original: { sha256, sizeBytes },
        content: { sha256, sizeBytes, encryption: 'none' },
        recordSha256: sent.recordSha256,
        retention: { class: 'ordinary', until: null, isOnHold: false },
      }),
    });
    expect(claimed.status).toBe(460);
    expect([...(await receiver.objects()).keys()]).toEqual([]);
    expect(await receiver.unfinished()).toEqual([]);
  });
});

test('TLS with a private authority: trusted with its certificate, refused without', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docket-tls-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => run('openssl', words, { cwd: folder });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test authority',
  );
  await openssl(
    ...[
      'req',
      '-x509',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      ...newKey,
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
    ],
    ...[
      '-subj',
      '/CN=archive',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    ],
  );
  const receiver = await ReceiverProcess.start({
    tls: { certificateFile: file('cert.pem'), keyFile: file('key.pem') },
  });
  expect(receiver.url).toMatch(/^https:/u);
  const target = receiver.target({ caFile: file('ca.pem') });
  await receiver.keepRecord(target);
  const sent = await depositOf(footage(1_500_000, 1));
  expect((await target.deposit(sent, new FreeLine(), signal)).holding.stored).toEqual(sent.original);
  await expect(receiver.target().reach(signal)).rejects.toMatchObject({ code: 'unreachable' });
});
