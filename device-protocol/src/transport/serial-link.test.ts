import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPty, type Pty } from '../simulator/smp/pty.ts';
import { openSerialLink } from './serial-link.ts';

const never = new AbortController().signal;
let place: string;
let pty: Pty;
let target: { devicePath: string; baudRate: number };

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'link-'));
  pty = await openPty(join(place, 'port'));
  target = { devicePath: pty.path, baudRate: 115200 };
});

afterEach(async () => {
  await pty.unplug();
  await rm(place, { recursive: true });
});

test('all byte values pass both ways', async () => {
  const link = await openSerialLink(target, never);
  const all = Uint8Array.from({ length: 256 }, (_, value) => value);
  pty.fromDock.on('data', (chunk) => pty.toDock.write(chunk));
  await link.write(all);
  const received: Uint8Array[] = [];
  for await (const chunk of link.input) {
    received.push(chunk);
    if (Buffer.concat(received).length === all.length) break;
  }
  expect(Uint8Array.from(Buffer.concat(received))).toEqual(all);
  await link.close();
});

test('a port that is not there is a recorder that is gone', async () => {
  const opening = openSerialLink({ ...target, devicePath: join(place, 'none') }, never);
  await expect(opening).rejects.toMatchObject({ code: 'RECORDER_GONE' });
});

test('a port held by another is silent, not gone', async () => {
  const link = await openSerialLink(target, never);
  await expect(openSerialLink(target, never)).rejects.toMatchObject({ code: 'RECORDER_SILENT' });
  await link.close();
  await (await openSerialLink(target, never)).close();
});

test('a pulled plug ends reading and writing with RECORDER_GONE', async () => {
  const link = await openSerialLink(target, never);
  const reading = expect(link.input[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'RECORDER_GONE',
  });
  await pty.unplug();
  await reading;
  await expect(link.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  await link.close();
  await link.close();
});

test('a plug pulled before anything was read is noticed by the read that comes after', async () => {
  const link = await openSerialLink(target, never);
  await pty.unplug();
  await expect(link.input[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  await link.close();
});

test('closing ends the input without an error', async () => {
  const link = await openSerialLink(target, never);
  const reading = link.input[Symbol.asyncIterator]().next();
  await link.close();
  expect(await reading).toEqual({ value: undefined, done: true });
});

test('an aborted signal opens nothing', async () => {
  await expect(openSerialLink(target, AbortSignal.abort('enough'))).rejects.toBe('enough');
  await (await openSerialLink(target, never)).close();
});
