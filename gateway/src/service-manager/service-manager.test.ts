import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLog } from '../log.ts';
import { serviceManager } from './service-manager.ts';

const log = createLog('silent');

/** A socket as systemd opens one, and the lines that came in on it. */
async function notifySocket(): Promise<{ path: string; lines: () => string[]; child: ChildProcess }> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-notify-'));
  const path = join(folder, 'notify');
  const child = spawn('socat', ['-u', '-d', '-d', `UNIX-RECVFROM:${path},fork`, 'STDOUT']);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  await once(child.stderr, 'data');
  await vi.waitFor(() => access(path), 20_000);
  return { path, lines: () => text.split('\n').filter((line) => line !== ''), child };
}

const { signal } = new AbortController();
const watchdogEvery = (ms: number) => ({
  WATCHDOG_USEC: String(ms * 1000),
  WATCHDOG_PID: String(process.pid),
});

test('systemd hears of readiness, of life, and of the end', async () => {
  const { path, lines } = await notifySocket();
  const environment = { NOTIFY_SOCKET: path, ...watchdogEvery(300) };
  const part = serviceManager({ environment, ailment: async () => null, log });
  await part.start(signal);
  await vi.waitFor(
    () => expect(lines().filter((line) => line === 'WATCHDOG=1').length).toBeGreaterThan(2),
    20_000,
  );
  await part.stop();
  await vi.waitFor(() => expect(lines()).toContain('STOPPING=1'), 20_000);
  expect(lines()).toContain('READY=1');
});

test('no sign of life is given for a part that is ill, nor for one that never answers', async () => {
  const answers = [async () => 'the slots', () => new Promise<null>(() => {})];
  for (const ailment of answers) {
    const { path, lines } = await notifySocket();
    let asked = 0;
    const part = serviceManager({
      environment: { NOTIFY_SOCKET: path, ...watchdogEvery(300) },
      ailment: () => {
        asked += 1;
        return ailment();
      },
      log,
    });
    await part.start(signal);
    await vi.waitFor(() => expect(lines()).toContain('READY=1'), 20_000);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(0), 20_000);
    await part.stop();
    await vi.waitFor(() => expect(lines()).toContain('STOPPING=1'), 20_000);
    expect(lines()).not.toContain('WATCHDOG=1');
  }
});

test('without systemd nothing is started', async () => {
  const ailment = vi.fn(async () => null);
  const part = serviceManager({ environment: watchdogEvery(300), ailment, log });
  await part.start(signal);
  await part.stop();
  expect(ailment).not.toHaveBeenCalled();
});
