import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Config,
  ConfigError,
  type ConfigFault,
  type ConfigSources,
  configuredNameProfiles,
  loadConfig,
} from './index.ts';
import { listSettings } from './settings.ts';

const exampleFile = fileURLToPath(new URL('../../../docket.example.yaml', import.meta.url));
const minimal = 'store: { directory: store }\narchive: { directory: { path: archive } }\n';
const secret = 'deadbeef'.repeat(8);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-config-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(text: string, rest: Partial<ConfigSources> = {}): Promise<Config> {
  const file = join(folder, 'docket.yaml');
  await writeFile(file, text);
  return loadConfig({ file, environment: {}, assignments: [], ...rest });
}

async function faultsOf(text: string, rest: Partial<ConfigSources> = {}): Promise<readonly ConfigFault[]> {
  const error = await load(text, rest).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`);
  return error.faults;
}

describe('a configuration that holds', () => {
  test('gets its defaults and absolute paths', async () => {
    const config = await load(minimal);
    expect(config.store).toEqual({
      directory: join(folder, 'store'),
      reserveBytes: 268_435_456,
      highWaterPercent: 85,
      lowWaterPercent: 70,
      keepLocalDays: null,
    });
    expect(config.archive.directory.path).toBe(join(folder, 'archive'));
    expect(config.http).toEqual({ address: '127.0.0.1', port: 8686, tokens: [], trustedHosts: [] });
    expect(config.volumes).toEqual({
      directory: null,
      writeAccessSocket: null,
      nameProfiles: [],
      reconcileIntervalMs: 2000,
    });
    expect(config.pull).toEqual({ hashWorkers: null, stallTimeoutMs: 60_000, compareDeviceHash: true });
    expect(config.release.policy).toBe('never');
  });

  test('may have empty sections and needs no file', async () => {
    expect((await load(`${minimal}http:\nlog:\n`)).log.level).toBe('info');
    const assignments = ['store.directory=/s', 'archive.directory.path=/a'];
    const config = await loadConfig({ file: null, environment: {}, assignments });
    expect(config.store.directory).toBe('/s');
  });

  test('is the example file', async () => {
    const config = await loadConfig({ file: exampleFile, environment: {}, assignments: [] });
    expect(config.slots).toContainEqual({ slot: '1-1.1', label: 'A1' });
  });
});

describe('layers', () => {
  test('flags win over the environment, the environment over the file', async () => {
    const text = `${minimal}http: { port: 1 }\nlog: { level: warn }\ndock: { name: file }\n`;
    const config = await load(text, {
      environment: { DOCKET_HTTP_PORT: '2', DOCKET_DOCK_NAME: 'environment', DOCKET_LANG: 'en' },
      assignments: ['http.port=3', 'http.port=4'],
    });
    expect([config.http.port, config.dock.name, config.log.level]).toEqual([4, 'environment', 'warn']);
  });

  test('lists, nulls and texts that look like numbers keep their type', async () => {
    const config = await load(minimal, {
      environment: { DOCKET_STORE_RESERVE_BYTES: '536870912', DOCKET_DOCK_NAME: '7' },
      assignments: [
        'http.trustedHosts=[dock.example]',
        'volumes.directory=null',
        'slots=[{slot: 1-1, label: A}]',
      ],
    });
    expect(config.store.reserveBytes).toBe(536_870_912);
    expect(config.dock.name).toBe('7');
    expect(config.http.trustedHosts).toEqual(['dock.example']);
    expect(config.slots).toEqual([{ slot: '1-1', label: 'A' }]);
  });

  test('every key has a variable of its own', () => {
    const names = listSettings().map((setting) => setting.environmentName);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('DOCKET_VOLUMES_RECONCILE_INTERVAL_MS');
  });
});

test('habits of naming become patterns over whole names', async () => {
  const text = `${minimal}volumes: { nameProfiles: [{ name: a, pattern: 'x|y', timeZone: Asia/Urumqi }] }`;
  const [profile] = configuredNameProfiles((await load(text)).volumes);
  expect(profile).toMatchObject({ name: 'a', timeZone: 'Asia/Urumqi' });
  expect(['x', 'y', 'xy', 'ay'].filter((name) => profile?.pattern.test(name))).toEqual(['x', 'y']);
});

describe('faults', () => {
  test('are all told at once, each by path, value, source and what is allowed', async () => {
    const text = `${minimal}http: { port: 70000, tokns: [] }\nrelease: { policy: always }\npull: { stallTimeoutMs: soon }\n`;
    const faults = await faultsOf(text, {
      environment: { DOCKET_LOG_LEVEL: 'loud' },
      assignments: ['dock.nmae=x'],
    });
    expect(faults).toHaveLength(6);
    expect(faults).toEqual(
      expect.arrayContaining([
        {
          path: 'http.port',
          source: null,
          given: '70000',
          allowed: { kind: 'integer', minimum: 0, maximum: 65535, unit: null },
        },
        {
          path: 'release.policy',
          source: null,
          given: '"always"',
          allowed: { kind: 'words', words: ['never', 'after-receipt'] },
        },
        expect.objectContaining({ path: 'log.level', source: 'DOCKET_LOG_LEVEL', given: '"loud"' }),
        expect.objectContaining({ path: 'dock.nmae', source: '--set' }),
        expect.objectContaining({
          path: 'http.tokns',
          allowed: { kind: 'keys', keys: ['address', 'port', 'tokens', 'trustedHosts'] },
        }),
        expect.objectContaining({
          path: 'pull.stallTimeoutMs',
          given: '"soon"',
          allowed: { kind: 'integer', minimum: 1000, maximum: 3_600_000, unit: 'ms' },
        }),
      ]),
    );
  });

  test.each([
    ['nothing given', '', ['store.directory', 'archive.directory.path']],
    ['a section that is a value', 'store: 5', ['store', 'archive.directory.path']],
    ['an entry without its key', `${minimal}slots: [{ slot: 1-1 }]`, ['slots[0].label']],
    ['a traversal as a slot', `${minimal}slots: [{ slot: ../x, label: A }]`, ['slots[0].slot']],
    ['a slot twice', `${minimal}slots: [{ slot: a, label: A }, { slot: a, label: B }]`, ['slots[1].slot']],
    ['a fraction', `${minimal}http: { port: 1.5 }`, ['http.port']],
    [
      'an archive in the store',
      `${minimal}`.replace('path: archive', 'path: store/x'),
      ['archive.directory.path'],
    ],
    [
      'waits the wrong way round',
      minimal.replace('archive: {', 'archive: { retryMaxMs: 20,'),
      ['archive.retryMaxMs'],
    ],
    [
      'a habit of naming that is no regular expression, in no time zone',
      `${minimal}volumes: { nameProfiles: [{ name: a, pattern: '(', timeZone: Mars/Olympus }] }`,
      ['volumes.nameProfiles[0].pattern', 'volumes.nameProfiles[0].timeZone'],
    ],
    ['an open door', `${minimal}http: { address: 0.0.0.0 }`, ['http.address']],
  ])('%s', async (_what, text, paths) => {
    expect((await faultsOf(text)).map((fault) => fault.path)).toEqual(paths);
  });

  test('in one section do not hide what is wrong between the settings of another', async () => {
    const faults = await faultsOf(`${minimal}pull: { colour: red }\nhttp: { address: 0.0.0.0 }`);
    expect(faults.map((fault) => fault.path)).toContain('pull.colour');
    expect(faults.map((fault) => fault.path)).toContain('http.address');
  });

  test('an open door names both settings, and a token shuts it', async () => {
    const [fault] = await faultsOf(`${minimal}http: { address: '::' }`);
    expect(fault?.allowed).toEqual({ kind: 'loopback-or-token', path: 'http.tokens' });
    const token = `{ name: a, sha256: ${secret}, scopes: [read] }`;
    expect((await load(`${minimal}http: { address: '::', tokens: [${token}] }`)).http.tokens).toHaveLength(1);
  });

  test('a file that is missing, broken, ambiguous or no map', async () => {
    const missing = join(folder, 'missing.yaml');
    await expect(loadConfig({ file: missing, environment: {}, assignments: [] })).rejects.toMatchObject({
      faults: [{ path: missing, given: 'ENOENT', allowed: { kind: 'readable-file' } }],
    });
    expect((await faultsOf('http: [')).map((fault) => fault.allowed.kind)).toContain('yaml');
    expect((await faultsOf('http: {}\nhttp: {}'))[0]?.given).toMatch(/line 2/u);
    expect((await faultsOf('- a'))[0]?.allowed).toEqual({ kind: 'group' });
  });

  test('a misspelt variable of a section', async () => {
    const faults = await faultsOf(minimal, { environment: { DOCKET_HTTP_PROT: '1', DOCKET_URL: 'x' } });
    expect(faults.map((fault) => fault.path)).toEqual(['DOCKET_HTTP_PROT']);
  });

  test('a flag without a value', async () => {
    expect((await faultsOf(minimal, { assignments: ['http.port'] }))[0]?.allowed.kind).toBe('assignment');
  });

  test('never repeat what may be a secret', async () => {
    const faults = await faultsOf(
      `${minimal}http: { tokens: [{ name: a, sha256: the-token-itself, scopes: [read] }] }`,
    );
    expect(faults).toMatchObject([{ path: 'http.tokens[0].sha256', given: '(hidden)' }]);
    expect(JSON.stringify(faults)).not.toContain('the-token-itself');
  });
});
