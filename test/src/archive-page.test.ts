/**
 * The archive page in Debian's Chromium against the real gateway: an archive that is away and comes back, a target that is
 * paused, a clip that was given up, a probe, and the receipt of a clip. `DOCKET_SCREENSHOTS` names a folder for pictures.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createSite,
  type DockSite,
  filesBelow,
  putClip,
  type SourceClip,
  sha256,
} from './harness/dock-site.ts';
import { startGateway } from './harness/run-gateway.ts';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));
const screenshots = process.env.DOCKET_SCREENSHOTS ?? null;
const patienceMs = 60_000;

let site: DockSite;
let gateway: ReturnType<typeof startGateway>;
let browser: Browser;
let page: Page;
let url: string;
const complaints: string[] = [];

beforeAll(async () => {
  if (executablePath === undefined) throw new Error('no Chromium found: bash .ci/prepare tests installs it');
  site = await createSite({ extra: ['release.policy=never', 'store.keepLocalDays=30'] });
  gateway = startGateway(site.assignments, null, 300_000);
  while (!gateway.output().includes('ready ')) await once(gateway.child.stdout, 'data');
  url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--no-first-run',
    ],
  });
  page = await browser.newPage({ locale: 'zh-CN', viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(patienceMs);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
}, 180_000);

afterAll(async () => {
  await browser?.close();
  const ended = once(gateway.child, 'close');
  gateway.child.kill('SIGTERM');
  await ended;
  await site.remove();
});

const card = (state?: string) =>
  page.locator(
    `.archive-target[data-target="archive"]${state === undefined ? '' : `[data-state="${state}"]`}`,
  );

async function show(name: string): Promise<void> {
  if (screenshots !== null) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** A recorder with one clip, docked at a slot. */
async function dock(slot: string, content: string): Promise<SourceClip> {
  const clip = await putClip(join(site.root, `card-${slot}`), `DCIM/${slot}.mp4`, Buffer.from(content));
  await rename(clip.card, join(site.volumes, slot));
  return clip;
}

/** Where the store keeps the bytes of a clip. */
async function storedFile({ sha256: hash }: SourceClip): Promise<string> {
  for (const path of await filesBelow(site.store)) {
    const file = join(site.store, path);
    if (path.endsWith('.mp4') && sha256(await readFile(file)) === hash) return file;
  }
  throw new Error('the clip is not in the store');
}

/** Says who and why, and does it. */
async function confirm(label: string, reason: string): Promise<void> {
  const form = card()
    .locator('form')
    .filter({ has: page.getByRole('button', { name: label }) });
  await form.locator('input[name=person]').fill('张三');
  await form.locator('input[name=reason]').fill(reason);
  await form.getByRole('button', { name: label }).click();
}

test('an archive that is away says so, and what waited is signed for when it is back', {
  timeout: 240_000,
}, async () => {
  await dock('1-1', 'the first clip marks the archive');
  await page.goto(`${url}/archive`);
  await card('idle').waitFor();
  await expect
    .poll(() => filesBelow(join(site.archive, 'receipts')), { timeout: patienceMs })
    .toHaveLength(1);

  await rename(site.archive, `${site.archive}-away`);
  await dock('1-2', 'footage that must wait');
  await card('unreachable').waitFor();
  const said = await card().textContent();
  expect(said).toContain('无应答');
  expect(said).toContain('1 个文件');
  expect(said).toContain('不会丢失');
  await page.locator('.health-warnings', { hasText: '归档目标 archive 无应答' }).waitFor();
  await show('archive-away-zh');

  await card().getByRole('button', { name: '全部重试' }).click();
  await rename(`${site.archive}-away`, site.archive);
  await confirm('重新归档全部失败的文件', '共享盘已重新挂载');
  await card('idle').waitFor();
  await page.locator('.health-warnings', { hasText: '无应答' }).waitFor({ state: 'detached' });

  await page.goto(`${url}/clips`);
  await page.getByText('1-2.mp4').first().click();
  const receipt = page.locator('.clip-receipts');
  await receipt.getByText('采集站读回核对后签署').waitFor();
  expect(await receipt.textContent()).toContain('全部读回并重新计算哈希');
  await show('archive-receipt-zh');
  const downloading = page.waitForEvent('download');
  await receipt.getByRole('link', { name: '下载签名回执' }).click();
  const note = await readFile(await (await downloading).path(), 'utf8');
  expect(note).toMatch(/^\S+\/receipt\/v1\nclip sha256:[0-9a-f]{64} size 22\n/u);
  expect(note).toMatch(/\n\n— \S+ \S+\n/u);
  expect(complaints).toEqual([]);
});

test('a paused target takes nothing; a clip given up is shown with its reason, and sent again', {
  timeout: 240_000,
}, async () => {
  await page.goto(`${url}/archive`);
  await card().getByRole('button', { name: '暂停', exact: true }).click();
  await confirm('暂停归档到此目标', '线路检修');
  await card('paused').waitFor();
  expect(await card().textContent()).toMatch(/张三 于 .* 暂停：线路检修/u);

  const clip = await dock('1-3', 'footage that goes bad');
  await card().getByText('1 个文件').waitFor();
  const file = await storedFile(clip);
  const sound = await readFile(file);
  await chmod(file, 0o600);
  await writeFile(file, Buffer.alloc(clip.sizeBytes, 'x'));

  await card().getByRole('button', { name: '恢复', exact: true }).click();
  await confirm('恢复归档到此目标', '检修完毕');
  const dead = card().locator('.archive-dead');
  await dead.getByText('采集站中的副本已损坏').waitFor();
  await page.locator('.health-warnings', { hasText: '1 个文件归档失败' }).waitFor();
  await show('archive-dead-zh');

  await writeFile(file, sound);
  await dead.getByRole('button', { name: '重试', exact: true }).click();
  await confirm('重新归档此文件', '已从备份恢复');
  await dead.waitFor({ state: 'detached' });
  await card('idle').waitFor();
  expect(await filesBelow(join(site.archive, 'receipts'))).toHaveLength(3);
  expect(complaints).toEqual([]);
});

test('a probe shows each thing it tried, and a folder is not called WORM', { timeout: 120_000 }, async () => {
  await page.goto(`${url}/archive`);
  await card().getByText('从未检验').waitFor();
  await card().getByRole('button', { name: '立即检验' }).click();
  await card().locator('.archive-probe input[name=person]').fill('张三');
  await card().getByRole('button', { name: '立即检验' }).click();
  await card().getByText('检验通过').waitFor();
  expect(await card().getByText('WORM 未证明').count()).toBe(1);
  expect(await card().locator('[data-check="read-back"]').getAttribute('data-outcome')).toBe('passed');
  expect(await card().locator('[data-outcome="failed"]').count()).toBe(0);
  await show('archive-probed-zh');
  expect(complaints).toEqual([]);
});

test('it speaks English when asked, and is not wider than a phone', { timeout: 120_000 }, async () => {
  await page.getByRole('button', { name: /English/u }).click();
  await card().getByText('Nothing waits', { exact: true }).waitFor();
  expect(await page.locator('main').textContent()).not.toMatch(/\p{Script=Han}/u);
  await show('archive-en');
  const phone = await browser.newPage({ locale: 'zh-CN', viewport: { width: 375, height: 700 } });
  await phone.goto(`${url}/archive`);
  await phone.locator('.archive-target').waitFor();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
  if (screenshots !== null)
    await phone.screenshot({ path: join(screenshots, 'archive-phone.png'), fullPage: true });
  await phone.close();
});
