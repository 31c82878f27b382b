import type { Fault, FaultCode } from './fault.ts';
import { shown } from './fault.ts';
import { type Aliases, permanentAliases, termOf, truthAliases } from './term-aliases.ts';

export const longestId = 95;
const mostListed = 64;
const firstDay = '1949-10-01';
const lastDay = '2199-12-31';
/** More digits than a spreadsheet or a double keeps. */
const mostExact = 999_999_999_999_999;

/**
 * Reads the fields of one record as a stranger sent it. What is wrong is noted and read as nothing, so that every fault of
 * a record is told at once; what was read counts only where `faults` is empty.
 */
export class RecordReader {
  readonly faults: Fault[];
  readonly #record: Record<string, unknown>;
  readonly #sender: string;
  readonly #path: string;

  constructor(record: Record<string, unknown>, sender: string, faults: Fault[] = [], path = '') {
    this.#record = record;
    this.#sender = sender;
    this.faults = faults;
    this.#path = path;
  }

  /** The fields of an object within; `null` where there is none. */
  group(field: string): RecordReader | null {
    const value = this.#value(field);
    if (value === null) return null;
    if (!isObject(value)) return this.refuse(field, 'not-an-object', null);
    return new RecordReader(value, this.#sender, this.faults, `${this.#path}${field}.`);
  }

  optionalText(field: string, longest: number): string | null {
    const value = this.#value(field);
    if (value === null) return null;
    if (typeof value === 'number' && Math.abs(value) > mostExact) {
      return this.refuse(field, 'number-imprecise', null);
    }
    if (typeof value !== 'string' && !(typeof value === 'number' && Number.isFinite(value))) {
      return this.refuse(field, 'not-text', null);
    }
    const text = String(value)
      .replace(/[\u200b-\u200d\u2060\ufeff]/gu, '')
      .replace(/\s+/gu, ' ')
      .trim();
    if (text === '') return null;
    if (/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(text)) {
      return this.refuse(field, 'bad-characters', null);
    }
    if (text.length > longest * 2 || [...text].length > longest) return this.refuse(field, 'too-long', null);
    return text;
  }

  text(field: string, longest: number): string {
    return this.#needed(field, this.optionalText(field, longest), '');
  }

  /** The sender's own id, made ours: `<sender>/<id>`. */
  id(field: string): string {
    return this.#needed(field, this.#idOf(field, this.#value(field), false), '');
  }

  /** The id of something else: of the same sender, or `<sender>/<id>` of another. */
  optionalReference(field: string): string | null {
    return this.#idOf(field, this.#value(field), true);
  }

  reference(field: string): string {
    return this.#needed(field, this.optionalReference(field), '');
  }

  references(field: string): string[] {
    const ids = this.#list(field).map((value) => this.#idOf(field, value, true));
    return [...new Set(ids.filter((id) => id !== null))];
  }

  optionalTerm<Term extends string>(field: string, aliases: Aliases<Term>): Term | null {
    const word = this.optionalText(field, 64);
    if (word === null) return null;
    return termOf(aliases, word) ?? this.refuse(field, 'term-unknown', null);
  }

  term<Term extends string>(field: string, aliases: Aliases<Term>, otherwise: NoInfer<Term>): Term {
    return this.#needed(field, this.optionalTerm(field, aliases), otherwise);
  }

  terms<Term extends string>(field: string, aliases: Aliases<Term>): Term[] {
    const terms = this.#list(field).map((value) => {
      const term = typeof value === 'string' ? termOf(aliases, value) : null;
      if (term === null) this.#note(field, 'term-unknown', value);
      return term;
    });
    const order = Object.keys(aliases) as Term[];
    return order.filter((term) => terms.includes(term));
  }

  optionalTruth(field: string): boolean | null {
    const value = this.#value(field);
    if (value === null || typeof value === 'boolean') return value;
    const word = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    const term = termOf(truthAliases, word);
    return term === null ? this.refuse(field, 'not-true-or-false', null) : term === 'true';
  }

  truth(field: string): boolean {
    return this.optionalTruth(field) ?? false;
  }

  wholeNumber(
    field: string,
    { from, to, otherwise }: { from: number; to: number; otherwise: number },
  ): number {
    const value = this.#value(field);
    if (value === null) return otherwise;
    const number = typeof value === 'string' && /^\s*\d{1,15}\s*$/u.test(value) ? Number(value) : value;
    if (!Number.isInteger(number)) return this.refuse(field, 'not-a-number', otherwise);
    const whole = Number(number);
    return whole < from || whole > to ? this.refuse(field, 'out-of-range', otherwise) : whole;
  }

  /** `yyyy-mm-dd`, a day that there is. */
  optionalDay(field: string): string | null {
    const value = this.#value(field);
    if (value === null) return null;
    if (typeof value !== 'string' || !isDay(value.trim())) return this.refuse(field, 'not-a-day', null);
    const day = value.trim();
    return day < firstDay || day > lastDay ? this.refuse(field, 'out-of-range', null) : day;
  }

  day(field: string): string {
    return this.#needed(field, this.optionalDay(field), '');
  }

  /** RFC 3339 with its zone; as UTC with milliseconds. */
  optionalInstant(field: string): string | null {
    const value = this.#value(field);
    if (value === null) return null;
    const instant = typeof value === 'string' ? instantOf(value.trim()) : null;
    if (instant === null) return this.refuse(field, 'not-an-instant', null);
    return instant < firstDay || instant > `${lastDay}T` ? this.refuse(field, 'out-of-range', null) : instant;
  }

  /** For good, or an ISO 8601 duration of years, months, weeks and days; `10年` and `6个月` are understood. */
  optionalRetention(field: string): 'permanent' | { duration: string } | null {
    const value = this.#value(field);
    if (value === null) return null;
    const word = isObject(value) ? value.duration : value;
    if (typeof word !== 'string') return this.refuse(field, 'not-a-duration', null);
    if (termOf(permanentAliases, word) !== null) return 'permanent';
    const duration = durationOf(word);
    return duration === null ? this.refuse(field, 'not-a-duration', null) : { duration };
  }

  /** Notes a fault found otherwise; gives back what stands in for the value. */
  refuse<Value>(field: string, code: FaultCode, otherwise: Value): Value {
    this.#note(field, code, this.#value(field));
    return otherwise;
  }

  #idOf(field: string, value: unknown, mayBeOfOther: boolean): string | null {
    if (value === null || value === undefined) return null;
    if (typeof value === 'number' && Math.abs(value) > mostExact) {
      return this.#note(field, 'number-imprecise', value);
    }
    const isNumber = typeof value === 'number' && Number.isInteger(value);
    const id = typeof value === 'string' ? value.trim() : isNumber ? String(value) : '';
    if (isOwnId(id)) return `${this.#sender}/${id}`;
    const [sender = '', own = '', ...rest] = id.split('/');
    const isOfOther = mayBeOfOther && rest.length === 0 && isSender(sender) && isOwnId(own);
    return isOfOther ? id : this.#note(field, 'id-invalid', value);
  }

  /** A JSON list, or a text that lists with the separators people use. */
  #list(field: string): unknown[] {
    const value = this.#value(field);
    if (value === null) return [];
    const list = Array.isArray(value) ? value : String(value).split(/[、，,;；|\n]/u);
    const words = list
      .map((one: unknown) => (typeof one === 'string' ? one.trim() : one))
      .filter((one) => one !== '');
    return words.length > mostListed ? this.refuse(field, 'too-many', []) : words;
  }

  #needed<Value>(field: string, value: Value | null, otherwise: Value): Value {
    if (value !== null) return value;
    const isNoted = this.faults.some((fault) => fault.field === `${this.#path}${field}`);
    return isNoted ? otherwise : this.refuse(field, 'missing', otherwise);
  }

  /** `null` for what is left out, null, or an empty text. */
  #value(field: string): NonNullable<unknown> | null {
    const value = Object.hasOwn(this.#record, field) ? this.#record[field] : null;
    return value === undefined || (typeof value === 'string' && value.trim() === '') ? null : value;
  }

  #note(field: string, code: FaultCode, value: unknown): null {
    this.faults.push({ code, field: `${this.#path}${field}`, given: shown(value) });
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name for one case system, as it begins every id. */
export function isSender(text: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{0,31}$/u.test(text);
}

function isOwnId(text: string): boolean {
  return /^[^\s/\\\p{C}]+$/u.test(text) && [...text].length <= longestId;
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const rfc3339 =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/iu;

function instantOf(text: string): string | null {
  const [, day, hour, minute, second] = rfc3339.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const instant = new Date(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString();
}

const isoDuration = /^P(?=\d)(?:\d{1,3}Y)?(?:\d{1,4}M)?(?:\d{1,4}W)?(?:\d{1,5}D)?$/u;
const spokenUnits: Record<string, string> = { 年: 'Y', 个月: 'M', 月: 'M', 周: 'W', 天: 'D', 日: 'D' };

function durationOf(word: string): string | null {
  const plain = word.normalize('NFKC').replace(/\s/gu, '').toUpperCase();
  const [, count, unit = ''] = /^(\d{1,3})(年|个月|月|周|天|日)$/u.exec(plain) ?? [];
  const duration = count === undefined ? plain : `P${Number(count)}${spokenUnits[unit]}`;
  return isoDuration.test(duration) && /[1-9]/u.test(duration) ? duration : null;
}
