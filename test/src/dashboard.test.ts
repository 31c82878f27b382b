/**
 * The dashboard as an officer and an operator see it, in Debian's Chromium against the real gateway: a recorder is docked,
 * its slot turns safe, its clip plays; a recorder is issued and named; slots are calibrated.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SmpRecorderSimulator, startSmpRecorder } from '@docket/device-protocol/simulator';
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
let smpRecorder: SmpRecorderSimulator;
const complaints: string[] = [];

beforeAll(async () => {
  site = await createSite({ extra: [`slots=${JSON.stringify([{ slot: '1-1.4', label: 'A1' }])}`] });
  site.assignments.push(
    `serial.ports=${JSON.stringify([{ devicePath: join(site.root, 'tty-recorder'), slot: 'serial-1' }])}`,
  );
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
  await smpRecorder?.close();
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

test('a recorder is issued and taken back, with a reason, and its page tells both', {
  timeout: 60_000,
}, async () => {
  const url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  await page.goto(`${url}/recorders`);
  await page.getByRole('link', { name: '查看 CAM009' }).click();
  await page.getByRole('heading', { name: 'CAM009' }).waitFor();
  await page.getByRole('button', { name: '发放', exact: true }).click();
  await page.locator('input[name=officerName]').fill('张三');
  await page.locator('input[name=officerNumber]').fill('A-0001');
  await page.locator('.ledger-form input[name=reason]').fill('上岗');
  await page.getByRole('button', { name: '确认发放' }).click();
  await page.locator('.recorder-ledger li', { hasText: '发放给 张三（A-0001）' }).waitFor();
  // The recorder calls its officer 000909: not the one it was just issued to.
  await page.locator('.notice', { hasText: '人员与发放登记不符' }).waitFor();
  await page.goto(url);
  await page.locator('.slot-tile', { hasText: '人员与发放登记不符' }).waitFor();

  await page.goto(`${url}/recorders?concern=yes`);
  await page.getByRole('link', { name: '查看 CAM009' }).click();
  await page.getByRole('button', { name: '归还', exact: true }).click();
  await page.locator('.ledger-form input[name=reason]').fill('下班');
  await page.getByRole('button', { name: '确认归还' }).click();
  await page.locator('.recorder-ledger li', { hasText: '由 张三（A-0001） 归还' }).waitFor();
  await page.goto(`${url}/recorders?concern=yes`);
  await page.getByText('没有符合条件的记录仪').waitFor();
  expect(complaints).toEqual([]);
});

test('an identity is written to a docked recorder and read back', { timeout: 120_000 }, async () => {
  const url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  await mkdir(join(site.root, 'serial-card'));
  smpRecorder = await startSmpRecorder({
    folder: join(site.root, 'serial-card'),
    link: join(site.root, 'tty-recorder'),
    identity: { serial: 'SMP0003', officer: '000303' },
  });
  await page.goto(url);
  await page.locator('.slot-tile[data-state="safe"]', { hasText: 'SMP0003' }).waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'SMP0003' }).click();
  await page.locator('.identity-form input[name=officerNumber]').fill('000404');
  await page.locator('.identity-form input[name=reason]').fill('换人');
  await page.getByRole('button', { name: '写入记录仪' }).click();
  await page.locator('.notice', { hasText: '已写入，回读一致' }).waitFor({ timeout: 30_000 });
  await page.locator('.event-list li', { hasText: '执法人员：000303 → 000404' }).waitFor();
  await page.locator('.recorder-readings canvas').waitFor({ state: 'attached' });
  expect(complaints).toEqual([]);
});

test('slots are calibrated by plugging into one after the other', { timeout: 60_000 }, async () => {
  const url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  await page.goto(`${url}/calibration`);
  await page.getByRole('button', { name: '开始标定' }).click();
  await page.getByText('请把记录仪或 U 盘插入下一个槽位').waitFor();
  await plugInStick('1-1.2');
  await page.getByText('插入了端口 1-1.2').waitFor();
  await page.locator('input[name=label]').fill('B1');
  await page.getByRole('button', { name: '保存标签' }).click();
  await page.getByText('此槽位的标签是 B1').waitFor();
  await plugInStick('1-1.3');
  await page.getByText('插入了端口 1-1.3').waitFor();
  expect(await page.locator('input[name=label]').inputValue()).toBe('B2');
  // The keyboard is enough.
  await page.locator('input[name=label]').press('Enter');
  await page.getByText('此槽位的标签是 B2').waitFor();
  await page.goto(url);
  await page.getByText('正在标定槽位').waitFor();
  await page.getByRole('link', { name: '打开标定' }).click();
  await page.getByRole('button', { name: '结束标定' }).click();
  await page.getByRole('button', { name: '开始标定' }).waitFor();
  await page.getByRole('row', { name: 'B2' }).getByRole('button', { name: '改名' }).click();
  await page.getByRole('textbox', { name: '标签' }).fill('B9');
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.getByRole('row', { name: 'B9' }).waitFor();
  await page.goto(url);
  // What still stands in its slot is docked once calibration has ended.
  await page.locator('.slot-tile[data-state="safe"]', { hasText: 'B9' }).waitFor({ timeout: 30_000 });
  expect(complaints).toEqual([]);
});

/** A stick with nothing of a recorder on it, in a slot. */
async function plugInStick(slot: string): Promise<void> {
  const card = join(site.root, `stick-${slot}`);
  await mkdir(card);
  await writeFile(join(card, 'note.txt'), 'x');
  await rename(card, join(site.volumes, slot));
}

test('nothing is wider than a phone', { timeout: 60_000 }, async () => {
  const url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  const phone = await browser.newPage({ locale: 'zh-CN', viewport: { width: 375, height: 700 } });
  const recorder = `/recorders/${encodeURIComponent('sn:CAM009')}`;
  for (const path of ['/', '/recorders', recorder, '/calibration']) {
    await phone.goto(`${url}${path}`);
    await phone.locator('h1').waitFor({ state: 'attached' });
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    expect([path, width]).toEqual([path, 375]);
  }
  await phone.close();
});

test('the page speaks English when asked', { timeout: 60_000 }, async () => {
  const url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  await page.goto(url);
  await page.getByRole('button', { name: /English/u }).click();
  await page.locator('.slot-tile', { hasText: 'Safe to undock' }).first().waitFor();
});
