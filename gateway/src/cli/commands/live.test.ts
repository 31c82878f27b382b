import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../config/index.ts';
import { program } from '../testing/run-docket.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-live-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the password of a viewer is asked for, and the configuration knows only its hashes', async () => {
  const { code, stdout, stderr } = await credential('command-centre', 'a long password\n');
  expect([code, stderr]).toEqual([0, 'Into the configuration file, under live.rtsp.viewers:\n']);
  expect(stdout + stderr).not.toContain('a long password');
  const file = join(folder, 'docket.yaml');
  const places = 'store: { directory: s }\narchive: { directory: { path: a } }\n';
  await writeFile(file, `${places}live:\n  rtsp:\n    viewers:\n${stdout.replace(/^/gmu, '  ')}`);
  const { live } = await loadConfig({ file, environment: {}, assignments: [] });
  const hash = (algorithm: string) =>
    createHash(algorithm).update('command-centre:docket:a long password').digest('hex');
  expect(live.rtsp.viewers).toEqual([
    { name: 'command-centre', ha1: hash('md5'), ha1Sha256: hash('sha256') },
  ]);
});

test.each([
  ['a name that no URL could hold', '指挥中心', 'a long password\n', '<name>:'],
  ['a short password', 'centre', 'short\n', '12 to 128'],
  ['no password', 'centre', '', '12 to 128'],
])('%s is not taken', async (_what, name, input, complaint) => {
  const { code, stdout, stderr } = await credential(name, input);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(complaint);
});

async function credential(name: string, input: string) {
  const child = spawn(process.execPath, [program, 'live', 'credential', name], {
    env: { PATH: process.env.PATH, DOCKET_LANG: 'en' },
    cwd: folder,
  });
  const ended = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      ended[name] += text;
    });
  }
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...ended };
}
