import type { QueueEntry, QueuePage, QueueQuery } from '@docket/gateway/contract';
import { computed, type Ref, ref, shallowRef } from 'vue';
import { linkClips, readQueue, reopenClips, setClipsAside } from '../api/mapping-resources.ts';
import { useFresh } from '../cases/use-fresh.ts';
import { actingPerson } from '../session/acting-person.ts';

/** What a person chose for a clip: one of the suggestions, or that it belongs to no case. */
export type QueueChoice = { kind: 'suggestion'; index: number } | { kind: 'set-aside' };

/** What was done last, to be taken back with one tap. */
export interface DoneAct {
  clipIds: string[];
  /** `null`: set aside. */
  caseName: string | null;
}

/** The queue, page by page, and what a person does with it. */
export function useQueue(filter: Ref<QueueQuery>, reasons: { chosen: () => string; undone: () => string }) {
  const more = shallowRef<QueueEntry[]>([]);
  const cursor = ref<string | null>(null);
  const done = shallowRef<DoneAct | null>(null);
  const sending = ref(false);
  const fault = shallowRef<unknown>(null);
  const { thing, failure, loading, reload } = useFresh(
    () => filter.value,
    async (query, signal) => {
      const page = await readQueue({ ...query, limit: 50 }, signal);
      more.value = [];
      cursor.value = page.nextCursor;
      return page;
    },
  );
  const page: Ref<QueuePage | null> = thing;
  const entries = computed(() => [...(page.value?.entries ?? []), ...more.value]);

  async function loadMore(): Promise<void> {
    if (cursor.value === null) return;
    const next = await readQueue({ ...filter.value, limit: 50, cursor: cursor.value });
    more.value = [...more.value, ...next.entries];
    cursor.value = next.nextCursor;
  }

  async function confirm(entry: QueueEntry, choice: QueueChoice, clipIds: string[]): Promise<void> {
    await act(async () => {
      const body = { clipIds, reason: reasons.chosen(), ...actingPerson() };
      if (choice.kind === 'set-aside') {
        await setClipsAside(body);
        done.value = { clipIds, caseName: null };
        return;
      }
      const chosen = entry.suggestions[choice.index];
      if (chosen === undefined) return;
      const { activityId, caseId } = chosen;
      const targets = [activityId === null ? { caseId } : { activityId }];
      await linkClips({ ...body, targets });
      done.value = { clipIds, caseName: chosen.caseName ?? chosen.caseNumber ?? caseId };
    });
  }

  async function undo(): Promise<void> {
    const last = done.value;
    if (last === null) return;
    await act(async () => {
      await reopenClips({ clipIds: last.clipIds, reason: reasons.undone(), ...actingPerson() });
      done.value = null;
    });
  }

  async function act(work: () => Promise<void>): Promise<void> {
    if (sending.value) return;
    sending.value = true;
    fault.value = null;
    try {
      await work();
      await reload();
    } catch (cause) {
      fault.value = cause;
    } finally {
      sending.value = false;
    }
  }

  return { page, entries, cursor, loading, failure, fault, sending, done, reload, loadMore, confirm, undo };
}
