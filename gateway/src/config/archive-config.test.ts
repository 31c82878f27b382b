import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archiveOptions } from '../archive/archive-options.ts';
import { type Config, ConfigError, type ConfigFault, loadConfig } from './index.ts';

const secret = 'not-for-anybody';
const bucket = 'endpoint: https://s3.example, bucket: clips, accessKeyId: DOCK';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-archive-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(archive: string, more = ''): Promise<Config> {
  const file = join(folder, 'docket.yaml');
  await writeFile(file, `store: { directory: store }\narchive: { ${archive} }\n${more}`);
  return loadConfig({ file, environment: {}, assignments: [] });
}

async function faultsOf(archive: string, more = ''): Promise<readonly ConfigFault[]> {
  const error = await load(archive, more).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`);
  return error.faults;
}

describe('targets', () => {
  test('are the folder, and as many others as are named', async () => {
    const config = await load(
      `name: near, directory: { path: archive },
       directories: [{ name: share, path: share, isImmutable: true }],
       s3: [{ name: far, ${bucket}, secretAccessKey: ${secret}, dialect: ceph, longBucket: evidence, partBytes: 67108864 }],
       http: [{ name: centre, url: 'https://centre.example/deposits', token: ${secret}, bytesPerSecond: 1000000 }]`,
    );
    const { targets } = archiveOptions(config);
    expect(targets.map(({ kind, name, isWormRequired }) => [kind, name, isWormRequired])).toEqual([
      ['directory', 'near', false],
      ['directory', 'share', false],
      ['s3', 'far', true],
      ['http', 'centre', true],
    ]);
    expect(targets[1]).toMatchObject({ path: join(folder, 'share'), isImmutable: true });
    expect(targets[2]).toMatchObject({
      buckets: { ordinary: 'clips', long: 'evidence' },
      dialect: 'ceph',
      secretAccessKey: secret,
      partBytes: 67_108_864,
      retention: 'compliance',
      verify: 'readback',
    });
    expect(targets[3]).toMatchObject({ token: secret, bytesPerSecond: 1_000_000 });
  });

  test('need not be a folder, but there is at least one', async () => {
    const config = await load(`s3: [{ name: far, ${bucket}, secretAccessKey: ${secret} }]`);
    expect(archiveOptions(config).targets).toHaveLength(1);
    expect(await faultsOf('name: a')).toEqual([
      { path: 'archive.directory.path', source: null, given: null, allowed: { kind: 'archive-target' } },
    ]);
  });

  test('have names and folders of their own', async () => {
    const faults = await faultsOf(
      `name: a, directory: { path: archive }, directories: [{ name: b, path: archive/b }, { name: c, path: store/c }],
       s3: [{ name: a, ${bucket}, secretAccessKey: ${secret} }]`,
    );
    expect(faults.map(({ path, allowed }) => [path, allowed])).toEqual([
      ['archive.s3[0].name', { kind: 'once' }],
      ['archive.directories[0].path', { kind: 'outside', path: 'archive.directory.path' }],
      ['archive.directories[1].path', { kind: 'outside', path: 'store.directory' }],
    ]);
  });

  test('are not reached in the clear, unless that was said', async () => {
    const target = (address: string, more = '') =>
      `s3: [{ name: far, endpoint: '${address}', bucket: clips, accessKeyId: DOCK, secretAccessKey: ${secret} ${more} }]`;
    for (const address of ['http://s3.example', 'https://DOCK:pass@s3.example', 'ftp://s3.example', 's3']) {
      const faults = await faultsOf(target(address));
      expect(faults).toMatchObject([{ path: 'archive.s3[0].endpoint', given: '(hidden)' }]);
    }
    for (const [address, more] of [
      ['https://s3.example:8443', ''],
      ['http://127.0.0.1:7480', ''],
      ['http://10.1.2.3:7480', ', isPlainHttpAllowed: true'],
    ] as const) {
      expect((await load(target(address, more))).archive.s3).toHaveLength(1);
    }
  });
});

describe('secrets', () => {
  const target = (more: string) => `s3: [{ name: far, ${bucket} ${more} }]`;

  test('may lie in a file that only its owner can read', async () => {
    const file = join(folder, 'key');
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    const config = await load(target(', secretAccessKeyFile: key'));
    expect(archiveOptions(config).targets[0]).toMatchObject({ secretAccessKey: secret });

    await chmod(file, 0o640);
    const readable = await faultsOf(target(', secretAccessKeyFile: key'));
    expect(readable).toMatchObject([
      { path: 'archive.s3[0].secretAccessKeyFile', allowed: { kind: 'secret-file' } },
    ]);
    await rm(file);
    expect(await faultsOf(target(', secretAccessKeyFile: key'))).toHaveLength(1);
  });

  test('are given once, and repeated by no fault', async () => {
    const keys = ['secretAccessKey', 'secretAccessKeyFile'];
    expect(await faultsOf(target(''))).toMatchObject([{ allowed: { kind: 'one-of', keys } }]);
    const both = await faultsOf(target(`, secretAccessKey: ${secret}, secretAccessKeyFile: none`));
    expect(both[0]).toMatchObject({ path: 'archive.s3[0].secretAccessKey', given: '(hidden)' });
    expect(JSON.stringify(await faultsOf(`s3: ${secret}`))).not.toContain(secret);
    expect(JSON.stringify(await faultsOf(target(`, secretAccessKey: [${secret}]`)))).not.toContain(secret);
  });
});

describe('the line', () => {
  test('is laid out as forwarding has it', async () => {
    const config = await load(
      `directory: { path: a }, retryBaseMs: 100,
       forwarding: { bulk: in-window, importantPercent: 40, bytesPerSecond: 500000, mostAttempts: 3,
         windows: [{ cron: '* 22-23,0-6 * * *', bytesPerSecond: null }], zone: Asia/Urumqi }`,
    );
    expect(archiveOptions(config).forwarding).toEqual({
      bulk: 'in-window',
      mostAttempts: 3,
      parallelDeposits: 2,
      importantWithinHours: 24,
      ordinaryWithinHours: 720,
      retryBaseMs: 100,
      retryMaxMs: 600_000,
      line: {
        bytesPerSecond: 500_000,
        windows: [{ cron: '* 22-23,0-6 * * *', bytesPerSecond: null }],
        zone: 'Asia/Urumqi',
        importantShare: 0.4,
      },
    });
  });

  test('opens by cron patterns of minutes, in a zone that exists', async () => {
    const faults = await faultsOf(
      `directory: { path: a }, forwarding: { zone: Mars/Olympus,
         windows: [{ cron: '* 25 * * *' }, { cron: '* * * * * *' }, { cron: '2026-01-01T00:00:00' }] }`,
    );
    expect(faults.map(({ path }) => path)).toEqual([
      'archive.forwarding.windows[0].cron',
      'archive.forwarding.windows[1].cron',
      'archive.forwarding.windows[2].cron',
      'archive.forwarding.zone',
    ]);
  });
});

test('release waits for all receipts, one, or so many', async () => {
  const release = (receipts: string) => `release: { receipts: ${receipts}, grade: archive-signed }\n`;
  const directory = 'directory: { path: a }';
  expect((await load(directory)).release).toMatchObject({ receipts: 'all', grade: 'gateway-verified' });
  expect((await load(directory, release('any'))).release.receipts).toBe('any');
  expect((await load(directory, release('2'))).release.receipts).toBe(2);
  const allowed = { kind: 'words-or-integer', words: ['all', 'any'], minimum: 1, maximum: 64 };
  for (const given of ['0', 'most', '1.5']) {
    expect(await faultsOf(directory, release(given))).toMatchObject([{ path: 'release.receipts', allowed }]);
  }
});

test('low water lies below high water', async () => {
  const file = join(folder, 'docket.yaml');
  await writeFile(
    file,
    'store: { directory: s, lowWaterPercent: 85 }\narchive: { directory: { path: a } }\n',
  );
  await expect(loadConfig({ file, environment: {}, assignments: [] })).rejects.toMatchObject({
    faults: [{ path: 'store.lowWaterPercent', allowed: { kind: 'below', path: 'store.highWaterPercent' } }],
  });
});

test('a yes or no can be given by a flag', async () => {
  const assignments = ['store.directory=/s', 'archive.directory.path=/a', 'archive.sm2=true'];
  expect((await loadConfig({ file: null, environment: {}, assignments })).archive.sm2).toBe(true);
});
