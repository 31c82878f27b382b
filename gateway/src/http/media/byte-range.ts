export type RangeAnswer =
  | { kind: 'whole' }
  | { kind: 'part'; first: number; last: number }
  | { kind: 'unsatisfiable' };

/**
 * What a `Range` header asks of a file (RFC 9110 §14). Several ranges, other units and malformed headers may be
 * ignored by the standard, and are.
 */
export function readRange(header: string | undefined, sizeBytes: number): RangeAnswer {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/iu.exec(header ?? '');
  if (match === null) return { kind: 'whole' };
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return { kind: 'whole' };
  if (from === '') return part(Math.max(0, sizeBytes - Number(to)), sizeBytes - 1);
  const first = Number(from);
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (to !== '' && Number(to) < first) return { kind: 'whole' };
  return part(first, last);
}

function part(first: number, last: number): RangeAnswer {
  return first > last ? { kind: 'unsatisfiable' } : { kind: 'part', first, last };
}
