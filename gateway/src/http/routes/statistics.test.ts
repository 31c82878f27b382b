import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import readExcelFile, { readSheet } from 'read-excel-file/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestGateway } from '../testing/test-gateway.ts';

const run = promisify(execFile);
const march = 'from=2026-03-01&to=2026-03-31';
let gateway: TestGateway;

beforeEach(async () => {
  gateway = await TestGateway.open();
  await gateway.caseWork.book.receive(
    'test',
    [
      {
        record: {
          kind: 'unit',
          facts: {
            unitId: 'test/1',
            // A name that a spreadsheet program would reckon.
            name: '=HYPERLINK("http://x","执法一队")',
            code: null,
            departmentId: 'd',
            parentUnitId: null,
          },
          isWithdrawn: false,
        },
        revision: null,
      },
    ],
    'test',
  );
  await gateway.database.write(async (transaction) => {
    for (const [id, day, unit, mapping, late] of [
      ['a', '2026-03-02', 'test/1', 'linked', 0],
      ['b', '2026-03-09', 'test/1', 'queued', 1],
      ['c', '2026-03-09', null, 'linked', 0],
      ['d', '2026-04-01', null, 'linked', 0],
    ] as const) {
      await transaction.run(
        "INSERT INTO clip_fact VALUES (?, ?, 'sn:A', NULL, ?, 'penalty', 'evidence', 'hearing', 0, ?, ?, 90000, 1000, 0, 0)",
        [day, id, unit, mapping, late],
      );
    }
  });
});
afterEach(() => gateway.close());

test('a figure comes in whole and by group, of its period only', async () => {
  const { status, json } = await gateway.ask(`/api/v1/statistics?measure=late-rate&by=unit&${march}`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    unit: 'share',
    total: { numerator: 1, denominator: 3, parts: { undated: 0 } },
    groups: [
      { keys: [{ by: 'unit', key: null, name: null }], value: 0 },
      { keys: [{ by: 'unit', key: 'test/1', name: '=HYPERLINK("http://x","执法一队")' }], value: 0.5 },
    ],
  });
  const two = await gateway.ask(`/api/v1/statistics?measure=clips&by=unit&by=week&${march}`);
  expect(two.json.groups).toHaveLength(3);
});

test.each([
  ['measure=clips&from=2026-03-31&to=2026-03-01', 'request-invalid'],
  [`measure=guesses&${march}`, 'request-invalid'],
  [`measure=clips&by=unit&by=day&by=week&${march}`, 'request-invalid'],
  ['measure=clips&from=yesterday&to=2026-03-01', 'request-invalid'],
  [`measure=clock-faults&by=category&${march}`, 'statistics-unanswerable'],
])('%s is refused', async (query, code) => {
  const { status, json } = await gateway.ask(`/api/v1/statistics?${query}`);
  expect([status, json.code]).toEqual([400, code]);
});

test('as CSV it is read by another reader, and no cell is a formula', async () => {
  const answer = await gateway.ask(`/api/v1/statistics.csv?measure=late-rate&by=unit&${march}`);
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(answer.headers['content-disposition']).toContain('docket-late-rate-unit-2026-03-01-2026-03-31.csv');
  expect([...answer.body.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const file = join(gateway.folder, 'statistics.csv');
  await writeFile(file, answer.body);
  const { stdout } = await run('python3', [
    '-c',
    "import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], encoding='utf-8-sig', newline='')))))",
    file,
  ]);
  expect(JSON.parse(stdout)).toEqual([
    [
      '执法单位 Unit',
      '执法单位 Unit ID',
      '迟交率 Late rate',
      '分子 Numerator',
      '分母 Denominator',
      '结束时间未知 Without a known end',
    ],
    ['无 None', '', '0', '0', '1', '0'],
    ['\'=HYPERLINK("http://x","执法一队")', 'test/1', '0.5', '1', '2', '0'],
    ['合计 All', '', '0.3333333333333333', '1', '3', '0'],
  ]);
});

test('as a workbook it is read by another reader, with a sheet that says what is counted', async () => {
  const answer = await gateway.ask(`/api/v1/statistics.xlsx?measure=recorded-time&by=unit&${march}`);
  expect(answer.status).toBe(200);
  const sheets = await readExcelFile(answer.body);
  expect(sheets.map(({ sheet }) => sheet)).toEqual(['数据 Figures', '口径 Definition']);
  expect(await readSheet(answer.body, 1)).toEqual([
    [
      '执法单位 Unit',
      '执法单位 Unit ID',
      '视音频时长 Recorded time（分钟 minutes）',
      '时长未知的文件 Clips without length',
    ],
    ['无 None', null, 1.5, 0],
    ['\'=HYPERLINK("http://x","执法一队")', 'test/1', 3, 0],
    ['合计 All', null, 4.5, 0],
  ]);
  expect(JSON.stringify(await readSheet(answer.body, 2))).toContain('已入库视音频的播放时长。');
});

test('every measure is defined in both languages, with every part and every key it may answer', async () => {
  const { json } = await gateway.ask('/api/v1/statistics/measures');
  const { measures, words } = json as unknown as {
    measures: { measure: string; by: string[] }[];
    words: Record<
      string,
      { measures: Record<string, { numerator: string; parts: object }>; groupings: object }
    >;
  };
  expect(measures).toHaveLength(10);
  for (const { measure, by } of measures) {
    const { json: answer } = await gateway.ask(`/api/v1/statistics?measure=${measure}&${march}`);
    const { parts } = answer.total as { parts: object };
    for (const language of ['zh-CN', 'en']) {
      expect(words[language]?.measures[measure]?.numerator).toMatch(/\S/u);
      expect(Object.keys(words[language]?.measures[measure]?.parts ?? {}).sort()).toEqual(
        Object.keys(parts).sort(),
      );
      expect(Object.keys(words[language]?.groupings ?? {})).toEqual(expect.arrayContaining(by));
    }
  }
});
