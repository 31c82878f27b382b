/** What a cell holds: a text, or what a spreadsheet knows to be a number, a truth, or a wall-clock time (kept as UTC). */
export type Cell = string | number | boolean | Date | null;

/** One sheet of a file. */
export interface Table {
  /** `null` where the file is one sheet by itself. */
  sheet: string | null;
  /** In the order of the file; the first is row 1. */
  rows: readonly (readonly Cell[])[];
}

/** Why a whole file cannot be read. */
export type TableFileProblem =
  | 'no-such-file'
  | 'file-too-large'
  | 'kind-of-file-unknown'
  | 'encoding-unknown'
  | 'csv-broken'
  | 'workbook-broken'
  | 'unpacks-too-large'
  | 'too-many-sheets'
  | 'too-many-rows'
  | 'too-many-columns'
  | 'json-broken';

/** The file as a whole cannot be read; `detail` is for people. */
export class TableFileError extends Error {
  readonly problem: TableFileProblem;
  readonly detail: string;

  constructor(problem: TableFileProblem, detail = '', cause?: unknown) {
    super(`${problem} ${detail}`.trim(), { cause });
    this.name = 'TableFileError';
    this.problem = problem;
    this.detail = detail;
  }
}

export const tableLimits = {
  fileBytes: 32 * 1024 * 1024,
  unpackedBytes: 128 * 1024 * 1024,
  sheets: 64,
  rows: 100_000,
  columns: 200,
} as const;
