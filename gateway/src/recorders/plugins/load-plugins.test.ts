import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../config/index.ts';
import { loadPlugins, pluginFor } from './load-plugins.ts';

const example = fileURLToPath(
  new URL('../../../../device-protocol/examples/flat-card-plugin', import.meta.url),
);
let site: string;

beforeEach(async () => {
  site = await mkdtemp(join(tmpdir(), 'plugins-'));
});

afterEach(() => rm(site, { recursive: true }));

async function configured(plugins: unknown[]) {
  const file = join(site, 'docket.yaml');
  const archive = { directory: { path: './archive' } };
  await writeFile(file, JSON.stringify({ store: { directory: './store' }, archive, drivers: { plugins } }));
  return loadConfig({ file, environment: {}, assignments: [] });
}

const volumeIn = (portPath: string) =>
  ({ portPath, instance: 'a', target: { type: 'volume', directory: site } }) as const;

test('a plugin is found beside the configuration file, by path or in node_modules', async () => {
  await cp(example, join(site, 'drivers', 'flat'), { recursive: true });
  await cp(example, join(site, 'node_modules', '@acme', 'flat'), { recursive: true });
  for (const place of ['./drivers/flat', './drivers/flat/index.js', '@acme/flat']) {
    const [plugin] = await loadPlugins(await configured([{ package: place }]));
    expect(plugin?.facts).toEqual({ name: 'flat-card', serves: [{ by: 'volume' }] });
  }
});

test('a plugin opens what it serves, in the slots it was given', async () => {
  const plugins = await loadPlugins(await configured([{ package: example, slots: ['1-2'] }]));
  expect(pluginFor(plugins, volumeIn('1-2'))?.driver.name).toBe('flat-card');
  expect(pluginFor(plugins, volumeIn('1-3'))).toBeNull();
  const target = { type: 'serial', devicePath: '/dev/ttyS0', baudRate: 9600 } as const;
  expect(pluginFor(plugins, { portPath: '1-2', instance: 'a', target })).toBeNull();
});

test('what opens through a plugin is its recorder', async () => {
  await writeFile(join(site, 'number.txt'), 'FC-1');
  const [plugin] = await loadPlugins(await configured([{ package: example }]));
  const signal = new AbortController().signal;
  const recorder = await plugin?.driver.open(volumeIn('1-1'), signal);
  expect(await recorder?.identify(signal)).toMatchObject({ serialNumber: 'FC-1' });
  await recorder?.close();
});

test('a package that is not there is a fault of the configuration', async () => {
  await expect(configured([{ package: './nowhere' }, { package: 'no-such-package' }])).rejects.toMatchObject({
    faults: [
      { path: 'drivers.plugins[0].package', given: '"./nowhere"', allowed: { kind: 'package' } },
      { path: 'drivers.plugins[1].package', allowed: { kind: 'package' } },
    ],
  });
});

test('so is one that cannot be used, with the reason', async () => {
  await mkdir(join(site, 'empty'));
  await writeFile(join(site, 'empty', 'package.json'), '{"type":"module"}');
  await writeFile(join(site, 'empty', 'index.js'), 'export const something = 1;');
  const config = await configured([
    { package: './empty' },
    { package: example, options: { folder: 7 } },
    { package: example },
    { package: example },
  ]);
  await expect(loadPlugins(config)).rejects.toMatchObject({
    faults: [
      {
        path: 'drivers.plugins[0].package',
        allowed: { problem: expect.stringContaining('no recorderPlugin') },
      },
      { path: 'drivers.plugins[1].package', allowed: { problem: expect.stringContaining('must be a text') } },
      { path: 'drivers.plugins[3].package', allowed: { problem: expect.stringContaining('there already') } },
    ],
  });
});
