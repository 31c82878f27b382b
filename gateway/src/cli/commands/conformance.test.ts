import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMtpSimulator,
  smpFaults,
  startSmpTcpRecorder,
  startUsbRedirServer,
} from '@docket/device-protocol/simulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDocket } from '../testing/run-docket.ts';

/** Every run starts processes, which takes its time on a busy machine. */
const slow = { timeout: 240_000 };
let folder: string;
let card: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  card = join(folder, 'card');
  await mkdir(card);
  await writeFile(join(card, 'a.mp4'), Buffer.alloc(5000, 'a'));
  await writeFile(join(card, 'b.mp4'), Buffer.alloc(90_000, 'b'));
});

afterEach(() => rm(folder, { recursive: true }));

const conformance = (words: readonly string[], language = 'en') =>
  runDocket(['conformance', ...words], { DOCKET_LANG: language }, folder);

test('a sound recorder holds, and nothing of it is changed unless that was allowed', slow, async () => {
  const recorder = await startSmpTcpRecorder({ folder: card, clock: { offsetMs: 86_400_000 } });
  const tcp = ['--driver', 'smp', '--tcp', `127.0.0.1:${recorder.port}`];
  const { code, stdout, stderr } = await conformance(tcp);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('over smp');
  expect(stdout).toMatch(/left out +erases the one clip/u);
  expect(stdout).toMatch(/\d+ held, 0 broken, \d+ left out\./u);
  expect(await readdir(card)).toEqual(['a.mp4', 'b.mp4']);
  expect(recorder.clock.nowMs() - Date.now()).toBeGreaterThan(80_000_000);

  const allowed = await conformance([...tcp, '--allow-erase', '--allow-set-clock', '--json']);
  const { results, capabilities } = JSON.parse(allowed.stdout);
  expect(capabilities).toContain('setClock');
  const held = results.filter(({ verdict }: { verdict: string }) => verdict === 'held');
  expect(held.map(({ check }: { check: string }) => check)).toEqual(
    expect.arrayContaining(['clock-set', 'erase-frees-one-clip']),
  );
  expect(await readdir(card)).toHaveLength(1);
  expect(Math.abs(recorder.clock.nowMs() - Date.now())).toBeLessThan(5_000);
  await recorder.close();
});

test('what is broken is told in words, and is then 1', slow, async () => {
  const recorder = await startSmpTcpRecorder({ folder: card, faults: [smpFaults.lieAboutSize(10)] });
  const { code, stdout } = await conformance(
    ['--driver', 'smp', '--tcp', `127.0.0.1:${recorder.port}`],
    'zh-CN',
  );
  expect(code).toBe(1);
  expect(stdout).toContain('不符合之处：');
  expect(stdout).toMatch(/不符合 +同一文件每次读出的内容一致/u);
  await recorder.close();
});

test('a USB recorder on a socket, and a card', slow, async () => {
  const address = { path: join(folder, 'usb') };
  const plug = await startUsbRedirServer(createMtpSimulator({ folder: card }), address);
  const usb = await conformance(['--driver', 'mtp', '--usb-redir', `unix:${address.path}`]);
  expect([usb.code, usb.stderr]).toEqual([0, '']);
  expect(usb.stdout).toContain('over mtp');
  await plug.unplug();

  const volume = await conformance(['--driver', 'volume', '--port', card]);
  expect([volume.code, volume.stderr]).toEqual([0, '']);
});

test.each([
  [['--driver', 'volume', '--port', 'nowhere'], 3, 'There is no device at'],
  [['--driver', 'mtp', '--port', '9-1'], 3, 'There is no device at 9-1.'],
  [['--driver', 'fax', '--port', '1-1'], 2, 'one of volume, smp, mtp, scsi'],
  [['--driver', 'volume', '--tcp', 'a:1'], 2, 'does not reach'],
  [['--driver', 'smp'], 2, '--port, --tcp and --usb-redir'],
  [['--driver', 'smp', '--tcp', 'nonsense'], 2, '--tcp: host:port'],
  [['--driver', 'smp', '--port', 'x', '--baud', 'fast'], 2, '--baud'],
])('%j is %i', async (words, code, words2) => {
  const ended = await conformance(words);
  expect([ended.code, ended.stdout]).toEqual([code, '']);
  expect(ended.stderr).toContain(words2);
});
