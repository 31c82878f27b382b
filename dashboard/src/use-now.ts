import { onScopeDispose, type Ref, ref } from 'vue';
import { liveState } from './events/live-state.ts';

/** The gateway's time of day in milliseconds, moving on once every few seconds. */
export function useNow(everyMs = 5_000): Readonly<Ref<number>> {
  const read = () => Date.now() + liveState.clockAheadMs;
  const now = ref(read());
  const timer = setInterval(() => {
    now.value = read();
  }, everyMs);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
