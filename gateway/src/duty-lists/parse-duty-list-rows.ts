import type { DutyItem } from '@docket/ingest';
import type { DutyRowComplaint } from '../contract/index.ts';
import {
  activityWords,
  anyWords,
  categoryWords,
  type DutyHeading,
  dutyHeadings,
  levelWords,
  mediaWords,
  stepWords,
} from './duty-row-words.ts';

export interface ParsedDutyRows {
  items: DutyItem[];
  complaints: DutyRowComplaint[];
}

/** What cannot be read of a row; ends the row, not the table. */
class RowFault extends Error {
  readonly heading: string | null;
  readonly code: DutyRowComplaint['code'];

  constructor(heading: string | null, code: DutyRowComplaint['code'], text: string) {
    super(text);
    this.heading = heading;
    this.code = code;
  }
}

/** The longest text a column may hold; as in the contract. */
const maxLengths: Partial<Record<DutyHeading, number>> = {
  number: 16,
  recordClass: 100,
  matter: 200,
  recordedBy: 200,
  content: 1000,
  note: 1000,
  sentence: 2000,
};
const usualMaxLength = 300;

/**
 * Reads the items of a duty list from the rows of a table with the headings that published lists have, in any order
 * (standards: published 音像记录事项清单). A good row becomes an item; a bad one is told of, with its first fault.
 * What a row leaves open is taken as `*` or unknown, but an activity must be named; a storage period left open as that of the case file, which is
 * then said to be inferred. `document` is the basis of rows that name none.
 */
export function parseDutyListRows(
  rows: readonly (readonly string[])[],
  { document }: { document: string },
): ParsedDutyRows {
  const [headings = [], ...others] = rows;
  const places = placesOf(headings);
  const missing = (['number', 'activities'] as const).filter((heading) => !places.has(heading));
  if (missing.length > 0) {
    const complaints = missing.map((heading) => ({
      row: 1,
      heading: dutyHeadings[heading][0],
      code: 'heading-missing' as const,
      text: '',
    }));
    return { items: [], complaints };
  }
  const parsed: ParsedDutyRows = { items: [], complaints: [] };
  const numbers = new Set<string>();
  for (const [index, cells] of others.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    try {
      const item = itemOf(new Row(cells, places), document);
      if (numbers.has(item.number)) throw new RowFault('序号', 'number-repeated', item.number);
      numbers.add(item.number);
      parsed.items.push(item);
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      const { heading, code, message } = error;
      parsed.complaints.push({ row: index + 2, heading, code, text: message.slice(0, 100) });
    }
  }
  return parsed;
}

/** In which column each known heading stands; the first of two alike counts. */
function placesOf(headings: readonly string[]): Map<DutyHeading, number> {
  const places = new Map<DutyHeading, number>();
  for (const [place, heading] of headings.entries()) {
    const plain = plainText(heading);
    const known = (Object.keys(dutyHeadings) as DutyHeading[]).find((name) =>
      dutyHeadings[name].some((word) => plainText(word) === plain),
    );
    if (known !== undefined && !places.has(known)) places.set(known, place);
  }
  return places;
}

/** The cells of a row by their headings. */
class Row {
  readonly #cells: readonly string[];
  readonly #places: ReadonlyMap<DutyHeading, number>;

  constructor(cells: readonly string[], places: ReadonlyMap<DutyHeading, number>) {
    this.#cells = cells;
    this.#places = places;
  }

  /** One line of text; `null` where the cell is empty. */
  text(heading: DutyHeading): string | null {
    const cell = this.#cells[this.#places.get(heading) ?? -1] ?? '';
    // An apostrophe before a formula sign is how a spreadsheet is told that a text is a text.
    const plain = cell
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .trim()
      .replace(/^'(?=[=+\-@])/u, '');
    if (plain === '' || plain === '/' || plain === '—' || plain === '无') return null;
    if (plain.length > (maxLengths[heading] ?? usualMaxLength))
      throw this.fault(heading, 'text-too-long', plain);
    return plain;
  }

  /** The words of a cell as a set of known ones; `*` where it is empty or says so. */
  words<Word extends string>(heading: DutyHeading, known: Record<string, Word[]>): Word[] | '*' {
    const text = this.text(heading);
    if (text === null || anyWords.includes(plainText(text))) return '*';
    const found = text
      .split(/[、，,；;\s]+/u)
      .filter((word) => word !== '')
      .flatMap((word) => {
        const meant = Object.hasOwn(known, plainText(word)) ? known[plainText(word)] : undefined;
        if (meant === undefined) throw this.fault(heading, 'word-unknown', word);
        return meant;
      });
    return [...new Set(found)];
  }

  fault(heading: DutyHeading, code: DutyRowComplaint['code'], text: string): RowFault {
    return new RowFault(dutyHeadings[heading][0], code, text);
  }
}

function itemOf(row: Row, document: string): DutyItem {
  const number = row.text('number');
  if (number === null) throw row.fault('number', 'number-missing', '');
  // A forgotten cell must not make a rule for every activity; `*` says so on purpose.
  if (row.text('activities') === null) throw row.fault('activities', 'value-missing', '');
  const media = row.words('mediaKinds', mediaWords);
  const retention = retentionOf(row);
  const note = row.text('note');
  const inference = retention === null ? '存储期限未写，推定为同案卷保管期限。' : null;
  return {
    number,
    categories: row.words('categories', categoryWords),
    matter: row.text('matter'),
    steps: row.words('steps', stepWords),
    activities: row.words('activities', activityWords),
    place: row.text('place'),
    mediaKinds: media === '*' ? ['video', 'audio', 'photo', 'cctv'] : media,
    recordedBy: row.text('recordedBy'),
    startTrigger: row.text('startTrigger'),
    endTrigger: row.text('endTrigger'),
    content: row.text('content'),
    recordClass: row.text('recordClass'),
    timeLimit: timeLimitOf(row),
    retention: retention ?? 'same-as-file',
    level: levelOf(row),
    note: inference === null ? note : `${note ?? ''}${inference}`,
    basis: { document: row.text('document') ?? document, sentence: row.text('sentence') ?? '' },
    isDerived: inference !== null,
  };
}

function levelOf(row: Row): DutyItem['level'] {
  const text = row.text('level');
  if (text === null) return 'required';
  const level = Object.hasOwn(levelWords, plainText(text)) ? levelWords[plainText(text)] : undefined;
  if (level === undefined) throw row.fault('level', 'word-unknown', text);
  return level;
}

function timeLimitOf(row: Row): DutyItem['timeLimit'] {
  const text = row.text('timeLimit');
  if (text === null) return null;
  const match = /^(\d{1,4})个?(工作日|日|天)(?:内|以内)?$/u.exec(plainText(text));
  const count = Number(match?.[1]);
  if (match === null || count === 0) throw row.fault('timeLimit', 'value-unreadable', text);
  return { count, unit: match[2] === '工作日' ? 'working-day' : 'day' };
}

/** `null`: the row does not say. */
function retentionOf(row: Row): DutyItem['retention'] | null {
  const text = row.text('retention');
  if (text === null) return null;
  const plain = plainText(text);
  if (/^(?:永久|长期)(?:保存|保管)?$/u.test(plain)) return 'permanent';
  if (/^[同随与]案卷/u.test(plain)) return 'same-as-file';
  const match = /^(?:不少于)?(\d{1,3})(年|个?月|日|天)$/u.exec(plain);
  if (match === null || Number(match[1]) === 0) throw row.fault('retention', 'value-unreadable', text);
  const unit = match[2] === '年' ? 'Y' : match[2]?.endsWith('月') ? 'M' : 'D';
  return { duration: `P${Number(match[1])}${unit}` };
}

/** Without spaces and differences of width. */
function plainText(text: string): string {
  return text.normalize('NFKC').replace(/\s/gu, '');
}
