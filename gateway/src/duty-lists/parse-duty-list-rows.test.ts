import { describe, expect, test } from 'vitest';
import { parseDutyListRows } from './parse-duty-list-rows.ts';

const headings = [
  '序号',
  '执法类别',
  '执法事项',
  '执法环节',
  '记录事项',
  '记录场合',
  '记录方式',
  '记录人',
  '开始记录时间',
  '记录内容',
  '结束记录时间',
  '执法记录类别',
  '执法时限要求',
  '存储期限',
  '备注',
];
const row = [
  '1',
  '行政处罚、行政强制',
  '餐饮油烟',
  '调查取证',
  '查封扣押',
  '经营场所',
  '执法记录仪、照相',
  '执法人员',
  '执法人员抵达现场',
  '全部经过',
  '执法人员离开现场',
  '场景类',
  '7个工作日',
  '永久',
  '两人以上',
];
const options = { document: '某局清单' };
const parse = (...rows: string[][]) => parseDutyListRows([headings, ...rows], options);
/** The row with another word under a heading. */
const rowWith = (heading: string, text: string) =>
  row.map((cell, place) => (headings[place] === heading ? text : cell));

describe('a row of a published list', () => {
  test('becomes an item with every column', () => {
    expect(parse(row)).toEqual({
      complaints: [],
      items: [
        {
          number: '1',
          categories: ['penalty', 'coercion'],
          matter: '餐饮油烟',
          steps: ['investigation', 'evidence'],
          activities: ['coercion-measure'],
          place: '经营场所',
          mediaKinds: ['video', 'photo'],
          recordedBy: '执法人员',
          startTrigger: '执法人员抵达现场',
          endTrigger: '执法人员离开现场',
          content: '全部经过',
          recordClass: '场景类',
          timeLimit: { count: 7, unit: 'working-day' },
          retention: 'permanent',
          level: 'required',
          note: '两人以上',
          basis: { document: '某局清单', sentence: '' },
          isDerived: false,
        },
      ],
    });
  });

  test('may have its columns in any order, under other names, with columns nobody knows between', () => {
    const table = [
      ['记录环节', '执法部门', ' 记录 事项 ', '编号', '保管期限', '记录要求'],
      ['送达', '某局', '留置送达', '3', '同案卷保留期限', '全过程'],
    ];
    expect(parseDutyListRows(table, options)).toMatchObject({
      complaints: [],
      items: [
        {
          number: '3',
          steps: ['service'],
          activities: ['document-service'],
          categories: '*',
          matter: null,
          mediaKinds: ['video', 'audio', 'photo', 'cctv'],
          retention: 'same-as-file',
          level: 'whole-process',
        },
      ],
    });
  });

  test('that says nothing of storage is kept like its case file, and says that this is inferred', () => {
    expect(parse(rowWith('存储期限', '')).items).toMatchObject([
      { retention: 'same-as-file', isDerived: true, note: '两人以上存储期限未写，推定为同案卷保管期限。' },
    ]);
  });

  test.each([
    ['存储期限', '6个月', { retention: { duration: 'P6M' } }],
    ['存储期限', '不少于 3年', { retention: { duration: 'P3Y' } }],
    ['存储期限', '30日', { retention: { duration: 'P30D' } }],
    ['存储期限', '长期保存', { retention: 'permanent' }],
    ['执法时限要求', '60日', { timeLimit: { count: 60, unit: 'day' } }],
    ['执法时限要求', '/', { timeLimit: null }],
    ['执法类别', '全部', { categories: '*' }],
    ['记录事项', '*', { activities: '*' }],
    ['记录内容', "'=1+1", { content: '=1+1' }],
    ['记录内容', '第一行\n第二行', { content: '第一行 第二行' }],
  ])('%s "%s"', (heading, text, expected) => {
    expect(parse(rowWith(heading, text)).items).toMatchObject([expected]);
  });

  test.each([
    ['序号', '', 'number-missing', ''],
    ['序号', '一二三四五六七八九十一二三四五六七', 'text-too-long', '一二三四五六七八九十一二三四五六七'],
    ['记录事项', '', 'value-missing', ''],
    ['记录事项', '现场检查、喝茶', 'word-unknown', '喝茶'],
    ['执法类别', 'constructor', 'word-unknown', 'constructor'],
    ['执法环节', '开始', 'word-unknown', '开始'],
    ['记录方式', '画像', 'word-unknown', '画像'],
    ['执法时限要求', '尽快', 'value-unreadable', '尽快'],
    ['执法时限要求', '0日', 'value-unreadable', '0日'],
    ['存储期限', '好久', 'value-unreadable', '好久'],
  ])('with %s "%s" is told of, and the good ones are kept', (heading, text, code, told) => {
    expect(parse(rowWith(heading, text), ['', ''], rowWith('序号', '2'))).toMatchObject({
      items: [{ number: '2' }],
      complaints: [{ row: 2, heading, code, text: told }],
    });
  });

  test('with a number that was there before is told of', () => {
    expect(parse(row, row)).toMatchObject({
      items: [{ number: '1' }],
      complaints: [{ row: 3, heading: '序号', code: 'number-repeated', text: '1' }],
    });
  });
});

test('a table without the headings of a list is refused as a whole', () => {
  expect(
    parseDutyListRows(
      [
        ['甲', '乙'],
        ['1', '2'],
      ],
      options,
    ),
  ).toEqual({
    items: [],
    complaints: [
      { row: 1, heading: '序号', code: 'heading-missing', text: '' },
      { row: 1, heading: '记录事项', code: 'heading-missing', text: '' },
    ],
  });
});
