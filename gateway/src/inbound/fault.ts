/** What may be wrong with a record, by stable code; nothing of such a record is kept. */
export const faultCodes = [
  'not-an-object',
  'kind-unknown',
  'missing',
  'not-text',
  'too-long',
  'bad-characters',
  'number-imprecise',
  'id-invalid',
  'too-many',
  'term-unknown',
  'term-ambiguous',
  'not-true-or-false',
  'not-a-number',
  'not-a-day',
  'not-an-instant',
  'not-a-duration',
  'out-of-range',
  'end-before-start',
  'refers-to-itself',
  'duplicate-id',
] as const;
export type FaultCode = (typeof faultCodes)[number];

/** What a person may want to know of a record that is kept all the same. */
export const warningCodes = [
  'field-unknown',
  'reference-unknown',
  'revision-reused',
  'withdrawn-unknown',
  'no-officer',
  'no-times',
] as const;
export type WarningCode = (typeof warningCodes)[number];

export interface Remark<Code> {
  code: Code;
  /** The field, e.g. `decision.decidedOn`; `null` where it is about the whole record. */
  field: string | null;
  /** What stood there or what it is about, shortened for showing; `null` where nothing did. */
  given: string | null;
}
export type Fault = Remark<FaultCode>;
export type Warning = Remark<WarningCode>;

const longestGiven = 60;

/** A value as it may be shown: short, on one line. */
export function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const signs = [
    ...text
      .slice(0, longestGiven * 4)

      .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' '),
  ];
  return signs.length > longestGiven ? `${signs.slice(0, longestGiven - 1).join('')}…` : signs.join('');
}
