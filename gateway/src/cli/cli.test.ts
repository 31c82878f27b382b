import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { IndexDatabase } from '@docket/ingest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../config/index.ts';
import { TestGateway, testToken } from '../http/testing/test-gateway.ts';
import { program, runDocket, startDocket } from './testing/run-docket.ts';

const english = { DOCKET_LANG: 'en' };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'docket-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

const start = (words: readonly string[], environment: Record<string, string>) =>
  startDocket(words, environment, folder);
const docket = (words: readonly string[], environment: Record<string, string> = english) =>
  runDocket(words, environment, folder);

describe('help', () => {
  test.each([
    [[], {}, '用法：', '示例：'],
    [[], { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, '用法：', '示例：'],
    [[], { LANG: 'en_US.UTF-8' }, 'Usage:', 'Examples:'],
    [[], { LANG: 'en_US.UTF-8', DOCKET_LANG: 'zh-CN' }, '用法：', '示例：'],
    [['--lang', 'en'], { DOCKET_LANG: 'zh-CN' }, 'Usage:', 'Examples:'],
    [['--lang=zh'], english, '用法：', '示例：'],
    [[], { LANG: 'fr_FR.UTF-8' }, 'Usage:', 'Examples:'],
  ])('%j in %j', async (words, environment, ...headings) => {
    const { code, stdout, stderr } = await docket([...words, '--help'], environment);
    expect([code, stderr]).toEqual([0, '']);
    for (const heading of headings) expect(stdout).toContain(heading);
  });

  test('of every command, in both languages, with an example', { timeout: 240_000 }, async () => {
    for (const command of [
      ['run'],
      ['demo'],
      ['status'],
      ['clips'],
      ['statistics'],
      ['recorders'],
      ['import'],
      ['slots'],
      ['slots', 'calibrate'],
      ['verify'],
      ['conformance'],
      ['token', 'create'],
      ['live', 'credential'],
    ]) {
      const inChinese = await docket([...command, '--help'], {});
      const inEnglish = await docket([...command, '--help']);
      for (const { code, stdout } of [inChinese, inEnglish]) {
        expect(code).toBe(0);
        expect(stdout).toContain(`  docket ${command.join(' ')}`);
      }
      expect(inChinese.stdout).toMatch(/\p{Script=Han}/u);
      expect(inEnglish.stdout).not.toMatch(/\p{Script=Han}/u);
      expect(inChinese.stdout).not.toMatch(/Usage|Options|display help|default:/u);
    }
  });
});

describe('wrong usage is told in words, and is 2', () => {
  test.each([
    [['--nonsense'], 'there is no option --nonsense'],
    [['nonsense'], 'there is no command nonsense'],
    [['clips', '--limit', '0'], '--limit: a whole number from 1 to 200 is expected'],
    [['clips', '--state', 'x'], '--state: one of recording, listed,'],
    [['clips', '--limit'], 'the option --limit <number> needs a value'],
    [['clips', 'x'], 'there are too many arguments'],
    [['statistics', '--measure', 'x'], '--measure: one of recording-rate,'],
    [['statistics', '--by', 'x'], '--by: one of category,'],
    [['verify'], 'store is missing'],
    [['verify', 'no-such-folder'], 'is no store'],
    [['token', 'create', '--name', 'x'], 'the option --scopes <scopes> is needed'],
    [
      ['token', 'create', '--name', 'x', '--scopes', 'all'],
      '--scopes: one of read, media, operate, approve, deliver is expected',
    ],
    [['status', '--url', 'ftp://x'], '--url: an address that begins with http:// or https:// is expected'],
    [['status', '--lang', 'xx'], '--lang: one of zh-CN, en is expected'],
  ])('%j', async (words, complaint) => {
    const { code, stdout, stderr } = await docket(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(complaint);
    expect(stderr).toContain('docket --help');
  });

  test('every fault of a configuration', async () => {
    const words = ['run', '--set', 'http.port=70000', '--set', 'store.directory=s'];
    const { code, stdout, stderr } = await docket(words, { DOCKET_LOG_LEVEL: 'loud' });
    expect([code, stdout]).toEqual([2, '']);
    for (const part of [
      'http.port（来自 --set）',
      '给出：70000',
      '0 到 65535',
      'log.level（来自 DOCKET_LOG_LEVEL）',
    ]) {
      expect(stderr).toContain(part);
    }
    expect(stderr).toContain('archive.directory.path\n    没有给出');
  });
});

test('a token is made of which the configuration knows only the hash', async () => {
  const { code, stdout } = await docket([
    'token',
    'create',
    '--name',
    '值班 "室"',
    '--scopes',
    'read, media',
  ]);
  expect(code).toBe(0);
  const secret = /docket_[\w-]{43}/u.exec(stdout)?.[0] ?? '';
  const lines = stdout.slice(stdout.indexOf('    - name'));
  expect(lines).not.toContain(secret);
  const file = join(folder, 'docket.yaml');
  const places = `store: { directory: s }\narchive: { directory: { path: a } }\n`;
  await writeFile(file, `${places}http:\n  tokens:\n${lines}`);
  const { http } = await loadConfig({ file, environment: {}, assignments: [] });
  const gateway = await TestGateway.open({ tokens: http.tokens });
  const { json } = await gateway.ask('/api/v1/session', { headers: { authorization: `Bearer ${secret}` } });
  expect(json).toEqual({ authenticated: true, name: '值班 "室"', scopes: ['read', 'media'] });
  await gateway.close();
});

describe('against a running gateway', () => {
  const { secret, entry } = testToken('reader', ['read']);
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await TestGateway.open({ tokens: [entry] });
    await gateway.addDocking('d1');
    await gateway.addClip('c1', 'd1', { name: '执法\u001b[2J.mp4', bytes: Buffer.alloc(2_048) });
    gateway.board.update({
      slot: '1-1',
      label: 'A1',
      state: 'attention',
      safeToUndock: true,
      since: '2026-01-01T00:00:00.000Z',
      dockingId: 'd1',
      recorder: null,
      capabilities: [],
      concerns: [],
      clock: { state: 'unreadable', reason: 'not-read-yet' },
      clockVerdict: { state: 'unknown', reasons: [] },
      progress: null,
      issue: null,
    });
  });
  afterEach(() => gateway.close());

  test('status says what needs a person, and is then 1', async () => {
    const { code, stdout, stderr } = await docket(['status', '--url', gateway.server.url()], {
      ...english,
      DOCKET_TOKEN: secret,
    });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('Docket 0.0.0-test: working');
    expect(stdout).toMatch(/1-1 +A1 +needs a person/u);
  });

  test('clips are listed, and no name plays with the terminal', async () => {
    const environment = { DOCKET_URL: gateway.server.url(), DOCKET_TOKEN: secret };
    const { code, stdout } = await docket(['clips'], environment);
    expect(code).toBe(0);
    expect(stdout).toContain('已封存');
    expect(stdout).toContain('执法�[2J.mp4');
    const asJson = await docket(['clips', '--json', '--state', 'sealed'], environment);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      total: 1,
      clips: [{ clipId: 'c1', sizeBytes: 2_048 }],
    });
    expect((await docket(['clips', '--state', 'lost'], environment)).stdout).toBe('没有文件。\n');
  });

  test('a figure is shown as a table, and written as files', async () => {
    const environment = { DOCKET_URL: gateway.server.url(), DOCKET_TOKEN: secret };
    const period = ['--from', '2026-01-01', '--to', '2026-01-31'];
    const { code, stdout } = await docket(
      ['statistics', '--measure', 'clips', '--by', 'step', ...period],
      environment,
    );
    expect([code, stdout.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^执法环节 Step +视音频数量 Clips +已关联 Linked/u),
    ]);
    const file = join(gateway.folder, 'clips.csv');
    const written = await docket(['statistics', '--measure', 'clips', '--csv', file, ...period], environment);
    expect([written.code, written.stdout]).toEqual([0, '']);
    expect(await readFile(file, 'utf8')).toMatch(/^\ufeff视音频数量 Clips,/u);
    const refused = await docket(
      ['statistics', '--measure', 'clock-faults', '--by', 'step', ...period],
      environment,
    );
    expect(refused.code).toBe(3);
  });

  test('without its token, or without a gateway', async () => {
    const url = gateway.server.url();
    const refused = await docket(['status', '--url', url]);
    expect([refused.code, refused.stderr]).toEqual([3, 'The gateway wants a token: set DOCKET_TOKEN.\n']);
    const nobody = await docket(['status', '--url', 'http://127.0.0.1:1']);
    expect(nobody.code).toBe(3);
    expect(nobody.stderr).toContain('No gateway answers at http://127.0.0.1:1.');
  });
});

test('verify says what holds and what does not', async () => {
  const database = await IndexDatabase.open(join(folder, 'index.sqlite'));
  await database.close();
  const whole = await docket(['verify', folder], {});
  expect([whole.code, whole.stderr]).toEqual([0, '']);
  expect(whole.stdout).toContain('全部属实。');
  const stranger = join(folder, 'clips', '2026-01-01', 'stranger');
  await mkdir(stranger, { recursive: true });
  await writeFile(join(stranger, 'media.mp4'), 'x');
  const broken = await docket(['verify', folder]);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain('not hold:');
  const asJson = await docket(['verify', folder, '--json']);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ differences: [{ code: expect.any(String) }] });
});

describe('run', () => {
  test('writes JSON lines, has its pool of threads, and ends with 0 when told to', async () => {
    const file = join(folder, 'docket.yaml');
    await writeFile(
      file,
      'store: { directory: store }\narchive: { directory: { path: archive } }\nhttp: { port: 0 }\n',
    );
    const child = start(['run', '--config', file], english);
    const closed = once(child, 'close');
    const messages: string[] = [];
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      const { msg } = JSON.parse(line) as { msg: string };
      messages.push(msg);
      const url = /^listening at (.+)$/u.exec(msg)?.[1];
      if (url === undefined) continue;
      expect((await fetch(`${url}/health`)).status).toBe(200);
      expect((await readdir(`/proc/${child.pid}/task`)).length).toBeGreaterThan(64);
      child.kill('SIGTERM');
    }
    expect(await closed).toEqual([0, null]);
    expect(messages.at(-1)).toBe('stopped');
  });

  test('a second signal ends it at once', async () => {
    const module = new URL('./stop-signal.js', import.meta.url).href;
    const script = `const { stopSignal } = await import('${module}');
      stopSignal(() => console.log('stopping')); console.log('ready'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    for await (const _line of createInterface({ input: child.stdout })) child.kill('SIGTERM');
    expect(await closed).toEqual([143, null]);
  });
});

describe('slots and recorders', () => {
  test('calibration asks about each place that something is plugged into, and is over when the terminal closes', async () => {
    const gateway = await TestGateway.open();
    try {
      const child = spawn(process.execPath, [program, 'slots', 'calibrate'], {
        env: { PATH: process.env.PATH, ...english, DOCKET_URL: gateway.server.url() },
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      const until = async (text: string) => {
        while (!said.includes(text)) await once(child.stdout, 'data');
        said = said.slice(said.indexOf(text) + text.length);
      };
      const plugIn = async (portPath: string) => {
        const source = gateway.calibration.watching({
          name: 'wire',
          async *watch() {
            yield {
              type: 'attached',
              attachment: { portPath, instance: portPath, target: { type: 'volume', directory: '/nowhere' } },
            };
          },
        });
        for await (const _event of source.watch(new AbortController().signal));
      };
      await until('an empty line ends.');
      await plugIn('1-1.1');
      await until('Label: ');
      child.stdin.write('A1\n');
      await until('Port 1-1.1 is called A1.');
      await plugIn('1-1.2');
      await until('Label [A2]: ');
      child.stdin.write('\n');
      await until('Port 1-1.2 is called A2.');
      await until('an empty line ends.');
      child.stdin.end();
      const [code] = await once(child, 'close');
      expect([code, said.trim()]).toEqual([0, 'Done: 2 slots have a label.']);
      expect(gateway.calibration.state().active).toBe(false);
      const listed = await docket(['slots'], { ...english, DOCKET_URL: gateway.server.url() });
      expect(listed.stdout).toMatch(/A1 +1-1\.1 .*\nA2 +1-1\.2/u);
    } finally {
      await gateway.close();
    }
  });

  test('recorders are listed as the register has them', async () => {
    const gateway = await TestGateway.open();
    try {
      await gateway.addDocking('d1');
      const environment = { ...english, DOCKET_URL: gateway.server.url() };
      expect((await docket(['recorders'], environment)).stdout).toMatch(/^Serial .*\nA +in service/u);
      const none = await docket(['recorders', '--battery-below', '20'], environment);
      expect([none.code, none.stdout]).toEqual([0, 'No recorders.\n']);
      expect((await docket(['recorders', '--battery-below', '0'], environment)).code).toBe(2);
    } finally {
      await gateway.close();
    }
  });
});
