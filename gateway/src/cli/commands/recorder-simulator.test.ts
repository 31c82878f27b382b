import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Attachment, ListedClip, Recorder } from '@docket/device-protocol';
import { openUsbRedir } from '@docket/device-protocol/simulator';
import { isolatedDriver, volumeDriver } from '@docket/device-protocol/transport';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runDocket, startDocket } from '../testing/run-docket.ts';

const never = new AbortController().signal;
const english = { DOCKET_LANG: 'en' };
/** Programs are started, which takes its time on a busy machine. */
const slow = { timeout: 120_000 };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulator-'));
});

afterEach(() => rm(folder, { recursive: true }));

/**
 * Runs the simulator while `use` lasts; resolves with its exit code. It is told to stop, unless its recorder unplugs itself
 * and it ends of its own accord: a signal that comes while a process is on its way out kills it.
 */
async function whileSimulated(
  words: readonly string[],
  use: (place: string) => Promise<void>,
  end: 'told' | 'by-itself' = 'told',
) {
  const child = startDocket(['recorder-simulator', ...words], english, folder);
  const closed = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
    const place = / is at (\S+)\. Ctrl\+C/u.exec(line)?.[1];
    if (place === undefined) continue;
    let isUsed = false;
    try {
      await use(place);
      isUsed = true;
    } finally {
      if (end === 'told' || !isUsed) child.kill('SIGTERM');
    }
  }
  return (await closed)[0];
}

async function clipsOf(recorder: Recorder): Promise<ListedClip[]> {
  const clips: ListedClip[] = [];
  for await (const listing of recorder.list(never)) if (listing.type === 'clip') clips.push(listing.clip);
  return clips;
}

test('SMP over TCP: clips made for it, a clock that is wrong and then steps', slow, async () => {
  const words = [
    'smp',
    '--tcp',
    '127.0.0.1:0',
    '--clips',
    '5',
    '--clock-offset',
    '90',
    '--serial-number',
    'DEMO-9',
  ];
  const code = await whileSimulated([...words, '--clock-step=-3600@0'], async (place) => {
    const [host = '', port] = place.split(':');
    const driver = isolatedDriver({ choice: { driver: 'smp', tcp: { host, port: Number(port) } } });
    const target = { type: 'serial', devicePath: place, baudRate: 0 } as const;
    const recorder = await driver.open({ portPath: 'tcp', instance: 'a', target }, never);
    expect(await recorder.identify(never)).toMatchObject({ serialNumber: 'DEMO-9', officerNumber: '000001' });
    expect(await clipsOf(recorder)).toHaveLength(5);
    const [reading] = await recorder.readClock(1, never);
    const offsetMs = (reading?.deviceMs ?? 0) - Date.now();
    expect(offsetMs).toBeLessThan(-3_400_000);
    expect(offsetMs).toBeGreaterThan(-3_600_000);
    await recorder.close();
  });
  expect(code).toBe(0);
});

test('MTP as a USB device on a socket, unplugged at a byte', slow, async () => {
  const words = [
    'mtp',
    '--usb-redir',
    'unix:./usb',
    '--listen',
    '--clip-bytes',
    '300000',
    '--fault',
    'unplug=200000',
  ];
  const code = await whileSimulated(
    words,
    async (place) => {
      const path = place.slice('unix:'.length);
      const looked = await openUsbRedir({ path }, { signal: never });
      looked.unplug();
      const { device } = looked;
      const target = { type: 'usb', device, driver: 'mtp', interfaceNumber: 0, model: 'simulated' } as const;
      const attachment: Attachment = { portPath: device.portPath, instance: 'a', target };
      const driver = isolatedDriver({ choice: { driver: 'mtp', usb: { via: 'usb-redir', path } } });
      const recorder = await driver.open(attachment, never);
      const [clip] = await clipsOf(recorder);
      if (clip === undefined) throw new Error('there is no clip');
      const reader = await recorder.open(clip, never);
      await expect(reader.read(new Uint8Array(300_000), 0, never)).rejects.toMatchObject({
        code: 'RECORDER_GONE',
      });
      await recorder.close();
    },
    'by-itself',
  );
  expect(code).toBe(0);
});

test('a volume records on: names of a habit, in GBK where told, and as an image', slow, async () => {
  const words = ['recorder-simulator', 'volume', '--folder', 'card', '--clips', '4', '--clip-bytes', '3000'];
  expect((await runDocket([...words, '--gbk-names'], english, folder)).code).toBe(0);
  const more = await runDocket([...words, '--image', 'card.img'], english, folder);
  expect([more.code, more.stderr]).toEqual([0, '']);
  expect(more.stdout).toContain('with 8 clips');
  expect((await stat(join(folder, 'card.img'))).size).toBe(256 * 1024 * 1024);
  const { stdout } = await promisify(execFile)('mdir', [
    '-/',
    '-b',
    '-i',
    join(folder, 'card.img'),
    '::/DCIM',
  ]);
  expect(stdout.match(/mp4/giu)).toHaveLength(8);

  const target = { type: 'volume', directory: join(folder, 'card') } as const;
  const recorder = await volumeDriver.open({ portPath: '1-1', instance: 'a', target }, never);
  expect(await recorder.identify(never)).toMatchObject({ serialNumber: 'SIM0001', officerNumber: '000001' });
  const clips = await clipsOf(recorder);
  expect(clips.filter(({ nameEncoding }) => nameEncoding === 'gbk')).toHaveLength(2);
  expect(clips.filter(({ marked }) => marked)).toHaveLength(2);
  expect(clips.every(({ sizeBytes }) => sizeBytes === 3000)).toBe(true);
});

test.each([
  [['smp'], '--pty, --tcp, --usb-redir'],
  [['smp', '--tcp', 'a:1', '--pty', 'p'], '--pty, --tcp, --usb-redir'],
  [['mtp', '--usb-redir', 'nonsense'], 'unix:/path or tcp:host:port'],
  [['mtp', '--usb-redir', 'unix:u', '--fault', 'chatter=x'], 'slow=<bytes-per-second>'],
  [['scsi', '--usb-redir', 'unix:u', '--fault', 'delay=soon'], 'delay=<milliseconds>'],
  [['smp', '--tcp', '127.0.0.1:0', '--clock-step', 'soon'], '3600@20'],
  [['volume', '--naming', 'fancy'], 'dcam'],
  [['volume', '--serial-number', '../../etc'], 'letters, digits and dashes'],
])('%j is wrong usage', slow, async (words, told) => {
  const { code, stderr } = await runDocket(['recorder-simulator', ...words], english, folder);
  expect(code).toBe(2);
  expect(stderr).toContain(told);
  expect(await readdir(folder)).toEqual([]);
});
