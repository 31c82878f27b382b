import { onBeforeUnmount, type Ref, ref, watch } from 'vue';
import { apiUrl } from '../api/request.ts';

export const snapshotEverySeconds = 5;

/** A still picture of a live stream, renewed as long as it is wanted; `null` where none could be had. */
export function useSnapshot(recorderId: () => string, isWanted: () => boolean): Ref<string | null> {
  const source = ref<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = new AbortController();

  function show(next: string | null): void {
    if (source.value !== null) URL.revokeObjectURL(source.value);
    source.value = next;
  }

  async function renew(): Promise<void> {
    const { signal } = asking;
    const url = apiUrl(`/live/streams/${encodeURIComponent(recorderId())}/snapshot.jpg`);
    try {
      const answer = await fetch(url, { credentials: 'same-origin', cache: 'no-store', signal });
      const picture = answer.ok ? await answer.blob() : null;
      if (signal.aborted) return;
      show(picture === null ? null : URL.createObjectURL(picture));
    } catch {
      if (signal.aborted) return;
    }
    timer = setTimeout(() => void renew(), snapshotEverySeconds * 1_000);
  }

  function stop(): void {
    clearTimeout(timer);
    asking.abort();
    asking = new AbortController();
  }

  watch(
    () => [recorderId(), isWanted()] as const,
    ([, wanted]) => {
      stop();
      if (wanted) void renew();
      else show(null);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => {
    stop();
    show(null);
  });
  return source;
}
