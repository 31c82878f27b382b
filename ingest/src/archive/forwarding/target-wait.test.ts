import { describe, expect, test } from 'vitest';
import { ArchiveRefusal } from '../archive-refusal.ts';
import { refusalRules } from './refusal-rules.ts';
import { TargetWait } from './target-wait.ts';

function waiting(code: 'unreachable' | 'full') {
  let nowMs = 0;
  const wait = new TargetWait({ retryBaseMs: 100, retryMaxMs: 1000 }, () => nowMs);
  wait.refused({ ...refusalRules[code], isReachAsked: true }, new ArchiveRefusal(code, 'away'));
  return {
    wait,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('a target that was refused by', () => {
  test('is left alone no longer than the wait, while nobody asked it', () => {
    const { wait, pass } = waiting('unreachable');
    expect(wait.state).toBe('unreachable');
    pass(1_000_000);
    expect(wait.state).toBeNull();
  });

  test('and did not answer since is left alone until it does, however late it is asked again', () => {
    const { wait, pass } = waiting('unreachable');
    wait.notReached();
    pass(1_000_000);
    expect(wait.state).toBe('unreachable');
    expect(wait.reachInMs).toBe(0);
    wait.notReached();
    expect(wait.reachInMs).toBeLessThanOrEqual(wait.remainingMs);
    wait.reached();
    expect(wait.state).toBeNull();
  });

  test('and answers at once when asked is left alone all the same: it refused for another reason', () => {
    const { wait } = waiting('full');
    const { state } = wait;
    wait.reached();
    expect(wait.state).toBe(state);
    expect(wait.reachInMs).toBeNull();
  });
});
