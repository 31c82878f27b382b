import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'lab-cache-'));
vi.stubEnv('DOCKET_LAB_CACHE', folder);
const { cached } = await import('./cache.ts');

afterAll(() => rmSync(folder, { recursive: true }));

test('what two scenarios want at once is built once, and what is there is not built again', async () => {
  let builds = 0;
  const build = async (into: string) => {
    builds += 1;
    await turn();
    await writeFile(join(into, 'thing'), 'whole');
  };
  const places = await Promise.all([cached('thing', 'a', build), cached('thing', 'a', build)]);
  expect(new Set(places).size).toBe(1);
  await cached('thing', 'a', build);
  expect(builds).toBe(1);
  expect(await readdir(folder)).toEqual(['thing-a']);
});

test('a build that breaks off leaves nothing, and is begun anew', async () => {
  const fails = () => Promise.reject(new Error('no room'));
  await expect(cached('other', 'b', fails)).rejects.toThrow('no room');
  await expect(cached('other', 'b', (into) => writeFile(join(into, 'thing'), ''))).resolves.toContain(
    'other-b',
  );
});
