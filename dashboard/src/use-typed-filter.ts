import { onScopeDispose, type Ref, ref, watch } from 'vue';

const typingPauseMs = 300;

/**
 * The text of a filter while it is typed: a change of any other part takes the text along at once, typing alone is told
 * after a short pause, and a text that comes from outside (the address, say) replaces what stands there.
 */
export function useTypedFilter<Filter extends { text: string }>(
  current: () => Filter,
  empty: Readonly<Filter>,
  tell: (filter: Filter) => void,
): { text: Ref<string>; change(part: Partial<Filter>): void; typed(): void; clear(): void } {
  const text = ref(current().text);
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(
    () => current().text,
    (told) => {
      if (told !== text.value.trim()) text.value = told;
    },
  );
  onScopeDispose(() => clearTimeout(timer));

  function change(part: Partial<Filter>): void {
    clearTimeout(timer);
    tell({ ...current(), text: text.value.trim(), ...part });
  }

  function typed(): void {
    clearTimeout(timer);
    timer = setTimeout(() => change({}), typingPauseMs);
  }

  function clear(): void {
    text.value = '';
    change(empty);
  }

  return { text, change, typed, clear };
}
