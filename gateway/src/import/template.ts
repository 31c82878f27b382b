import { writeFile } from 'node:fs/promises';
import type { FactsKind } from '@docket/ingest';
import { stringify } from 'csv-stringify/sync';
import writeXlsxFile from 'write-excel-file/node';
import { recordFields } from '../inbound/record-fields.ts';
import { noteSign } from './table-records.ts';

export type TemplateLanguage = 'zh-CN' | 'en';

const sheetNames: Record<FactsKind, Record<TemplateLanguage, string>> = {
  unit: { 'zh-CN': '单位', en: 'unit' },
  officer: { 'zh-CN': '执法人员', en: 'officer' },
  case: { 'zh-CN': '案件', en: 'case' },
  activity: { 'zh-CN': '执法活动', en: 'activity' },
};

/** The headings of a kind, and a second row of what goes in, which an import passes over. */
function templateRows(kind: FactsKind, language: TemplateLanguage): [string[], string[]] {
  const isChinese = language === 'zh-CN';
  const fields = recordFields[kind];
  const headings = fields.map(({ chinese, english, isNeeded }) => {
    return `${(isChinese ? chinese : english)[0]}${isNeeded ? '*' : ''}`;
  });
  const hints = fields.map(({ hintChinese, hintEnglish }) => (isChinese ? hintChinese : hintEnglish));
  const [first = '', ...others] = hints;
  return [headings, [`${noteSign} ${first}`, ...others]];
}

/** As CSV with a byte order mark, so that Excel reads it as UTF-8. */
export function csvTemplate(kind: FactsKind, language: TemplateLanguage): string {
  return stringify(templateRows(kind, language), { bom: true });
}

/** Writes a template; XLSX where the name ends so, else CSV. Cells of the workbook are text, so that numbers keep every digit. */
export async function writeTemplate(
  path: string,
  kind: FactsKind,
  language: TemplateLanguage,
): Promise<void> {
  if (!/\.xlsx$/iu.test(path)) return writeFile(path, csvTemplate(kind, language), { flag: 'wx' });
  const [headings, hints] = templateRows(kind, language);
  const rows = [
    headings.map((value) => ({ value, type: String, fontWeight: 'bold' as const })),
    hints.map((value) => ({ value, type: String, wrap: true })),
    ...Array.from({ length: 200 }, () => headings.map(() => ({ value: '', type: String, format: '@' }))),
  ];
  const workbook = await writeXlsxFile(rows, {
    sheet: sheetNames[kind][language],
    stickyRowsCount: 1,
    columns: headings.map(() => ({ width: 22 })),
  }).toBuffer();
  await writeFile(path, workbook, { flag: 'wx' });
}
