import type { Clip } from '@docket/gateway/contract';
import { computed, onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue';
import { readClips } from '../api/resources.ts';
import { liveState, onClip } from '../events/live-state.ts';
import { type ClipFilter, queryFromFilter } from './clip-filter.ts';

const pageSize = 50;

/** The clips that fit a filter, page after page, kept current by events. */
export function useClipList(filter: Ref<ClipFilter>) {
  const clips = shallowRef<Clip[]>([]);
  const total = ref(0);
  const nextCursor = ref<string | null>(null);
  const loading = ref(false);
  const failure = shallowRef<unknown>(null);
  /** Clips heard of that are not on the list. Whether they fit the filter only the gateway can say. */
  const arrived = ref(new Set<string>());
  let request: AbortController | undefined;

  async function load(cursor: string | null): Promise<void> {
    request?.abort();
    const current = new AbortController();
    request = current;
    loading.value = true;
    failure.value = null;
    try {
      const query = { ...queryFromFilter(filter.value), limit: pageSize, ...(cursor ? { cursor } : {}) };
      const page = await readClips(query, current.signal);
      if (request !== current) return;
      clips.value = cursor ? [...clips.value, ...page.clips] : page.clips;
      total.value = page.total;
      nextCursor.value = page.nextCursor;
      if (!cursor) arrived.value = new Set();
    } catch (cause) {
      if (request === current) failure.value = cause;
    } finally {
      if (request === current) loading.value = false;
    }
  }

  const stopListening = onClip((changed) => {
    const index = clips.value.findIndex((clip) => clip.clipId === changed.clipId);
    if (index < 0) {
      arrived.value = new Set(arrived.value).add(changed.clipId);
      return;
    }
    const next = [...clips.value];
    next[index] = changed;
    clips.value = next;
  });

  watch(filter, () => void load(null), { immediate: true });
  // Events missed while the connection was down are made good by reading again.
  watch(
    () => liveState.connection,
    (connection, before) => {
      if (connection === 'live' && before === 'lost') void load(null);
    },
  );
  onScopeDispose(() => {
    stopListening();
    request?.abort();
  });

  return {
    clips,
    total,
    loading,
    failure,
    arrivedCount: computed(() => arrived.value.size),
    mayLoadMore: computed(() => nextCursor.value !== null),
    reload: () => load(null),
    loadMore: () => load(nextCursor.value),
  };
}
