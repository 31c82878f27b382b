/**
 * Case work as people see it, in Debian's Chromium against the real gateway: a case system delivers a case, a recorder is
 * docked, its clips find the case by officer and proven time, and the page of the case shows duty against footage with the
 * gap between two recordings; the gap is explained by one person and approved by another.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSite, type DockSite } from './harness/dock-site.ts';
import { startGateway } from './harness/run-gateway.ts';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));
const minute = 60_000;
/** Nine in the morning, by the recorders' zone, of the day before yesterday. */
const nine = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 2 * 86_400_000 + 60 * minute;

let site: DockSite;
let gateway: ReturnType<typeof startGateway>;
let browser: Browser;
let page: Page;
let url: string;
const complaints: string[] = [];

beforeAll(async () => {
  site = await createSite();
  gateway = startGateway(site.assignments, null, 300_000);
  while (!gateway.output().includes('ready ')) await once(gateway.child.stdout, 'data');
  url = /ready (\S+)/u.exec(gateway.output())?.[1] ?? '';
  if (executablePath === undefined) throw new Error('no Chromium found: bash .ci/prepare tests installs it');
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
  const context = await browser.newContext({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  page = await context.newPage();
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

const instant = (atMs: number) => new Date(atMs).toISOString();

async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const json = await answer.json();
  expect([path, answer.status, json]).toEqual([path, 200, expect.anything()]);
  return json;
}

const unit = { kind: 'unit', id: 'u1', name: '示例执法大队', departmentId: 'changzhi-swj' };
const officer = (id: string, name: string, officerNumber: string) => ({
  kind: 'officer',
  id,
  name,
  unitId: 'u1',
  officerNumber,
  certificateNumber: `DEMO-${officerNumber}`,
  categories: ['penalty', 'inspection'],
  validUntil: '2099-12-31',
  issuer: 'provincial',
});
const delivered = () => [
  unit,
  officer('o1', '张三', '000909'),
  officer('o2', '李四', '000910'),
  {
    kind: 'case',
    id: 'c1',
    number: '示商罚〔2026〕12号',
    name: '示例商贸有限公司涉嫌无证经营案',
    departmentId: 'changzhi-swj',
    unitId: 'u1',
    category: 'penalty',
    matter: '无证经营',
    riskTriggers: ['life-health'],
    openedOn: instant(nine).slice(0, 10),
  },
  {
    kind: 'activity',
    id: 'a1',
    caseId: 'c1',
    activity: 'on-site-inspection',
    place: '示例路 1 号',
    officerIds: ['o1', 'o2'],
    startedAt: instant(nine),
    endedAt: instant(nine + 45 * minute),
  },
  {
    kind: 'activity',
    id: 'a2',
    caseId: 'c1',
    activity: 'document-service',
    officerIds: ['o1', 'o2'],
    startedAt: instant(nine + 26 * 60 * minute),
    endedAt: instant(nine + 26 * 60 * minute + 10 * minute),
  },
];

/** A clip with a satellite track beside it: its times are then proven, though nobody ever read this recorder's clock. */
async function putFilm(card: string, startedMs: number, seconds: number): Promise<void> {
  const local = instant(startedMs + 8 * 60 * minute).replace(/[-:]/gu, '');
  const stem = `DCAM_CAM009_000909_${local.slice(0, 8)}_${local.slice(9, 15)}`;
  const picture = `testsrc2=size=160x90:rate=1:duration=${seconds}`;
  const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const film = join(card, 'DCIM', `${stem}.mp4`);
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', picture, ...coding, film]);
  const fixes = [startedMs + 500, startedMs + seconds * 1000 - 500].map(rmc).join('');
  const track = join(card, 'DCIM', `${stem}.nmea`);
  await writeFile(track, fixes);
  // As a card has it: the end of the recording, in the recorder's own zone.
  const writtenAt = (startedMs + 8 * 60 * minute) / 1000 + seconds;
  for (const file of [film, track]) await utimes(file, writtenAt, writtenAt);
}

/** A position of a satellite receiver (NMEA 0183), checksum included. */
function rmc(atMs: number): string {
  const at = instant(atMs);
  const time = `${at.slice(11, 19).replaceAll(':', '')}.${at.slice(20, 22)}`;
  const day = at.slice(8, 10) + at.slice(5, 7) + at.slice(2, 4);
  const body = `GNRMC,${time},A,3504.1234,N,11820.5678,E,0.5,84.4,${day},,,A`;
  const checksum = [...body].reduce((sum, character) => sum ^ character.charCodeAt(0), 0);
  return `$${body}*${checksum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}

test('delivered facts and docked footage meet on the page of the case, the gap hatched', {
  timeout: 240_000,
}, async () => {
  const day = instant(nine - 30 * 86_400_000).slice(0, 10);
  const adoption = { presetId: 'changzhi-swj', inForceFrom: day, reason: '启用', person: '王五' };
  await post('/duty-lists/changzhi-swj/adopt-preset', adoption);
  const answer = await post('/inbound', { sender: 'oa', records: delivered() });
  expect(answer).toMatchObject({ counts: { created: 6, refused: 0 } });

  const card = join(site.root, 'card');
  await mkdir(join(card, 'DCIM'), { recursive: true });
  await putFilm(card, nine - 20_000, 760);
  await putFilm(card, nine + 20 * minute, 26 * 60);
  await rename(card, join(site.volumes, '1-1.4'));

  await page.goto(`${url}/cases?text=${encodeURIComponent('示商罚[2026]12号')}`);
  await page.getByRole('link', { name: '示例商贸有限公司涉嫌无证经营案' }).click();
  const strip = page.locator('[data-activity="oa/a1"] .activity-strip');
  await strip.waitFor();
  await page.locator('[data-activity="oa/a1"] .activity-strip__clip').nth(1).waitFor({ timeout: 120_000 });
  const gap = page.locator('[data-activity="oa/a1"] .activity-strip__gap[data-kind="sure"]');
  await gap.waitFor({ timeout: 60_000 });
  expect(await gap.getAttribute('fill')).toBe('url(#lane-gap-sure)');
  expect(await gap.getAttribute('aria-label')).toMatch(/缺口 09:12:.* 至 09:19:.*7 分/u);
  expect(await page.locator('[data-activity="oa/a1"] .chip').textContent()).toContain('部分');
  expect(await page.locator('[data-activity="oa/a2"] .chip').textContent()).toContain('缺失');
  expect(complaints).toEqual([]);
});

test('lanes are zoomed and moved by keys alone, and footage opens its clip', {
  timeout: 60_000,
}, async () => {
  const labels = () => page.locator('.lane-axis text').allTextContents();
  const whole = await labels();
  await page.locator('.case-lanes__field').focus();
  for (let step = 0; step < 8; step += 1) await page.keyboard.press('+');
  expect((await labels()).some((label) => /^\d\d:\d\d:\d\d$/u.test(label))).toBe(true);
  const zoomed = await labels();
  await page.keyboard.press('ArrowRight');
  expect(await labels()).not.toEqual(zoomed);
  await page.keyboard.press('0');
  expect(await labels()).toEqual(whole);

  await page.locator('[data-activity="oa/a1"] .activity-strip__clip').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.clip-drawer', { hasText: 'DCAM_CAM009_000909' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.clip-drawer').waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe('/cases/oa%2Fc1');
  expect(complaints).toEqual([]);
});

test('a gap is explained by one person and approved by another', { timeout: 60_000 }, async () => {
  await page.getByRole('link', { name: '情况说明', exact: true }).last().click();
  await page.getByRole('button', { name: '提出情况说明' }).click();
  await page.locator('select[name=activityId]').selectOption({ value: 'oa/a1' });
  await page.locator('select[name=gap]').selectOption({ index: 1 });
  await page.locator('select[name=reasonCode]').selectOption('battery');
  await page.locator('input[name=person]').fill('张三');
  await page.locator('.exception-form input[name=reason]').fill('电量耗尽，换用备用电池');
  await page.getByRole('button', { name: '提交' }).click();
  await page.locator('.exception-item', { hasText: '待审批' }).waitFor();

  await page.goto(`${url}/exceptions`);
  await page.getByRole('button', { name: '批准', exact: true }).click();
  await page.locator('input[name=person]').fill('张三');
  await page.locator('input[name=decisionReason]').fill('情况属实');
  await page.getByRole('button', { name: '确认批准' }).click();
  await page.locator('.notice[role=alert]').waitFor();
  // That one person cannot do both is an answer of the gateway, which the browser notes as an error of its own.
  expect(complaints.splice(0)).toEqual([expect.stringContaining('409')]);
  await page.locator('input[name=person]').fill('李四');
  await page.getByRole('button', { name: '确认批准' }).click();
  await page.getByText('没有待审批的情况说明').waitFor();

  await page.goto(`${url}/cases/oa%2Fc1`);
  await page.locator('.activity-strip__gap[data-kind="explained"]').waitFor({ timeout: 60_000 });
  expect(complaints).toEqual([]);
});

test('review tells what is open, and hands out a packet', { timeout: 60_000 }, async () => {
  await page.getByRole('link', { name: '法制审核' }).click();
  await page.getByText('还有必须先解决的问题').waitFor();
  await page.locator('input[name=person]').first().fill('李四');
  await page.getByRole('button', { name: '按现状制作材料' }).click();
  const packet = await page.getByRole('link', { name: '打开打印页' }).getAttribute('href');
  const printed = await fetch(`${url}${packet}`);
  expect([printed.status, printed.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await printed.text()).toContain('示例商贸有限公司涉嫌无证经营案');
  expect(complaints).toEqual([]);
});

test('on a phone nothing is wider than the screen, and in English the same page speaks English', {
  timeout: 60_000,
}, async () => {
  await page.setViewportSize({ width: 360, height: 700 });
  for (const path of [
    '/cases',
    '/cases/oa%2Fc1',
    '/cases/oa%2Fc1?tab=exceptions',
    '/cases/oa%2Fc1?tab=review',
    '/exceptions',
  ]) {
    await page.goto(`${url}${path}`);
    await page.locator('h1').waitFor();
    expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 360]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${url}/cases/oa%2Fc1`);
  await page.getByRole('button', { name: /English/u }).click();
  await page.getByRole('heading', { name: 'Coverage: duty and footage' }).waitFor();
  expect(await page.locator('[data-activity="oa/a1"]').textContent()).toContain('On-site inspection');
  expect(complaints).toEqual([]);
});
