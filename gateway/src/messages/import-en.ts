import type { FaultCode, WarningCode } from '../contract/index.ts';
import type { TableFileProblem } from '../import/table.ts';
import type { SheetRemark } from '../import/table-records.ts';

const faults: Record<FaultCode, string> = {
  'not-an-object': 'is no record',
  'kind-unknown': 'is none of unit, officer, case, activity',
  missing: 'is missing',
  'not-text': 'must be a text',
  'too-long': 'is too long',
  'bad-characters': 'holds control characters',
  'number-imprecise': 'has more digits than a number keeps; format the cell as text',
  'id-invalid': 'must be an id of at most 95 signs without spaces and slashes',
  'too-many': 'lists too many',
  'term-unknown': 'is none of the known terms',
  'term-ambiguous': 'may stand for several steps; name one',
  'not-true-or-false': 'must be yes or no',
  'not-a-number': 'must be a whole number',
  'not-a-day': 'is no day that there is; write it as 2026-03-05',
  'not-an-instant': 'is no time that there is; write it as 2026-03-05 09:30',
  'not-a-duration': 'must be permanent, 10年 or P10Y',
  'out-of-range': 'is out of range',
  'end-before-start': 'lies before what it follows',
  'refers-to-itself': 'must name another',
  'duplicate-id': 'comes more than once, and not the same',
};

const warnings: Record<WarningCode, string> = {
  'field-unknown': 'with fields that no record of this kind has (not taken)',
  'reference-unknown': 'naming what has not come yet',
  'revision-reused': 'with a revision that came before with other facts',
  'withdrawn-unknown': 'taking back what never came',
  'no-officer': 'activities without officers (no footage is found by who wore the recorder)',
  'no-times': 'activities without start or end (only presence of footage can be told)',
};

const problems: Record<TableFileProblem, string> = {
  'no-such-file': 'there is no such file, or it cannot be read',
  'file-too-large': 'it is larger than 32 MiB',
  'kind-of-file-unknown': 'its name must end in .json, .csv or .xlsx',
  'encoding-unknown': 'it is neither UTF-8 nor GB18030',
  'csv-broken': 'it is no well-formed CSV',
  'workbook-broken': 'it is no XLSX workbook that can be read',
  'unpacks-too-large': 'it unpacks to more than 128 MiB',
  'too-many-sheets': 'it has more than 64 sheets',
  'too-many-rows': 'it has more than 100,000 rows',
  'too-many-columns': 'it has more than 200 columns',
  'json-broken': 'it is neither a list of records nor {"records": […]}',
};

const sheets: { [Code in SheetRemark['code']]: (headings: string) => string } = {
  'kind-unknown': () =>
    'it cannot be told what the rows are; name the sheet after it, or use --kind; no row was taken',
  'headings-missing': (headings) => `these columns are missing: ${headings}; no row was taken`,
  'heading-twice': (headings) => `these columns come twice: ${headings}; no row was taken`,
  'columns-not-taken': (headings) => `these columns were not taken: ${headings}`,
};

/** Words of `docket import`. */
export const importEn = {
  file: (file: string, problem: TableFileProblem, detail: string) =>
    `${file}: ${problems[problem]}${detail === '' ? '' : ` (${detail})`}`,
  sheet: (place: string, code: SheetRemark['code'], headings: string) =>
    `${place}: ${sheets[code](headings)}`,
  place: (file: string, sheet: string | null, row: number) =>
    `${file}${sheet === null ? '' : `, sheet ${sheet}`}, row ${row}`,
  sheetPlace: (file: string, sheet: string | null) => `${file}${sheet === null ? '' : `, sheet ${sheet}`}`,
  fault: (place: string, field: string | null, code: FaultCode, given: string | null) =>
    `${place}: ${field ?? 'it'} ${faults[code]}${given === null ? '' : ` (${given})`}`,
  warning: (code: WarningCode, count: number, first: string) =>
    `Note: ${count} ${count === 1 ? 'record' : 'records'} ${warnings[code]}; the first: ${first}`,
  sum: (counts: { created: number; changed: number; unchanged: number; stale: number; refused: number }) =>
    `${counts.created} new, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.stale} outdated, ${counts.refused} bad.`,
  rehearsed: 'This was a dry run: nothing was kept.',
  progress: (done: number, total: number) => `${done} of ${total} records`,
  nothing: 'There is no record in it.',
  template: (file: string) => `Written: ${file}`,
  fileExists: (file: string) => `${file} is there already`,
  sender: 'a name of small letters, digits, dots and dashes, at most 32',
  zone: 'an IANA time zone such as Asia/Shanghai',
  fileOrTemplate: 'a file, or --template <kind>',
};

export const importHelpEn = {
  import:
    'send units, officers, cases and activities from a file to the gateway; bad rows are listed, good ones kept',
  importFile: 'JSON, CSV or XLSX; with --template the file to write (CSV to the terminal without one)',
  importKind: (kinds: string) => `what the rows are, where neither sheet name nor headings tell: ${kinds}`,
  importSender: 'name of the system that the ids are of',
  importZone: 'time zone of times without one',
  importDryRun: 'tell what would come of it, and keep nothing',
  importTemplate: (kinds: string) => `write an empty file with headings and what goes in: ${kinds}`,
};
