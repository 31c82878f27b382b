import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { TestGateway } from '../../http/testing/test-gateway.ts';
import { runDocket } from '../testing/run-docket.ts';

/** Programs are started, which takes its time on a busy machine. */
const slow = { timeout: 240_000 };
let folder: string;
let gateway: TestGateway;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-import-'));
  gateway = await TestGateway.open();
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

const docket = (words: readonly string[], language = 'en') =>
  runDocket(['import', ...words], { DOCKET_LANG: language, DOCKET_URL: gateway.server.url() }, folder);
const file = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
const read = async (path: string) => (await gateway.ask(`/api/v1${path}`)).json;

/** GB18030 of the texts used here, as Chinese Excel saves CSV; made with iconv. */
const gb18030 = Buffer.from(
  'c8cbd4b1b1e0bac52cd0d5c3fb2cb5a5cebbb1e0bac52cd6a4bcfed3d0d0a7c6da0a6f312cd5c5c8fd2c75312c323032372f31322f33310a',
  'hex',
);

test('a CSV as Chinese Excel writes it', slow, async () => {
  await file('officers.csv', gb18030);
  const { code, stdout, stderr } = await docket(['officers.csv', '--sender', 'hr']);
  expect([code, stdout]).toEqual([0, '1 new, 0 changed, 0 unchanged, 0 outdated, 0 bad.\n']);
  expect(stderr).toContain('1 record naming what has not come yet; the first: officers.csv, row 2');
  expect(await read('/officers/hr%2Fo1')).toMatchObject({
    name: '张三',
    unitId: 'hr/u1',
    validUntil: '2027-12-31',
  });
});

test('a workbook of several sheets: bad rows are told with sheet and row, good ones kept', slow, async () => {
  const at = new Date('2026-03-05T09:30:00Z');
  const workbook = await writeXlsxFile([
    {
      sheet: '执法活动',
      data: [
        ['活动编号*', '案件编号', '活动类型', '执法人员', '开始时间', '结束时间', '备注'],
        ['# 编号', '编号', '现场检查等', '', '', '', ''],
        [
          'a1',
          'c1',
          '现场检查',
          'o1、o2',
          { value: at, type: Date, format: 'yyyy-mm-dd hh:mm' },
          '2026年3月5日 10:30',
          'x',
        ],
        ['a2', 'c1', '现场跳舞', '', '2026-03-05 11:00', '2026-03-05 10:00', ''],
      ],
    },
    {
      sheet: '案件',
      data: [
        [
          '案件编号',
          '案号',
          '案件名称',
          '执法部门',
          '承办单位',
          '执法类别',
          '立案日期',
          '决定日期',
          '重大执法决定',
        ],
        [
          'c1',
          '示发改罚（2026）1 号',
          '示例一案',
          'example-bureau',
          'u1',
          '处罚',
          '2026/3/1',
          '2026.4.1',
          '是',
        ],
        ['c2', '', '示例二案', 'example-bureau', 'u1', '处罚', '2026-02-30', '', ''],
      ],
    },
    {
      sheet: '单位',
      data: [
        ['单位编号', '单位名称', '执法部门'],
        ['u1', '=HYPERLINK("http://x","示例支队")', 'example-bureau'],
      ],
    },
    { sheet: '说明', data: [['随便写写']] },
  ] as never).toBuffer();
  await file('all.xlsx', workbook);
  const { code, stdout, stderr } = await docket(['all.xlsx', '--zone', 'Asia/Shanghai'], 'zh-CN');
  expect([code, stdout]).toEqual([1, '新增 3 条，变更 0 条，未变 0 条，过时 0 条，有误 2 条。\n']);
  expect(stderr.split('\n')).toEqual(
    expect.arrayContaining([
      'all.xlsx，工作表 说明：无法判断各行是什么；请以此命名工作表，或使用 --kind；未采用任何行',
      'all.xlsx，工作表 执法活动：这些列未采用：备注',
      'all.xlsx，工作表 执法活动，第 4 行：activity 不是已知的用语（现场跳舞）',
      'all.xlsx，工作表 执法活动，第 4 行：endedAt 早于它之前的时间（2026-03-05T02:00:00.000Z）',
      'all.xlsx，工作表 案件，第 3 行：openedOn 不是有效日期，请写成 2026-03-05（2026-02-30）',
    ]),
  );
  expect(await read('/cases/import%2Fc1')).toMatchObject({
    number: '示发改罚〔2026〕1号',
    openedOn: '2026-03-01',
    decision: { decidedOn: '2026-04-01', isMajor: true },
  });
  expect(await read('/activities/import%2Fa1')).toMatchObject({
    startedAt: '2026-03-05T01:30:00.000Z',
    endedAt: '2026-03-05T02:30:00.000Z',
    officerIds: ['import/o1', 'import/o2'],
  });
  expect(await read('/units')).toMatchObject({ units: [{ name: '=HYPERLINK("http://x","示例支队")' }] });
});

test('again changes nothing; a dry run keeps nothing; as JSON for programs', slow, async () => {
  const unit = { kind: 'unit', id: 'u1', name: '示例支队', departmentId: 'example-bureau' };
  await file('units.json', JSON.stringify({ sender: 'oa', records: [unit] }));
  const dry = await docket(['units.json', '--dry-run']);
  expect([dry.code, dry.stdout]).toEqual([
    0,
    '1 new, 0 changed, 0 unchanged, 0 outdated, 0 bad.\nThis was a dry run: nothing was kept.\n',
  ]);
  expect(await read('/units')).toEqual({ units: [] });
  await docket(['units.json']);
  const again = await docket(['units.json', '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({
    dryRun: false,
    counts: { unchanged: 1 },
    results: [{ row: 1, sheet: null, id: 'oa/u1', outcome: 'unchanged' }],
  });
});

test('what a file contradicts itself in is told, wherever in it that stands', slow, async () => {
  const rows = Array.from({ length: 1_200 }, (_, index) => `u${index},甲,d`);
  await file('units.csv', ['id,name,departmentId', ...rows, 'u5,乙,d'].join('\r\n'));
  const { code, stdout, stderr } = await docket(['units.csv', '--kind', 'unit']);
  expect([code, stdout]).toEqual([1, '1199 new, 0 changed, 0 unchanged, 0 outdated, 2 bad.\n']);
  expect(stderr).toContain('units.csv, row 7: id comes more than once, and not the same (u5)');
  expect(stderr).toContain('units.csv, row 1202: id comes more than once');
});

describe('a template', () => {
  test.each(['unit', 'officer', 'case', 'activity'])(
    'of %s is read without a fault, and has no row',
    slow,
    async (kind) => {
      expect((await docket(['--template', kind, 't.xlsx'], 'zh-CN')).stdout).toBe('已写入：t.xlsx\n');
      const csv = await docket(['--template', kind]);
      expect(csv.stdout.split('\r\n', 1)[0] ?? '').toContain('id*');
      await file('t.csv', csv.stdout);
      for (const name of ['t.xlsx', 't.csv']) {
        const { code, stdout, stderr } = await docket([name]);
        expect([code, stdout, stderr]).toEqual([0, 'There is no record in it.\n', '']);
      }
      const kept = await readFile(join(folder, 't.xlsx'));
      const again = await docket(['--template', kind, 't.xlsx']);
      expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('t.xlsx is there already')]);
      expect((await readFile(join(folder, 't.xlsx'))).equals(kept)).toBe(true);
    },
  );
});

test.each([
  [['x.csv'], 3, 'there is no such file'],
  [['x.doc'], 3, 'must end in .json, .csv or .xlsx'],
  [[], 2, 'a file, or --template <kind> is missing'],
  [['x.csv', '--kind', 'fine'], 2, '--kind: one of unit, officer, case, activity is expected'],
  [['x.csv', '--zone', 'Mars/Base'], 2, 'an IANA time zone such as Asia/Shanghai'],
  [['u.json', '--sender', 'A/B'], 2, 'a name of small letters, digits, dots and dashes'],
  [['u.json', '--url', 'http://127.0.0.1:9'], 3, 'No gateway answers'],
])('%j is %i', slow, async (words, expected, told) => {
  await file('u.json', '[{"kind":"unit"}]');
  const { code, stderr } = await docket(words);
  expect([code, stderr]).toEqual([expected, expect.stringContaining(told)]);
});
