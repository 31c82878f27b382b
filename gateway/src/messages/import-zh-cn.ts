import type { FaultCode, WarningCode } from '../contract/index.ts';
import type { TableFileProblem } from '../import/table.ts';
import type { SheetRemark } from '../import/table-records.ts';
import type { importEn, importHelpEn } from './import-en.ts';

const faults: Record<FaultCode, string> = {
  'not-an-object': '不是一条记录',
  'kind-unknown': '不是单位、执法人员、案件、执法活动之一',
  missing: '没有填写',
  'not-text': '应为文本',
  'too-long': '过长',
  'bad-characters': '含有控制字符',
  'number-imprecise': '数字位数过多会丢失精度，请把单元格设为文本格式',
  'id-invalid': '应为不含空格和斜线、不超过 95 个字符的编号',
  'too-many': '列出的项过多',
  'term-unknown': '不是已知的用语',
  'term-ambiguous': '可能指多个环节，请写明其中一个',
  'not-true-or-false': '应为 是 或 否',
  'not-a-number': '应为整数',
  'not-a-day': '不是有效日期，请写成 2026-03-05',
  'not-an-instant': '不是有效时间，请写成 2026-03-05 09:30',
  'not-a-duration': '应为 永久、10年 或 P10Y',
  'out-of-range': '超出范围',
  'end-before-start': '早于它之前的时间',
  'refers-to-itself': '不能指向自己',
  'duplicate-id': '重复出现且内容不一致',
};

const warnings: Record<WarningCode, string> = {
  'field-unknown': '含有此类记录没有的字段（未采用）',
  'reference-unknown': '引用了尚未收到的内容',
  'revision-reused': '版本号曾用于不同的内容',
  'withdrawn-unknown': '撤回了从未收到的内容',
  'no-officer': '活动没有执法人员（无法按佩戴人查找视音频）',
  'no-times': '活动没有起止时间（只能判断有无视音频）',
};

const problems: Record<TableFileProblem, string> = {
  'no-such-file': '文件不存在，或不能读取',
  'file-too-large': '超过 32 MiB',
  'kind-of-file-unknown': '文件名应以 .json、.csv 或 .xlsx 结尾',
  'encoding-unknown': '既不是 UTF-8，也不是 GB18030',
  'csv-broken': '不是格式正确的 CSV',
  'workbook-broken': '不是能读取的 XLSX 工作簿',
  'unpacks-too-large': '解压后超过 128 MiB',
  'too-many-sheets': '超过 64 个工作表',
  'too-many-rows': '超过 100000 行',
  'too-many-columns': '超过 200 列',
  'json-broken': '既不是记录列表，也不是 {"records": […]}',
};

const sheets: { [Code in SheetRemark['code']]: (headings: string) => string } = {
  'kind-unknown': () => '无法判断各行是什么；请以此命名工作表，或使用 --kind；未采用任何行',
  'headings-missing': (headings) => `缺少这些列：${headings}；未采用任何行`,
  'heading-twice': (headings) => `这些列出现两次：${headings}；未采用任何行`,
  'columns-not-taken': (headings) => `这些列未采用：${headings}`,
};

/** `docket import` 的文字。 */
export const importZhCN: typeof importEn = {
  file: (file, problem, detail) => `${file}：${problems[problem]}${detail === '' ? '' : `（${detail}）`}`,
  sheet: (place, code, headings) => `${place}：${sheets[code](headings)}`,
  place: (file, sheet, row) => `${file}${sheet === null ? '' : `，工作表 ${sheet}`}，第 ${row} 行`,
  sheetPlace: (file, sheet) => `${file}${sheet === null ? '' : `，工作表 ${sheet}`}`,
  fault: (place, field, code, given) =>
    `${place}：${field ?? '整行'} ${faults[code]}${given === null ? '' : `（${given}）`}`,
  warning: (code, count, first) => `提示：${count} 条记录${warnings[code]}；第一条：${first}`,
  sum: ({ created, changed, unchanged, stale, refused }) =>
    `新增 ${created} 条，变更 ${changed} 条，未变 ${unchanged} 条，过时 ${stale} 条，有误 ${refused} 条。`,
  rehearsed: '这是试运行：没有保存任何内容。',
  progress: (done, total) => `已处理 ${done} / ${total} 条记录`,
  nothing: '其中没有记录。',
  template: (file) => `已写入：${file}`,
  fileExists: (file) => `${file} 已经存在`,
  sender: '由小写字母、数字、点和短横组成的名称，最多 32 个字符',
  zone: 'IANA 时区，例如 Asia/Shanghai',
  fileOrTemplate: '文件，或 --template <种类>',
};

export const importHelpZhCN: typeof importHelpEn = {
  import: '把文件中的单位、执法人员、案件、执法活动送入网关；列出有误的行，保留正确的行',
  importFile: 'JSON、CSV 或 XLSX；与 --template 一起使用时为要写的文件（不给则以 CSV 输出到终端）',
  importKind: (kinds) => `各行是什么（工作表名和表头都无法说明时）：${kinds}`,
  importSender: '编号所属的来源系统名称',
  importZone: '未写时区的时间所用的时区',
  importDryRun: '只说明会有什么结果，不保存',
  importTemplate: (kinds) => `写出带表头和填写说明的空表：${kinds}`,
};
