/** The rules of the house that tools keep: lint and format, types of the dashboard, documents generated from the code. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** Resolves with what a failed command said, or with nothing. */
async function complaint(command: string, ...parameters: string[]): Promise<string> {
  try {
    await run(command, parameters, { cwd: root, maxBuffer: 16 * 1024 * 1024 });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    return `${stdout ?? ''}${stderr ?? String(error)}`;
  }
}

const bin = (name: string) => `node_modules/.bin/${name}`;

test('lint and format are clean, and no import runs in a circle', { timeout: 120_000 }, async () => {
  expect(await complaint(bin('biome'), 'check', '.')).toBe('');
});

test('the dashboard type-checks', { timeout: 240_000 }, async () => {
  expect(await complaint('npm', 'run', '--silent', 'check', '--workspace', 'dashboard')).toBe('');
});

test('documents made from the code are up to date', { timeout: 60_000 }, async () => {
  expect(await complaint(process.execPath, 'docs/generate.mjs', '--check')).toBe('');
  expect(await complaint(process.execPath, 'device-protocol/dist/smp/write-spec.js', '--check')).toBe('');
  expect(await complaint(process.execPath, 'device-protocol/dist/scsi/write-spec.js', '--check')).toBe('');
});
