import { type Ref, shallowRef, watch } from 'vue';
import { readOfficer } from '../api/case-resources.ts';

/** Names of officers by id, read as they come into sight; one that is not known has the id for a name. */
export function useOfficerNames(
  officerIds: () => readonly string[],
): Readonly<Ref<ReadonlyMap<string, string>>> {
  const names = shallowRef<ReadonlyMap<string, string>>(new Map());

  async function learn(officerId: string): Promise<void> {
    const name = await readOfficer(officerId).then(
      (officer) => officer.name,
      () => officerId,
    );
    names.value = new Map(names.value).set(officerId, name);
  }

  watch(
    () => [...new Set(officerIds())].filter((officerId) => !names.value.has(officerId)),
    (unknown) => {
      for (const officerId of unknown) void learn(officerId);
    },
    { immediate: true },
  );
  return names;
}
