import { type ConfigFault, showGiven } from './config-fault.ts';

/** Entries that have a value which another entry before them has. */
export function repeats<Key extends string>(
  list: string,
  key: Key,
  entries: readonly Record<Key, string>[],
  isSecret = false,
): ConfigFault[] {
  return repeated(
    entries.map((entry, index) => ({ path: `${list}[${index}].${key}`, value: entry[key] })),
    isSecret,
  );
}

/** Values that stand at more than one place. */
export function repeated(
  places: readonly { path: string; value: string }[],
  isSecret = false,
): ConfigFault[] {
  const seen = new Set<string>();
  return places.flatMap(({ path, value }) => {
    if (!seen.has(value)) {
      seen.add(value);
      return [];
    }
    const given = showGiven(value, isSecret ? { isSecret } : undefined);
    return [{ path, source: null, given, allowed: { kind: 'once' } as const }];
  });
}
