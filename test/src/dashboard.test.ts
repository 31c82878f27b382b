/**
 * The dashboard as an officer sees it: a recorder is docked, its slot turns safe, and its clip plays, in Debian's
 * Chromium against the real gateway.
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

const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

let site: DockSite;
let gateway: ReturnType<typeof startGateway>;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  site = await createSite({ extra: [`slots=${JSON.stringify([{ slot: '1-1.4', label: 'A1' }])}`] });
  await makeCard(join(site.root, 'card'));
  gateway = startGateway(site.assignments, null, 120_000);
  while (!gateway.output().includes('ready ')) await once(gateway.child.stdout, 'data');
  if (executablePath === undefined) throw new Error('no Chromium found: bash .ci/prepare tests installs it');
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet],
  });
  page = await browser.newPage({ locale: 'zh-CN' });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
}, 120_000);

afterAll(async () => {
  await browser?.close();
  const ended = once(gateway.child, 'close');
  gateway.child.kill('SIGTERM');
  await ended;
  await site.remove();
});

/** One H.264/AAC clip with a running clock, as a recorder would have made it. */
async function makeCard(card: string): Promise<void> {
  await mkdir(join(card, 'DCIM'), { recursive: true });
  const file = join(card, 'DCIM', 'DCAM_CAM009_000909_20261122_083000_IMP.mp4');
  const picture =
    "testsrc2=size=640x360:rate=25:duration=6,drawtext=text='%{pts\\:hms}':fontsize=40:fontcolor=white";
  execFileSync('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', 'sine=duration=6'],
    ...[
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
      '-movflags',
      '+faststart',
      file,
    ],
  ]);
}

test('a docked recorder turns its slot safe, and its clip plays', { timeout: 120_000 }, async () => {
  const url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  await page.goto(url);
  const tile = page.locator('.slot-tile', { hasText: 'A1' });
  await tile.waitFor();
  expect(await tile.getAttribute('data-state')).toBe('empty');

  await rename(join(site.root, 'card'), join(site.volumes, '1-1.4'));
  await page.locator('.slot-tile[data-state="safe"]').waitFor({ timeout: 60_000 });
  expect(await tile.textContent()).toContain('可以拔出');
  expect(await tile.textContent()).toContain('CAM009');

  await page.goto(`${url}/clips`);
  await page.getByText('DCAM_CAM009_000909_20261122_083000_IMP.mp4').first().click();
  const video = page.locator('video');
  await video.waitFor();
  await video.evaluate(async (element: HTMLVideoElement) => {
    element.muted = true;
    await element.play();
  });
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1, null, {
    timeout: 60_000,
  });
  expect(await video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBe(640);
  expect(complaints).toEqual([]);
});

test('the page speaks English when asked', { timeout: 60_000 }, async () => {
  const url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  await page.goto(url);
  await page.getByRole('button', { name: /English/u }).click();
  await page.locator('.slot-tile', { hasText: 'Safe to undock' }).waitFor();
});
