import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import { onClip, onMapping } from '../events/live-state.ts';

/** Calls a listener at each event of a kind, until the returned function is called. */
type Events = (listener: () => void) => () => void;

const settleMs = 1_500;
const againMs = 30_000;

/**
 * Something read from the gateway and kept fresh: again when what it depends on changes, when the page is looked at
 * again, at the events of `events` (a little later: links and judgements follow clips), and from time to time.
 */
export function useFresh<Key, Thing>(
  key: () => Key,
  read: (key: Key, signal: AbortSignal) => Promise<Thing>,
  events: readonly Events[] = [onClip, onMapping],
): { thing: Ref<Thing | null>; failure: Ref<unknown>; loading: Ref<boolean>; reload(): Promise<void> } {
  const thing = shallowRef<Thing | null>(null);
  const failure = shallowRef<unknown>(null);
  const loading = ref(false);
  let request: AbortController | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;

  async function reload(): Promise<void> {
    request?.abort();
    const current = new AbortController();
    request = current;
    loading.value = true;
    try {
      const found = await read(key(), current.signal);
      if (request !== current) return;
      thing.value = found;
      failure.value = null;
    } catch (cause) {
      if (request === current) failure.value = cause;
    } finally {
      if (request === current) loading.value = false;
    }
  }

  function soon(): void {
    settling ??= setTimeout(() => {
      settling = undefined;
      void reload();
    }, settleMs);
  }

  function lookedAt(): void {
    if (document.visibilityState === 'visible') void reload();
  }

  watch(
    () => JSON.stringify(key()),
    () => {
      thing.value = null;
      void reload();
    },
    { immediate: true },
  );
  const stopListening = events.map((listen) => listen(soon));
  const timer = setInterval(lookedAt, againMs);
  document.addEventListener('visibilitychange', lookedAt);
  onScopeDispose(() => {
    for (const stop of stopListening) stop();
    clearInterval(timer);
    clearTimeout(settling);
    document.removeEventListener('visibilitychange', lookedAt);
    request?.abort();
  });

  return { thing, failure, loading, reload };
}
