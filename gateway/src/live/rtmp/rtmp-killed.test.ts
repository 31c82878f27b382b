import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawRtmp } from './testing/raw-rtmp.ts';

const entryPoint = fileURLToPath(new URL('./testing/rtmp-process-main.js', import.meta.url));
let temporary: string;
const gateways: ChildProcess[] = [];

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'docket-killed-'));
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map(kill));
  await rm(temporary, { recursive: true });
});

async function start(): Promise<{ gateway: ChildProcess; port: number; mediaServer: number }> {
  const gateway = spawn(process.execPath, [entryPoint], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  gateways.push(gateway);
  const [line] = await once(gateway.stdout, 'data');
  return { gateway, ...JSON.parse(String(line)) };
}

async function kill(gateway: ChildProcess): Promise<void> {
  if (gateway.exitCode !== null || gateway.signalCode !== null) return;
  const ended = once(gateway, 'exit');
  gateway.kill('SIGKILL');
  await ended;
}

const folders = async () => (await readdir(temporary)).filter((name) => name.startsWith('docket-rtmp-'));

test('a gateway that is killed leaves no process, and the next one clears its folder away', async () => {
  const { gateway, port, mediaServer } = await start();
  const recorder = await RawRtmp.greet(port);
  recorder.publish('DEMO-001?key=s3cret');
  const left = await folders();
  expect(left).toHaveLength(1);
  await kill(gateway);
  await recorder.untilCut();
  await expect.poll(() => existsSync(`/proc/${mediaServer}`), { timeout: 20_000 }).toBe(false);
  expect(await folders()).toEqual(left);
  await start();
  const now = await folders();
  expect(now).toHaveLength(1);
  expect(now).not.toEqual(left);
});

test('nothing is cleared away that somebody holds, or that is not ours', async () => {
  await start();
  const held = await folders();
  const strange = join(temporary, 'docket-rtmp-strange');
  await mkdir(strange);
  await writeFile(join(strange, 'evidence'), '');
  await symlink(strange, join(temporary, 'docket-rtmp-link'));
  await mkdir(join(temporary, 'docket-rtmp-begun'));
  await start();
  expect(await folders()).toEqual(
    expect.arrayContaining([...held, 'docket-rtmp-strange', 'docket-rtmp-link', 'docket-rtmp-begun']),
  );
  expect(await readdir(strange)).toEqual(['evidence']);
});
