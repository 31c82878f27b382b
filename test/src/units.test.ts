/** The units of systemd/, as systemd itself reads them. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const units = fileURLToPath(new URL('../../systemd', import.meta.url));
const names = (await readdir(units)).filter((name) => /\.(?:service|socket)$/u.test(name));

/** What a command says, and whether it agreed. */
async function said(command: string, ...parameters: string[]): Promise<{ agreed: boolean; words: string }> {
  try {
    const { stdout, stderr } = await run(command, parameters);
    return { agreed: true, words: `${stdout}${stderr}` };
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return { agreed: false, words: `${stdout ?? ''}${stderr ?? String(error)}` };
  }
}

/** A root folder with our units in place, systemd's own, and every program they name. */
async function installed(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'docket-units-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const folder = join(root, 'etc/systemd/system');
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  await cp('/usr/lib/systemd/system', join(root, 'usr/lib/systemd/system'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await cp(join(units, 'libexec'), join(root, 'usr/libexec/docket'), { recursive: true });
  await writeFile(join(root, 'usr/bin/docket'), '#!/bin/sh\n');
  await chmod(join(root, 'usr/bin/docket'), 0o755);
  for (const name of names) await cp(join(units, name), join(folder, name));
  return folder;
}

beforeAll(() => expect(names.length).toBeGreaterThan(3));

test.each(names)('%s: every key is known, every program is there', async (name) => {
  const folder = await installed();
  const root = join(folder, '../../..');
  const file = join(folder, name.replace('@.', '@sda1.'));
  const { agreed, words } = await said('systemd-analyze', 'verify', '--man=no', `--root=${root}`, file);
  expect(words).not.toMatch(/docket/u);
  expect(agreed, words).toBe(true);
});

test('a wrong key is found', async () => {
  const folder = await installed();
  await writeFile(
    join(folder, 'docket.service'),
    '[Service]\nExecStart=/usr/bin/docket\nProtectSytem=strict\n',
  );
  const { words } = await said(
    'systemd-analyze',
    'verify',
    '--man=no',
    `--root=${join(folder, '../../..')}`,
    join(folder, 'docket.service'),
  );
  expect(words).toContain('ProtectSytem');
});

/** systemd's own measure of how exposed a service is, in tenths: 0 is none, 100 is all. */
test.each([
  ['docket.service', 20],
  ['docket-archive.service', 20],
  ['docket-volume@.service', 45],
  ['docket-volume-access@.service', 45],
])('%s is exposed by at most %i tenths', async (name, threshold) => {
  const { agreed, words } = await said(
    'systemd-analyze',
    'security',
    '--offline=true',
    '--no-pager',
    `--threshold=${threshold}`,
    join(units, name),
  );
  expect(agreed, words).toBe(true);
});

test('a service without a fence is over every threshold', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docket-units-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'open.service'), '[Service]\nExecStart=/bin/true\n');
  const open = await said(
    'systemd-analyze',
    'security',
    '--offline=true',
    '--threshold=80',
    join(folder, 'open.service'),
  );
  expect(open.agreed).toBe(false);
});
