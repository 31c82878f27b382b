import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { keepProcess } from './kept-process.ts';

const pause = { firstMs: 1, longestMs: 4 };

function stopAtEnd(): AbortController {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  return stop;
}

describe('a process that is kept', () => {
  test('is heard, started again when it ends, and killed at the end', async () => {
    const stop = stopAtEnd();
    const pids: (number | undefined)[] = [];
    const onSign = vi.fn();
    const onEnd = vi.fn();
    const start = () => {
      const script = 'process.stdout.write("x"); setInterval(() => {}, 1e6)';
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
      pids.push(child.pid);
      return child;
    };
    const kept = keepProcess({ start, onSign, onEnd, pause }, stop.signal);
    await vi.waitFor(() => expect(onSign).toHaveBeenCalled(), 10_000);
    process.kill(pids[0] ?? 0, 'SIGABRT');
    await vi.waitFor(() => expect(onSign).toHaveBeenCalledTimes(2), 10_000);
    expect(onEnd).toHaveBeenCalledWith('SIGABRT');
    stop.abort();
    await kept;
    expect(() => process.kill(pids[1] ?? 0, 0)).toThrow(/ESRCH/u);
    expect(pids).toHaveLength(2);
  });

  test('that ends at once is tried again and again, more slowly', async () => {
    const stop = stopAtEnd();
    let starts = 0;
    const ended: string[] = [];
    const kept = keepProcess(
      {
        start: () => {
          starts += 1;
          return spawn('false');
        },
        onSign: () => {},
        onEnd: (reason) => {
          ended.push(reason);
          if (ended.length === 4) stop.abort();
        },
        pause,
      },
      stop.signal,
    );
    await kept;
    expect(ended).toEqual(Array(4).fill('exit code 1'));
    expect(starts).toBe(4);
  });

  test('that is not installed is let be', async () => {
    const onEnd = vi.fn();
    const start = () => spawn('no-such-program-anywhere');
    await keepProcess({ start, onSign: () => {}, onEnd, pause }, stopAtEnd().signal);
    expect(onEnd).not.toHaveBeenCalled();
  });
});

test('the listener for USB devices runs where there is no bus, and ends with its parent', async () => {
  const child = fork(fileURLToPath(new URL('./hot-plug-process.js', import.meta.url)), { execArgv: [] });
  await new Promise((resolve) => child.once('spawn', resolve));
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.disconnect();
  expect(await exit).toBe(0);
});
