import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isolatedDriver } from '../isolation/isolated-driver.ts';
import { inspectPlugin } from '../plugin/inspect-plugin.ts';
import { holdToContract, type TestSubject } from './testing/hold-to-contract.ts';

const module = new URL('../../examples/flat-card-plugin/index.js', import.meta.url).href;

async function flatCard(): Promise<TestSubject> {
  const directory = await mkdtemp(join(tmpdir(), 'flat-'));
  const known = new Map<string, Uint8Array>();
  for (const [name, sizeBytes] of [
    ['a.mp4', 1],
    ['b.mp4', 5000],
    ['c.mp4', 1_500_000],
  ] as const) {
    const bytes = Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 7 + sizeBytes) & 0xff);
    await writeFile(join(directory, name), bytes);
    known.set(Buffer.from(name).toString('hex'), bytes);
  }
  await writeFile(join(directory, 'number.txt'), 'FC-0007\n');
  const driver = isolatedDriver({ choice: { driver: 'plugin', name: 'flat-card', module, options: {} } });
  const target = { type: 'volume', directory } as const;
  return {
    open: (signal) => driver.open({ portPath: '1-1', instance: 'a', target }, signal),
    known,
    allows: { erase: true, setClock: true },
    longestReadBytes: 2_000_000,
    unplug: () => rename(directory, `${directory}.gone`),
    end: async () => {
      await rm(directory, { recursive: true, force: true });
      await rm(`${directory}.gone`, { recursive: true, force: true });
    },
  };
}

holdToContract('the example plugin', flatCard, ['clock-bracketed', 'hash-is-of-the-bytes', 'clock-set']);

test('a plugin tells what it is, without any of its code in this process', async () => {
  expect(await inspectPlugin(module, {})).toEqual({ name: 'flat-card', serves: [{ by: 'volume' }] });
});

test.each([
  ['options it does not take', { folder: 7 }, module, 'options.folder must be a text'],
  [
    'no plugin in it',
    {},
    import.meta.url.replace('plugin-contract.test', 'index'),
    'it exports no recorderPlugin',
  ],
  ['no such module', {}, `${module}.none`, 'Cannot find module'],
])('what is wrong with a plugin is told: %s', async (_, options, place, words) => {
  await expect(inspectPlugin(place, options)).rejects.toMatchObject({
    code: 'DRIVER_CRASHED',
    message: expect.stringContaining(words),
  });
});
