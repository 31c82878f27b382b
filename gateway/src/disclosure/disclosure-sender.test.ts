/** Signed push over real HTTPS: nothing lost, nothing said twice, whatever the receiver and the power do. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CaseWork, CustodyLog, type DisclosureWay, IndexDatabase } from '@docket/ingest';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../config/index.ts';
import { createLog } from '../log.ts';
import { askedWaitMs, outcomeOf } from '../signed-push/push-answer.ts';
import { holds, Receiver, type Reply, signatureBase, type Taken } from '../signed-push/testing/receiver.ts';
import { createDisclosureSender, openDisclosureKey } from './index.ts';
import { testSettings } from './testing/test-settings.ts';

const taken: Reply = { status: 204 };

async function openStore(ways: readonly DisclosureWay[] = ['https']) {
  const folder = await mkdtemp(join(tmpdir(), 'docket-disclosure-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const database = await IndexDatabase.open(join(folder, 'index.sqlite'));
  const custody = await CustodyLog.open(database, 'gateway:test');
  const { disclosure } = new CaseWork({
    database,
    custody,
    onReckonError: (error) => {
      throw error;
    },
    disclosure: { ways, kinds: [], statisticsEvery: null },
  });
  const say = (subject: string, version = 1) =>
    database.write((transaction) =>
      disclosure.outbox.publish(transaction, {
        kind: 'duty-list',
        subject,
        caseId: null,
        content: { department: subject, version, name: '清单', inForceFrom: '2026-01-01', items: [] },
      }),
    );
  /** Sends until nothing waits any more. */
  const sendAll = async (settings: Config['disclosure']) => {
    const key = await openDisclosureKey(settings, folder);
    const stop = new AbortController();
    const log = createLog('fatal', { write: () => {} });
    const running = createDisclosureSender({ settings, dockName: 'test', disclosure, key, log }).run(
      stop.signal,
    );
    await expect.poll(async () => (await disclosure.outbox.counts()).waiting, { timeout: 60_000 }).toBe(0);
    stop.abort();
    await running;
    return key;
  };
  return { folder, database, disclosure, say, sendAll };
}

async function receive(folder: string, reply: (taken: Taken, index: number) => Reply): Promise<Receiver> {
  const receiver = await Receiver.open(folder, reply);
  onTestFinished(() => receiver.close());
  return receiver;
}

test('a push is a CloudEvent over TLS whose digest and signature OpenSSL confirms, and a changed byte does not pass', async () => {
  const { folder, database, say, sendAll } = await openStore();
  onTestFinished(() => database.close());
  const receiver = await receive(folder, () => taken);
  await say('demo');
  const key = await sendAll(testSettings({ url: receiver.url, caFile: receiver.caFile }));
  const [request] = receiver.requests;
  if (request === undefined) throw new Error('nothing came');
  expect(request.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  expect(JSON.parse(request.body.toString())).toMatchObject({
    specversion: '1.0',
    source: 'urn:docket:dock:test',
    type: 'docket.disclosure.duty-list.published',
    subject: 'demo',
    data: { department: 'demo', version: 1 },
  });
  expect(request.headers['idempotency-key']).toBe(`"${request.event.id}"`);
  const publicKey = createPublicKey(key.told.publicKeyPem);
  expect(holds(request, receiver.url, publicKey)).toBe(true);
  expect(
    holds({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }, receiver.url, publicKey),
  ).toBe(false);
  expect(holds(request, `${receiver.url}&other=1`, publicKey)).toBe(false);
  const { base, signature } = signatureBase(request, receiver.url);
  const files = { key: join(folder, 'pub.pem'), base: join(folder, 'base'), signature: join(folder, 'sig') };
  await writeFile(files.key, key.told.publicKeyPem);
  await writeFile(files.base, base);
  await writeFile(files.signature, signature);
  const said = execFileSync('openssl', [
    'pkeyutl',
    '-verify',
    '-pubin',
    '-inkey',
    files.key,
    '-rawin',
    '-in',
    files.base,
    '-sigfile',
    files.signature,
  ]);
  expect(said.toString()).toContain('Verified Successfully');
});

test('answers that fail or never come lose nothing: each word arrives, under one id, and none is refused for good', async () => {
  const { folder, database, disclosure, say, sendAll } = await openStore();
  onTestFinished(() => database.close());
  const troubles: readonly Reply[] = [
    'cut',
    { status: 500 },
    { status: 429, headers: { 'retry-after': '0' } },
    { status: 503 },
    { status: 401 },
    { status: 302, headers: { location: 'https://127.0.0.1:1/' } },
  ];
  const kept = new Map<string, string>();
  const receiver = await receive(folder, ({ event, body }, index) => {
    const trouble = index % 2 === 0 ? troubles[(index / 2) % troubles.length] : undefined;
    // A receiver that cuts the line, or says 500, may well have kept what it got.
    if (trouble === undefined || trouble === 'cut') {
      if (kept.has(event.id)) return { status: 409 };
      kept.set(event.id, body.toString());
    }
    return trouble ?? taken;
  });
  for (let number = 0; number < 12; number += 1) await say(`department-${number}`);
  await sendAll(testSettings({ url: receiver.url, caFile: receiver.caFile }));
  expect(kept.size).toBe(12);
  expect(new Set([...kept.values()].map((body) => JSON.parse(body).subject)).size).toBe(12);
  expect(await disclosure.outbox.counts()).toEqual({ waiting: 0, delivered: 12, superseded: 0, dead: 0 });
  const bodies = new Map<string, Set<string>>();
  for (const { event, body } of receiver.requests)
    bodies.set(event.id, (bodies.get(event.id) ?? new Set()).add(body.toString()));
  expect([...bodies.values()].every((forms) => forms.size === 1)).toBe(true);
});

test('killed again and again in the midst of a push, it says everything and nothing twice under another id', async () => {
  const { folder, database, say } = await openStore();
  for (let number = 0; number < 10; number += 1) await say(`department-${number}`);
  await database.close();
  const running: { child?: ChildProcess } = {};
  const ids = new Map<string, number>();
  let kills = 0;
  const receiver = await receive(folder, ({ event }, index) => {
    ids.set(event.id, (ids.get(event.id) ?? 0) + 1);
    if (index % 3 !== 1 || kills >= 4) return taken;
    kills += 1;
    running.child?.kill('SIGKILL');
    return taken;
  });
  const program = fileURLToPath(new URL('testing/sender-process.js', import.meta.url));
  const deliveredIn = async () => {
    const reader = await IndexDatabase.open(join(folder, 'index.sqlite'));
    const [row] = await reader.read(
      "SELECT count(*) AS n FROM disclosure_delivery WHERE state = 'delivered'",
    );
    await reader.close();
    return Number(row?.n);
  };
  const stopLast = () => running.child?.kill('SIGKILL');
  onTestFinished(() => void stopLast());
  for (let starts = 0; starts < 6 && (await deliveredIn()) < 10; starts += 1) {
    const child = spawn(process.execPath, [program, folder, receiver.url, receiver.caFile], {
      stdio: 'ignore',
    });
    running.child = child;
    const ended = new Promise<'ended'>((resolve) => child.once('exit', () => resolve('ended')));
    const before = kills;
    await Promise.race([
      ended,
      expect.poll(async () => kills > before || (await deliveredIn()) === 10, { timeout: 60_000 }).toBe(true),
    ]);
    child.kill('SIGKILL');
    await ended;
  }
  expect(kills).toBe(4);
  expect(ids.size).toBe(10);
  expect(await deliveredIn()).toBe(10);
  // What was cut off in the midst came again, under the id it had.
  expect(receiver.requests.length).toBeLessThanOrEqual(10 + kills);
}, 120_000);

test('a receiver whose certificate nobody vouched for is told nothing', async () => {
  const { folder, database, disclosure, say } = await openStore();
  onTestFinished(() => database.close());
  const receiver = await receive(folder, () => taken);
  await say('demo');
  const settings = testSettings({ url: receiver.url });
  const key = await openDisclosureKey(settings, folder);
  const stop = new AbortController();
  const log = createLog('fatal', { write: () => {} });
  const running = createDisclosureSender({ settings, dockName: 'test', disclosure, key, log }).run(
    stop.signal,
  );
  const lastError = async () =>
    (await disclosure.outbox.list({}, { before: null, limit: 1 })).events[0]?.deliveries[0]?.lastError;
  await expect.poll(lastError, { timeout: 30_000 }).toContain('self-signed');
  stop.abort();
  await running;
  expect(receiver.requests).toEqual([]);
});

test('an event the receiver refuses is a dead letter; the others go on', async () => {
  const { folder, database, disclosure, say, sendAll } = await openStore();
  onTestFinished(() => database.close());
  const receiver = await receive(folder, ({ event }) => ({ status: event.subject === 'bad' ? 422 : 200 }));
  await say('bad');
  await say('good');
  await sendAll(testSettings({ url: receiver.url, caFile: receiver.caFile }));
  expect(await disclosure.outbox.counts()).toMatchObject({ dead: 1, delivered: 1 });
});

test('files appear whole, each with a detached JWS that Node verifies, and once however often they are written', async () => {
  const { folder, database, say, sendAll } = await openStore(['directory']);
  onTestFinished(() => database.close());
  const directory = join(folder, 'public');
  await say('demo');
  const key = await sendAll(testSettings({ directory }));
  await database.write((transaction) => transaction.run("UPDATE disclosure_delivery SET state = 'waiting'"));
  await sendAll(testSettings({ directory }));
  const names = (await readdir(join(directory, 'duty-list'))).sort();
  expect(names).toEqual([names[0], `${names[0]}.jws`]);
  const content = await readFile(join(directory, 'duty-list', names[0] ?? ''));
  const [header = '', payload, signature = ''] = (
    await readFile(join(directory, 'duty-list', names[1] ?? ''), 'utf8')
  )
    .trim()
    .split('.');
  expect(payload).toBe('');
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({ alg: 'EdDSA', kid: key.keyId });
  const signed = Buffer.from(`${header}.${content.toString('base64url')}`);
  expect(verify(null, signed, key.told.publicKeyPem, Buffer.from(signature, 'base64url'))).toBe(true);
});

test('the key is made once, for its owner alone, and not used when others may read it', async () => {
  const { folder, database } = await openStore();
  onTestFinished(() => database.close());
  const settings = testSettings();
  const [first, second] = [
    await openDisclosureKey(settings, folder),
    await openDisclosureKey(settings, folder),
  ];
  expect(second.keyId).toBe(first.keyId);
  const file = join(folder, 'disclosure-key.pem');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  execFileSync('chmod', ['640', file]);
  await expect(openDisclosureKey(settings, folder)).rejects.toThrow('may be read by others');
});

test('what an answer means', () => {
  const times = { baseMs: 100, maxMs: 1_000 };
  const now = new Date('2026-01-01T00:00:00Z');
  const results = [200, 204, 409, 400, 410, 413, 422, 401, 404, 408, 429, 500, 503, 301].map(
    (status) => outcomeOf(status, undefined, 0, times, now).result,
  );
  expect(results).toEqual([
    'delivered',
    'delivered',
    'delivered',
    'dead',
    'dead',
    'dead',
    'dead',
    'again',
    'again',
    'again',
    'again',
    'again',
    'again',
    'again',
  ]);
  expect(outcomeOf(503, '120', 0, times, now)).toMatchObject({ result: 'again', afterMs: 120_000 });
  expect(askedWaitMs('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(askedWaitMs('99999999', now)).toBe(86_400_000);
  expect(askedWaitMs('soon', now)).toBeNull();
});
