/** One field of facts that a later word says differently. `null`: it said nothing of it. */
export interface ChangedField {
  field: string;
  before: string | null;
  after: string | null;
}

/** What a later word of a case system changed in an earlier one. */
export function wordsChanged(earlier: object | null | undefined, later: object | null): ChangedField[] {
  const [before, after] = [earlier ?? {}, later ?? {}];
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .map((field) => ({ field, before: textOf(before, field), after: textOf(after, field) }))
    .filter((change) => change.before !== change.after);
}

function textOf(facts: object, field: string): string | null {
  const value: unknown = (facts as Record<string, unknown>)[field];
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
