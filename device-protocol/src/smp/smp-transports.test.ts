import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListedClip, Recorder } from '../recorder.ts';
import { type SimulatedRecorderOptions, smpFaults, startSmpTcpRecorder } from '../simulator/index.ts';
import { openSmpTcp } from '../transport/smp-links.ts';
import { createSmpDriver } from './smp-driver.ts';
import type { SmpRecorder } from './smp-recorder.ts';
import { type LaidLine, type LayLine, overTcp, overUsb } from './testing/lines.ts';

const never = new AbortController().signal;
const sizeBytes = 700_001;

let folder: string;
let bytes: Buffer;
let line: LaidLine | undefined;
let recorder: Recorder | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smp-'));
  bytes = randomBytes(sizeBytes);
  await writeFile(join(folder, 'a.mp4'), bytes);
});

afterEach(async () => {
  await recorder?.close();
  await line?.end();
  recorder = undefined;
  line = undefined;
  await rm(folder, { recursive: true });
});

async function dock(lay: LayLine, options: Partial<SimulatedRecorderOptions> = {}): Promise<Recorder> {
  line = await lay({ folder, ...options });
  recorder = await line.dock();
  return recorder;
}

async function onlyClip(from: Recorder): Promise<ListedClip> {
  for await (const listing of from.list(never)) if (listing.type === 'clip') return listing.clip;
  throw new Error('no clip is listed');
}

const lines: [string, LayLine][] = [
  ['TCP', overTcp],
  ['USB at high speed', overUsb(512)],
  ['USB at full speed', overUsb(64)],
];

describe.each(lines)('over %s', (_, lay) => {
  // 248 and 504 bytes of data, with header and keys, end exactly on USB packets of 64 and 512.
  test.each([512, 4096, 65_000])(
    'a clip comes exactly, in packets of %i bytes, from any position',
    async (size) => {
      const docked = await dock(lay, { bufferBytes: size });
      const reader = await docked.open(await onlyClip(docked), never);
      expect(reader.pieceBytes).toBeGreaterThan(64 * 1024);
      for (const from of [0, 1, sizeBytes - 70_000]) {
        const into = Buffer.alloc(100_000);
        const length = await reader.read(into, from, never);
        expect(into.subarray(0, length).equals(bytes.subarray(from, from + 100_000))).toBe(true);
      }
      await reader.assertUnchanged();
      await reader.close();
    },
  );

  test('packets whose length is a multiple of the USB packet are no trouble', async () => {
    const docked = await dock(lay, {
      faults: [
        smpFaults.answerWith({ to: 'echo', times: 9 }, ({ body }) => ({
          r: body.d,
          fill: 'x'.repeat(512 - 8 - 18),
        })),
      ],
    });
    expect(await docked.isPresent()).toBe(true);
    expect(await docked.isPresent()).toBe(true);
  });

  test('unplugged in the middle of a clip, the recorder is gone, and can be docked again', async () => {
    const docked = await dock(lay, { faults: [smpFaults.unplugAt(300_000)] });
    const reader = await docked.open(await onlyClip(docked), never);
    const reading = reader.read(Buffer.alloc(sizeBytes), 0, never);
    await expect(reading).rejects.toMatchObject({ code: 'RECORDER_GONE' });
    expect(await docked.isPresent()).toBe(false);
    await docked.close();
    recorder = await line?.dock();
    expect(await recorder?.isPresent()).toBe(true);
  });

  test('a lost answer is asked for again', async () => {
    const docked = await dock(lay, { faults: [smpFaults.dropAnswer({ to: 'list-clips' })] });
    expect((await onlyClip(docked)).name).toBe('a.mp4');
  });
});

test('many requests wait at once, wherever a read begins', async () => {
  const docked = await dock(overTcp, { bufferBytes: 1024 });
  const reader = await docked.open(await onlyClip(docked), never);
  // One request, to learn how long a piece is.
  await reader.read(Buffer.alloc(1), 0, never);
  const { statistics } = docked as SmpRecorder;
  statistics.mostWaiting = 0;
  await reader.read(Buffer.alloc(50_000), 300_001, never);
  // Eight buffers, one of them for the answer that is written.
  expect(statistics.mostWaiting).toBe(7);
});

describe('a stranger on the socket', () => {
  let server: Server;
  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  async function openAgainst(answer: Buffer): Promise<unknown> {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      socket.write(answer);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const driver = createSmpDriver({
      timeoutMs: 200,
      attempts: 1,
      openLink: (_, signal) => openSmpTcp({ host: '127.0.0.1', port }, signal),
    });
    const target = { type: 'serial', devicePath: 'none', baudRate: 0 } as const;
    return driver.open({ portPath: '1-1', instance: 'a', target }, never).catch((error: unknown) => error);
  }

  test('who speaks something else breaks the protocol', async () => {
    const error = await openAgainst(Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(error).toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('who promises a packet and sends none is silent', async () => {
    expect(await openAgainst(Buffer.from('0b00ffff00000000', 'hex'))).toMatchObject({
      code: 'RECORDER_SILENT',
    });
  });

  test('who sends packets nobody asked for changes nothing', async () => {
    const error = await openAgainst(Buffer.from('0b00000100000004a0'.repeat(100), 'hex'));
    expect(error).toMatchObject({ code: 'RECORDER_SILENT' });
  });
});

test('a simulator that is sent something else cuts the connection and listens on', async () => {
  const simulator = await startSmpTcpRecorder({ folder });
  const socket = connect(simulator);
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
  const again = await openSmpTcp(simulator, never);
  await again.close();
  await simulator.close();
});
