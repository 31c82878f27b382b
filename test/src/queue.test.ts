/**
 * From a pile of clips to cases as an officer at the dock sees it, in Chromium against the real gateway: codes are printed,
 * one is filmed and links its clip by itself, the others are worked through in two taps each.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSite, type DockSite } from './harness/dock-site.ts';
import { startGateway } from './harness/run-gateway.ts';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));

let site: DockSite;
let gateway: ReturnType<typeof startGateway>;
let browser: Browser;
let page: Page;
let url: string;
const complaints: string[] = [];
const screenshots = process.env.DOCKET_SCREENSHOTS ?? null;

beforeAll(async () => {
  site = await createSite();
  gateway = startGateway(site.assignments, null, 120_000);
  while (!gateway.output().includes('ready ')) await once(gateway.child.stdout, 'data');
  url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  if (executablePath === undefined) throw new Error('no Chromium found: bash .ci/prepare tests installs it');
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  });
  page = await browser.newPage({
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1280, height: 900 },
  });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await deliver();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  const ended = once(gateway.child, 'close');
  gateway.child.kill('SIGTERM');
  await ended;
  await site.remove();
});

/** Two cases of one officer, one visit each on the same morning. */
async function deliver(): Promise<void> {
  const visit = (id: string, caseId: string, from: string, to: string) => ({
    kind: 'activity',
    id,
    caseId,
    activity: '现场检查',
    place: '示例路 1 号',
    officerIds: ['o1'],
    startedAt: `2024-03-05T${from}:00+08:00`,
    endedAt: `2024-03-05T${to}:00+08:00`,
  });
  const ofCase = (id: string, number: string, name: string) => ({
    kind: 'case',
    id,
    number,
    name,
    departmentId: 'example-bureau',
    unitId: 'u1',
    category: '检查',
    openedOn: '2024-03-01',
  });
  const records = [
    { kind: 'unit', id: 'u1', name: '示例支队', departmentId: 'example-bureau' },
    {
      kind: 'officer',
      id: 'o1',
      name: '张三',
      unitId: 'u1',
      officerNumber: '000909',
      certificateNumber: 'DEMO-001',
    },
    ofCase('c1', '示检〔2024〕1号', '示例一案'),
    ofCase('c2', '示检〔2024〕2号', '示例二案'),
    visit('a1', 'c1', '08:20', '09:00'),
    visit('a2', 'c2', '09:30', '10:10'),
  ];
  const answer = await fetch(`${url}/api/v1/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sender: 'oa', records }),
  });
  expect([answer.status, (await answer.json()).counts]).toEqual([
    200,
    expect.objectContaining({ created: 6 }),
  ]);
}

const film = (options: string[], file: string) =>
  execFileSync('ffmpeg', [
    '-nostdin',
    '-v',
    'error',
    '-y',
    ...options,
    '-pix_fmt',
    'yuv420p',
    '-preset',
    'ultrafast',
    file,
  ]);
const scene = (hue: number) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=size=1280x720:rate=10:duration=6,hue=h=${hue}`,
];

async function shoot(name: string): Promise<void> {
  if (screenshots !== null) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

test('codes are printed, and a film of one links its clip by itself', { timeout: 180_000 }, async () => {
  await page.goto(`${url}/codes`);
  await page.locator('input[type=date]').fill('2024-03-05');
  const printed = page.locator('.code-sheet__code', { hasText: '示检〔2024〕2号' });
  await printed.locator('img').waitFor();
  await page.waitForFunction(() => [...document.images].every((image) => image.naturalWidth > 0));
  const picture = join(site.root, 'code.png');
  await printed.locator('img').screenshot({ path: picture });
  await shoot('codes');

  const card = join(site.root, 'card');
  await mkdir(join(card, 'DCIM'), { recursive: true });
  const name = (time: string) => join(card, 'DCIM', `DCAM_CAM009_000909_20240305_${time}.mp4`);
  film(scene(0), name('083000'));
  film(scene(90), name('083010'));
  const shown =
    "[1:v]scale=380:-1,format=rgba,rotate=0.15:c=white:ow=rotw(0.15):oh=roth(0.15)[code];[0:v][code]overlay=x=400:y=120:enable='between(t,2,4)'";
  film([...scene(180), '-loop', '1', '-t', '6', '-i', picture, '-filter_complex', shown], name('093500'));
  await rename(card, join(site.volumes, '1-1.4'));

  await expect
    .poll(async () => (await (await fetch(`${url}/api/v1/mapping/queue`)).json()).total, {
      timeout: 120_000,
      interval: 500,
    })
    .toBe(3);
  const { clips } = await (await fetch(`${url}/api/v1/clips?text=093500`)).json();
  const links = async () => (await fetch(`${url}/api/v1/clips/${clips[0].clipId}/links`)).json();
  await expect
    .poll(async () => (await links()).links, { timeout: 120_000, interval: 500 })
    .toMatchObject([{ caseNumber: '示检〔2024〕2号', source: 'qr', confidence: 'certain' }]);
  expect((await links()).codes).toMatchObject([{ kind: 'activity', id: 'oa/a2' }]);
  expect(complaints).toEqual([]);
});

test('a run of clips is linked in two taps, undone, and linked by keys', { timeout: 120_000 }, async () => {
  await page.goto(`${url}/queue`);
  const cards = page.locator('.queue-card');
  await expect.poll(() => cards.count(), { timeout: 60_000 }).toBe(2);
  const card = cards.first();
  expect(await card.textContent()).toContain('不知道何时录制');
  await shoot('queue');

  await card.locator('input[type=checkbox]').check();
  await card.locator('.queue-card__choice', { hasText: '示检〔2024〕1号' }).click();
  await shoot('queue-chosen');
  await card.locator('.queue-card__confirm').click();
  await page.locator('.queue-page__done').waitFor();
  await expect.poll(() => cards.count()).toBe(0);
  await shoot('queue-done');

  await page.locator('.queue-page__done button').click();
  await expect.poll(() => cards.count()).toBe(2);
  await page.locator('h1').click();
  await page.keyboard.press('1');
  await page.keyboard.press('Enter');
  await expect.poll(() => cards.count()).toBe(1);
  await page.keyboard.press('0');
  await page.keyboard.press('Enter');
  await expect.poll(() => cards.count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('the panel of a clip tells its links and every word on them', { timeout: 60_000 }, async () => {
  const { clips } = await (await fetch(`${url}/api/v1/clips?text=0830`)).json();
  for (const { clipId } of clips) {
    await page.goto(`${url}/clips/${clipId}`);
    const panel = page.locator('.clip-links');
    await panel.waitFor();
    await panel.locator('summary').click();
    expect(await panel.locator('.clip-links__history li').count()).toBeGreaterThanOrEqual(3);
    await panel.scrollIntoViewIfNeeded();
    await shoot(`panel-${clipId.slice(-4)}`);
  }
  expect(complaints).toEqual([]);
});
