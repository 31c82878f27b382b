/** A deletion over HTTP on a real store: asked for by one, approved by another, carried out, and certified on a page. */

import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { volumeDriver } from '@docket/device-protocol/transport';
import { type Ingest, listClips } from '@docket/ingest';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTestIngest } from '../../testing/test-ingest.ts';
import { TestGateway, testToken } from '../testing/test-gateway.ts';

const one = testToken('zhang-san', ['read', 'operate', 'approve']);
const other = testToken('li-si', ['read', 'approve']);
const { signal: never } = new AbortController();

async function openIngest(root: string): Promise<Ingest> {
  const pulledOut = new AbortController();
  const ingest = await openTestIngest(root, {
    onStatus: (status) => {
      if (status.phase === 'safe') pulledOut.abort();
    },
    onDeletionError: (error) => {
      throw error;
    },
  });

  await mkdir(join(root, 'card'));
  await writeFile(join(root, 'card', '<b>1.mp4'), 'footage');
  const target = { type: 'volume' as const, directory: join(root, 'card') };
  await ingest.runDocking(volumeDriver, { portPath: '1-1', instance: 'test', target }, pulledOut.signal);
  const receipted = new AbortController();
  ingest.archive.forwarder.onReceipted(() => receipted.abort());
  await ingest.archive.forwarder.run(receipted.signal);
  return ingest;
}

/** A gateway before a store with one clip, docked and archived 200 days ago and set aside. */
async function open() {
  const root = await mkdtemp(join(tmpdir(), 'deletions-'));
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 200 * 86_400_000 });
  onTestFinished(() => void vi.useRealTimers());
  const ingest = await openIngest(root);
  vi.useRealTimers();
  const gateway = await TestGateway.open(
    { tokens: [one.entry, other.entry] },
    { database: ingest.database, caseWork: ingest.caseWork },
  );
  onTestFinished(async () => {
    await gateway.close();
    await ingest.close();
    await rm(root, { recursive: true });
  });
  const [clip] = (await listClips(ingest.database, {}, { before: null, limit: 1 })).clips;
  if (clip === undefined) throw new Error('no clip was taken');
  await ingest.caseWork.mapping.setAside([clip.clipId], { operator: '王五', reason: '与执法无关' });
  const ask = (who: typeof one, path: string, body?: object) =>
    gateway.ask(`/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${who.secret}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const media = ingest.layout.mediaFile(clip.clipId, clip.name);
  return { ingest, clip, media, ask };
}

test('a clip goes when another has approved it, and its certificate is a page of words, not of markup', async () => {
  const { ingest, clip, media, ask } = await open();
  const asked = await ask(one, '/deletions', { clipIds: [clip.clipId], reason: '<i>保存期限届满</i>' });
  expect(asked.json).toMatchObject({ request: { requestedBy: 'zhang-san', verdict: null }, kept: [] });
  const { requestId } = asked.json.request as { requestId: string };
  const approve = (who: typeof one) => ask(who, `/deletions/${requestId}/approve`, { reason: '同意' });

  expect((await approve(one)).json).toMatchObject({ status: 409, code: 'same-person' });
  await ingest.eraser.settle(never);
  expect((await stat(media)).size).toBe(7);
  expect((await ask(one, `/deletions/${clip.clipId}/certificate.html`)).status).toBe(404);

  expect((await approve(other)).json).toMatchObject({ verdict: 'approved', decidedBy: 'li-si' });
  await ingest.eraser.settle(never);
  await expect(stat(media)).rejects.toMatchObject({ code: 'ENOENT' });
  expect((await ask(one, `/clips/${clip.clipId}`)).json).toMatchObject({ state: 'deleted' });
  expect((await approve(other)).json.status).toBe(409);

  const certificate = await ask(one, `/deletions/${clip.clipId}/certificate`);
  expect(certificate.json).toMatchObject({ sha256: clip.sha256, isByTwoPersons: true, requestId });
  for (const [lang, title] of [
    ['zh-CN', '视音频资料销毁证明'],
    ['en', 'Certificate of deletion'],
  ]) {
    const page = await ask(one, `/deletions/${clip.clipId}/certificate.html?lang=${lang}`);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const text = page.body.toString();
    for (const told of [
      title,
      clip.sha256,
      'zhang-san',
      'li-si',
      requestId,
      '&lt;i&gt;保存期限届满&lt;/i&gt;',
    ])
      expect(text).toContain(told);
    expect(text).not.toContain('<i>');
    expect(text).not.toContain('<b>1');
  }

  const { json } = await ask(one, `/clips/${clip.clipId}/custody`);
  const entries = json.entries as { action: string; actor: string }[];
  expect(entries.slice(-4).map(({ action, actor }) => [action, actor])).toEqual([
    ['deletion-requested', 'operator:zhang-san'],
    ['deletion-approved', 'operator:li-si'],
    ['deletion-started', 'gateway:dock-1'],
    ['deleted', 'gateway:dock-1'],
  ]);
}, 60_000);
