/** The archive side over HTTP, on a real store and a real folder: paused and resumed, probed, given up and sent again. */

import { createPublicKey, verify } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { volumeDriver } from '@docket/device-protocol/transport';
import { type Ingest, listClips, listCustody } from '@docket/ingest';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ProbesUnderWay } from '../../archive/probes-under-way.ts';
import { loadConfig } from '../../config/index.ts';
import { openTestIngest } from '../../testing/test-ingest.ts';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

const operator = testToken('zhang-san', ['read', 'operate']);
const reader = testToken('li-si', ['read']);
const centre = testToken('centre', ['deliver']);

async function openIngest(root: string): Promise<Ingest> {
  return openTestIngest(root);
}

/** A gateway before a store with one docked clip that waits for the folder `archive`. */
async function open() {
  const root = await mkdtemp(join(tmpdir(), 'archive-routes-'));
  await mkdir(join(root, 'archive'));
  const ingest = await openIngest(root);
  const probes = new ProbesUnderWay((target, signal, person) =>
    ingest.archive.forwarder.probe(target, signal, person),
  );
  const assignments = [
    `store.directory=${root}/store`,
    'archive.name=main',
    `archive.directory.path=${root}/archive`,
  ];
  const gateway = await TestGateway.open(
    { tokens: [operator.entry, reader.entry, centre.entry] },
    {
      database: ingest.database,
      caseWork: ingest.caseWork,
      archive: {
        archive: ingest.archive,
        index: ingest.database,
        probes,
        settings: await loadConfig({ file: null, environment: {}, assignments }),
        storeRoom: () => ingest.storeRoom(),
      },
    },
  );
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  onTestFinished(async () => {
    stop.abort();
    await running;
    await probes.stop();
    await gateway.close();
    await ingest.close();
    await rm(root, { recursive: true });
  });
  await mkdir(join(root, 'card'));
  await writeFile(join(root, 'card', 'a.mp4'), 'footage');
  const pulledOut = new AbortController();
  const target = { type: 'volume' as const, directory: join(root, 'card') };
  const docking = ingest.runDocking(
    volumeDriver,
    { portPath: '1-1', instance: 'test', target },
    pulledOut.signal,
  );
  const only = async () => {
    const [clip] = (await listClips(ingest.database, {}, { before: null, limit: 1 })).clips;
    return clip;
  };
  await expect.poll(async () => (await only())?.state, { timeout: 20_000 }).toBe('sealed');
  pulledOut.abort();
  await docking;
  const clip = await only();
  if (clip === undefined) throw new Error('no clip was taken');

  const ask = (who: typeof operator, path: string, body?: object) =>
    gateway.ask(`/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${who.secret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const main = async () => {
    const { json } = await ask(reader, '/archive');
    return (json as { targets: Record<string, unknown>[] }).targets[0] ?? {};
  };
  return {
    ...{ root, ingest, clipId: clip.clipId, mediaFile: ingest.layout.mediaFile(clip.clipId, clip.name) },
    ...{ ask, main, only },
    forward: () => {
      running = ingest.archive.forwarder.run(stop.signal);
    },
  };
}

const because = { reason: 'the line is mended' };

test('a target is paused and resumed by a person with a reason, and what waits goes then', async () => {
  const dock = await open();
  expect(await dock.main()).toMatchObject({
    name: 'main',
    kind: 'directory',
    waiting: { bulk: { clips: 1, bytes: 7 } },
    probe: null,
    counts: 'yes',
    signer: 'gateway',
  });
  expect((await dock.ask(reader, '/archive/targets/main/pause', because)).status).toBe(403);
  expect((await dock.ask(operator, '/archive/targets/main/pause', {})).status).toBe(400);
  expect((await dock.ask(operator, '/archive/targets/other/pause', because)).status).toBe(404);
  const paused = await dock.ask(operator, '/archive/targets/main/pause', because);
  expect(paused.json).toMatchObject({
    state: 'paused',
    paused: { by: 'zhang-san', reason: because.reason },
  });
  dock.forward();
  const { json } = await dock.ask(reader, '/archive/queue?target=main');
  expect(json.entries).toMatchObject([{ clipId: dock.clipId, state: 'queued', clipName: 'a.mp4' }]);

  expect((await dock.ask(operator, '/archive/targets/main/resume', because)).status).toBe(200);
  await expect.poll(async () => (await dock.only())?.state, { timeout: 20_000 }).toBe('receipted');
  const { entries } = await listCustody(dock.ingest.database, { after: null, limit: 100 });
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['forwarding-paused', 'forwarding-resumed']),
  );
});

test('a receipt is given as it was signed, and a stranger can check it with the key of the dock', async () => {
  const dock = await open();
  dock.forward();
  await expect.poll(async () => (await dock.only())?.state, { timeout: 20_000 }).toBe('receipted');
  const note = await dock.ask(reader, `/clips/${dock.clipId}/receipts/main`);
  expect(note.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(note.headers['content-disposition']).toContain(`${dock.clipId}-main.note`);
  const clip = await dock.only();
  expect(note.body.toString()).toContain(`clip sha256:${clip?.sha256} `);

  const { json } = await dock.ask(reader, '/archive/key');
  expect(isSigned(note.body.toString(), String((json.verifierKeys as string[])[0]))).toBe(true);
  const changed = note.body.toString().replace('size 7', 'size 8');
  expect(isSigned(changed, String((json.verifierKeys as string[])[0]))).toBe(false);

  const shown = await dock.ask(reader, `/clips/${dock.clipId}`);
  expect(shown.json).toMatchObject({
    localRemovedAt: null,
    receipts: [{ target: 'main', grade: 'gateway-verified', verified: 'readback' }],
  });
  expect((await dock.ask(reader, `/clips/${dock.clipId}/receipts/other`)).status).toBe(404);
});

/** As C2SP signed-note has it, by hand: a text, an empty line, and `— name base64(key hash, signature)`. */
function isSigned(note: string, verifierKey: string): boolean {
  const [name, hash, ...key] = verifierKey.split('+');
  const end = note.indexOf('\n\n') + 1;
  const line = note
    .slice(end + 1)
    .split('\n')
    .find((one) => one.startsWith(`— ${name} `));
  const signature = Buffer.from(line?.split(' ')[2] ?? '', 'base64');
  expect(signature.subarray(0, 4).toString('hex')).toBe(hash);
  // The first byte names the algorithm; 1 is Ed25519.
  const raw = Buffer.from(key.join('+'), 'base64');
  expect(raw[0]).toBe(1);
  const x = raw.subarray(1).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(note.slice(0, end)), publicKey, signature.subarray(4));
}

test('a probe is made on request, and what it found stands beside the target', async () => {
  const dock = await open();
  expect((await dock.ask(reader, '/archive/targets/main/probe', {})).status).toBe(403);
  expect((await dock.ask(operator, '/archive/targets/other/probe', {})).status).toBe(404);
  const { status, json } = await dock.ask(operator, '/archive/targets/main/probe', {});
  expect([status, json.isProbing]).toEqual([200, false]);
  expect(json.probe).toMatchObject({ isSound: true, isWormProven: false });
  expect(await dock.main()).toMatchObject({ probe: json.probe, counts: 'yes' });
});

test('a clip that was given up stands in the queue with its reason, and is sent again', async () => {
  const dock = await open();
  const { mediaFile } = dock;
  await chmod(mediaFile, 0o600);
  await writeFile(mediaFile, 'ruined!');
  dock.forward();
  const dead = async () => (await dock.ask(reader, '/archive/queue?state=dead')).json.entries as object[];
  await vi.waitFor(async () => expect(await dead()).toHaveLength(1), { timeout: 20_000 });
  expect(await dead()).toMatchObject([
    { clipId: dock.clipId, target: 'main', lastError: { refusal: 'clip-damaged' } },
  ]);
  expect(await dock.main()).toMatchObject({ dead: { clips: 1 } });

  await writeFile(mediaFile, 'footage');
  const path = `/archive/queue/main/${dock.clipId}/retry`;
  expect((await dock.ask(reader, path, because)).status).toBe(403);
  expect((await dock.ask(operator, '/archive/queue/main/none/retry', because)).status).toBe(404);
  expect((await dock.ask(operator, path, because)).json).toEqual({ clips: 1 });
  await expect.poll(async () => (await dock.only())?.state, { timeout: 20_000 }).toBe('receipted');
});

test('a centre asks for clips by id, by case or by time, by exactly one of them', async () => {
  const dock = await open();
  const demand = (who: typeof operator, body: object) => dock.ask(who, '/archive/demands', body);
  const clipIds = [dock.clipId, 'unknown'];
  expect((await demand(reader, { ...because, clipIds })).status).toBe(403);
  expect((await demand(centre, because)).status).toBe(400);
  expect((await demand(centre, { ...because, clipIds, caseId: 'C-1' })).status).toBe(400);
  expect((await demand(centre, { ...because, caseId: 'C-1' })).json).toMatchObject({ waiting: 0 });
  const recorded = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
  expect((await demand(operator, { ...because, recorded })).json).toMatchObject({ waiting: 0 });
  expect((await demand(centre, { ...because, clipIds })).json).toEqual({
    waiting: 1,
    demanded: 1,
    isComplete: true,
  });
  expect((await demand(centre, { ...because, clipIds })).json).toMatchObject({ demanded: 0 });
  const { json } = await dock.ask(reader, '/archive/queue');
  expect(json.entries).toMatchObject([{ isImportant: true, demandedAt: expect.any(String) }]);
});
