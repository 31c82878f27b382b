/**
 * Duty lists as whoever keeps them sees them, in Chromium against the real gateway: a list that comes with Docket is
 * adopted, changed, compared with what is in force, published, and the two versions stand beside each other.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
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
  page = await browser.newPage({ locale: 'zh-CN', viewport: { width: 1600, height: 1000 } });
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

async function adopt(): Promise<void> {
  await page.goto(url);
  const places = page.getByRole('navigation');
  await places.getByRole('link', { name: '案件' }).first().click();
  await places.getByRole('link', { name: '清单' }).click();
  const preset = page.locator('.duty-lists__preset', { hasText: '长治市商务局' });
  await preset.getByRole('button', { name: '采用预置清单' }).click();
  await preset.locator('[name="inForceFrom"]').fill('2020-01-01');
  await preset.getByText('生效日期早于今日').waitFor();
  await preset.locator('[name="person"]').fill('张三');
  await preset.locator('[name="reason"]').fill('采用预置清单');
  await preset.getByRole('button', { name: '采用并公布' }).click();
  await page.getByRole('heading', { level: 1, name: '长治市商务局音像记录事项清单' }).waitFor();
}

test('a list that comes with Docket is adopted, and shows the sentence behind each row', {
  timeout: 120_000,
}, async () => {
  await adopt();
  const hearing = page.locator('.duty-table__row', { hasText: '听证记录员' });
  expect(await hearing.locator('.chip').textContent()).toBe('含推定');
  await hearing.getByRole('button', { name: '查看第 5 项的依据' }).click();
  const sentence = await page.locator('.duty-table__more blockquote').textContent();
  expect(sentence).toContain('对直接涉及人身自由、生命健康、重大财产权益的现场执法活动和执法场所');
  await page.getByRole('button', { name: '显示全部依据' }).click();
  expect(await page.locator('.duty-table__more').count()).toBe(8);
});

test('a change is compared with what is in force before it can be published', {
  timeout: 120_000,
}, async () => {
  await page.getByRole('link', { name: '编制新版本' }).click();
  await page.getByRole('heading', { level: 1, name: '编制第 2 版' }).waitFor();
  const row = (text: string) => page.locator('.duty-table__row', { hasText: text });
  await row('听证记录员').getByRole('button', { name: '修改' }).click();
  const form = page.locator('.duty-item-form');
  await form.locator('[name="level"]').selectOption('whole-process');
  await form.locator('[name="retention"]').selectOption('permanent');
  await form.getByRole('button', { name: '完成' }).click();
  await row('送达人员').getByRole('button', { name: '删除' }).click();

  await page.getByRole('button', { name: '从表格粘贴' }).click();
  await page.locator('[name="pasteDocument"]').fill('本局清单');
  await page.locator('[name="paste"]').fill('序号\t记录事项\t记录要求\n21\t强制拆除\t全过程\n22\t喝茶\t');
  await page.getByRole('button', { name: '读入' }).click();
  await page.getByText('第 3 行 记录事项 不认识的词：喝茶').waitFor();

  const publishing = page.locator('.publish-form');
  expect(await publishing.getByRole('button', { name: '公布', exact: true }).count()).toBe(0);
  await publishing.locator('[name="person"]').fill('李四');
  await publishing.locator('[name="reason"]').fill('听证全程记录');
  await publishing.getByRole('button', { name: '与现行版本比较' }).click();
  await publishing.getByText('与第 1 版比较').waitFor();
  expect(await publishing.locator('.duty-difference li').allTextContents()).toEqual([
    expect.stringContaining('21 · 行政强制 · 应当全过程音像记录'),
    expect.stringContaining('7 · 文书送达 · 应当音像记录'),
  ]);
  const changes = await publishing.locator('.duty-difference tbody tr').allInnerTexts();
  expect(changes.map((line) => line.split(/\s*\t\s*/u))).toEqual([
    ['5 · 存储期限', '同案卷', '永久'],
    ['5 · 记录要求', '应当音像记录', '应当全过程音像记录'],
  ]);
  await publishing.getByRole('button', { name: '公布', exact: true }).click();
  await page.locator('.chip', { hasText: '第 2 版 · 现行' }).waitFor();
  expect(await row('听证记录员').textContent()).toContain('永久');
});

test('two versions stand beside each other', { timeout: 120_000 }, async () => {
  await page.getByRole('link', { name: '比较版本' }).click();
  await page.getByRole('heading', { level: 1, name: '第 1 版与第 2 版的差别' }).waitFor();
  await page.locator('.duty-difference li').first().waitFor();
  expect(await page.locator('.duty-difference li').count()).toBe(2);
  await page.locator('select[name="from"]').selectOption('2');
  await page.getByText('两个版本没有差别').waitFor();
  expect(complaints).toEqual([]);
});
