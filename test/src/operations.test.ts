/**
 * An on-site operation as an officer sees it, in Chromium against the whole gateway: a recorder is registered and its
 * password given, it pushes, is seen and recorded, moments are marked, and the operation is closed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Pusher, pushRtsp } from '@docket/device-protocol/live-peers';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LiveSite } from './harness/live-site.ts';

const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path));
const screenshots = process.env.DOCKET_SCREENSHOTS ?? null;
const patience = { timeout: 60_000 };
const phone = { width: 360, height: 740 };
const desk = { width: 1280, height: 900 };

let live: LiveSite;
let browser: Browser;
let page: Page;
let url: string;
let operationPath: string;
const pushers = new Map<string, Pusher>();
const complaints: string[] = [];

beforeAll(async () => {
  if (executablePath === undefined) throw new Error('no Chromium found: bash .ci/prepare tests installs it');
  [live, browser] = await Promise.all([
    LiveSite.open(['live.silenceMs=2000', 'clock.hostSource=assume-synchronised']),
    chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] }),
  ]);
  url = /ready (\S+)/u.exec(live.output())?.[1] ?? '';
  page = await browser.newPage({ locale: 'zh-CN', timezoneId: 'Asia/Shanghai', viewport: desk });
  page.setDefaultTimeout(patience.timeout);
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await tellOfCase();
}, 120_000);

afterEach(() => {
  expect(complaints).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  for (const pusher of pushers.values()) await pusher.stop();
  await live?.close();
});

async function tellOfCase(): Promise<void> {
  const about = { departmentId: 'd1', unitId: 'u1', category: '检查', openedOn: '2026-01-05' };
  await live.ask('POST', '/inbound', {
    sender: 'oa',
    records: [
      { kind: 'unit', id: 'u1', name: '示例支队', departmentId: 'd1' },
      { kind: 'case', id: 'c1', number: '示检〔2026〕1号', name: '示例商店检查案', ...about },
    ],
  });
}

async function shoot(name: string): Promise<void> {
  if (screenshots !== null) await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}

/** Registers a recorder on screen, and has it push with the password that the screen showed. */
async function registerAndPush(serialNumber: string): Promise<void> {
  await page.goto(`${url}/live`);
  await page.getByRole('button', { name: '登记直播源' }).click();
  const form = page.locator('form');
  await form.locator('input[name=serial]').fill(serialNumber);
  await form.locator('select[name=way]').selectOption('push-rtsp');
  await form.locator('input[name=person]').fill('张三');
  await form.locator('input[name=reason]').fill('列装');
  await shoot('source-form');
  await form.getByRole('button', { name: '登记直播源' }).click();
  const password = (await page.locator('.shown-secret code').first().textContent()) ?? '';
  expect(password).toMatch(/\S{12}/u);
  const { recorderId } = await live.until(async () => {
    const { sources } = await live.ask<{ sources: { recorderId: string; recorderSerialNumber: string }[] }>(
      'GET',
      '/live/sources',
    );
    return sources.find((source) => source.recorderSerialNumber === serialNumber);
  });
  await shoot('source-shown');
  await page.reload();
  await page.locator('.source-list li', { hasText: serialNumber }).waitFor();
  expect(await page.content()).not.toContain(password);
  const pusher = pushRtsp({
    ...{ program: 'ffmpeg', transport: 'tcp', codec: 'h264', audio: 'aac', width: 640, height: 360 },
    ...{ url: `rtsp://127.0.0.1:${live.rtspPort}/live/a`, credentials: { userName: serialNumber, password } },
  });
  pushers.set(recorderId, pusher);
}

test('a recorder is registered on screen, and pushes with the password that is shown once', {
  timeout: 120_000,
}, async () => {
  await registerAndPush('DEMO-001');
  await registerAndPush('DEMO-002');
  await page.locator('.source-list li', { hasText: 'DEMO-002' }).getByText('正在录制').waitFor();
  await shoot('sources');
});

test('an operation is opened, and its recorders are seen and recorded', { timeout: 120_000 }, async () => {
  await page.goto(`${url}/operations`);
  await page.getByRole('button', { name: '发起行动' }).click();
  await page.locator('input[name=title]').fill('示例商店现场检查');
  await page.locator('input[name=place]').fill('示例路 1 号');
  await page.locator('form input[name=person]').fill('张三');
  await page.locator('.subject-field input').fill('示例商店');
  await page.getByRole('button', { name: '示例商店检查案' }).click();
  for (const name of ['DEMO-001', 'DEMO-002']) await page.getByLabel(name).check();
  await shoot('operation-form');
  await page.locator('form').getByRole('button', { name: '发起行动' }).click();
  await page.getByRole('heading', { name: '示例商店现场检查' }).waitFor();
  operationPath = new URL(page.url()).pathname;
  const tiles = page.locator('.stream-tile');
  await tiles.nth(1).waitFor();
  expect(await tiles.count()).toBe(2);
  for (const tile of await tiles.all()) await tile.getByText('正在录制').waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('video')].every(
      ({ videoWidth, currentTime }) => videoWidth === 640 && currentTime > 0,
    ),
  );
  await page.getByText('示检〔2026〕1号').first().waitFor();
});

test('a moment is marked by one tap, undone by another, and noted in words', {
  timeout: 60_000,
}, async () => {
  const marks = page.locator('.bookmark-list li');
  await page.getByRole('button', { name: '出示证件' }).click();
  await marks.filter({ hasText: '出示证件' }).waitFor();
  await page.getByRole('button', { name: '告知权利' }).click();
  await marks.filter({ hasText: '告知权利' }).waitFor();
  // Both are confirmed, each with its own way back.
  const told = page.locator('.bookmark-bar__taps li');
  await told.filter({ hasText: '已标记：出示证件' }).waitFor();
  await told.filter({ hasText: '已标记：告知权利' }).getByRole('button', { name: '撤销' }).click();
  await page.locator('.bookmark-list__struck', { hasText: '告知权利' }).getByText('误按').waitFor();
  await page.locator('input[name=note]').fill('柜台后有未贴标的卷烟');
  await page.getByRole('button', { name: '添加备注' }).click();
  await marks.filter({ hasText: '柜台后有未贴标的卷烟' }).waitFor();
  expect(await marks.count()).toBe(3);
  expect(await page.locator('.bookmark-list__struck').count()).toBe(1);
  await page.locator('.session-footage').nth(1).waitFor();
  await shoot('operation');
});

test('all of it fits a phone, and speaks English', { timeout: 90_000 }, async () => {
  await page.setViewportSize(phone);
  const { sessions } = await live.ask<{ sessions: { sessionId: string }[] }>('GET', '/live/sessions');
  const paths = ['/operations', operationPath, '/live', `/live/sessions/${sessions[0]?.sessionId}`];
  for (const [index, path] of paths.entries()) {
    await page.goto(`${url}${path}`);
    await page.locator('.card').first().waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    await shoot(`phone-${index}`);
    expect([path, width]).toEqual([path, phone.width]);
  }
  await page.goto(`${url}${operationPath}`);
  await page.getByRole('button', { name: /English/u }).click();
  await page.getByRole('button', { name: 'Credentials shown' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width);
  await shoot('phone-english');
  await page.setViewportSize(desk);
  await page.locator('.stream-tile').first().getByText('Recording').first().waitFor();
  await shoot('operation-english');
  await page.getByRole('button', { name: /中文/u }).click();
  await page.getByRole('button', { name: '出示证件' }).waitFor();
});

test('what is tapped without a network waits, and marks the moment of the tap once it is back', {
  timeout: 90_000,
}, async () => {
  await page.goto(`${url}${operationPath}`);
  await page.getByRole('button', { name: '结束检查' }).waitFor();
  await page.locator('.top-bar, header').getByText('实时').first().waitFor();
  await page.context().setOffline(true);
  const tappedMs = Date.now();
  await page.getByRole('button', { name: '结束检查' }).click();
  const told = page.locator('.bookmark-bar__taps li', { hasText: '结束检查' });
  await told.getByText('网络不通').waitFor();
  const untappedMs = Date.now();
  await shoot('offline-tap');
  await page.context().setOffline(false);
  const mark = page.locator('.bookmark-list li', { hasText: '结束检查' });
  await mark.waitFor();
  const atMs = Date.parse((await mark.locator('time').getAttribute('datetime')) ?? '');
  expect(atMs).toBeGreaterThan(tappedMs - 5_000);
  expect(atMs).toBeLessThan(untappedMs);
  expect(await mark.count()).toBe(1);
  complaints.splice(0);
});

test('a stream that is lost is told on every page until somebody has seen it', {
  timeout: 90_000,
}, async () => {
  const [recorderId = '', pusher] = [...pushers].at(-1) ?? [];
  await page.goto(url);
  await page.locator('header').getByText('实时').first().waitFor();
  await pusher?.kill();
  await live.until(async () => (await live.alarms(recorderId)).includes('stream-lost'));
  const alarm = page.locator('.live-alarms .notice', { hasText: '直播中断' });
  await alarm.waitFor();
  await shoot('alarm');
  await page.locator('.live-alarms input[name=person]').fill('李四');
  await alarm.getByRole('button', { name: '已知晓' }).click();
  await alarm.waitFor({ state: 'detached' });
});

test('closed with a second tap, it tells what was recorded, with links', { timeout: 120_000 }, async () => {
  await page.goto(`${url}${operationPath}`);
  await page.getByRole('button', { name: '结束行动' }).click();
  await page.getByRole('button', { name: '确认结束' }).click();
  await page.locator('.stream-tile').first().waitFor({ state: 'detached' });
  // What pushes goes on being recorded, operation or not.
  for (const pusher of pushers.values()) await pusher.stop();
  const segments = page.locator('.session-footage__words li', { has: page.getByRole('link') });
  await segments.nth(1).waitFor();
  await live.until(async () => {
    const states = (await segments.allTextContents()).map((text) =>
      /已封存|已送归档|已有归档回执/u.test(text),
    );
    return states.length >= 2 && states.every(Boolean);
  });
  await shoot('closed');
  await segments.first().getByRole('link').click();
  await page.getByRole('dialog').getByText('SHA-256').first().waitFor();
  await shoot('closed-clip');
});
