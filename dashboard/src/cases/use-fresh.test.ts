import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type EffectScope, effectScope } from 'vue';
import { useFresh } from './use-fresh.ts';

let scope: EffectScope;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', new EventTarget());
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Events of one kind, raised by hand. */
function events() {
  const listeners = new Set<() => void>();
  return {
    listeners,
    listen: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    raise: () => {
      for (const listener of listeners) listener();
    },
  };
}

test('what is listened to has it read again, many in a row once, and nothing listens afterwards', async () => {
  const [heard, unheard] = [events(), events()];
  const read = vi.fn(async () => read.mock.calls.length);
  const { thing } = scope.run(() => useFresh(() => 'key', read, [heard.listen])) ?? { thing: { value: 0 } };
  await vi.advanceTimersByTimeAsync(0);
  expect(thing.value).toBe(1);

  unheard.raise();
  for (let times = 0; times < 5; times += 1) heard.raise();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(read).toHaveBeenCalledTimes(2);

  scope.stop();
  expect(heard.listeners.size).toBe(0);
});
