import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AttachmentEvent } from '../attachment.ts';
import { startSmpRecorder } from '../simulator/index.ts';
import { serialAttachments } from './serial-attachments.ts';

let place: string;
let stop: AbortController;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'serial-'));
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await rm(place, { recursive: true });
});

function watch(folder: string): AsyncIterator<AttachmentEvent> {
  const ports = [{ devicePath: join(folder, 'port'), baudRate: 115200, portPath: '1-1' }];
  return serialAttachments({ ports, reconcileMs: 50 }).watch(stop.signal)[Symbol.asyncIterator]();
}

async function next(events: AsyncIterator<AttachmentEvent>): Promise<AttachmentEvent> {
  const { value, done } = await events.next();
  if (done === true) throw new Error('the watch ended');
  return value;
}

function instanceOf(event: AttachmentEvent): string {
  if (event.type !== 'attached') throw new Error(`${event.type} where an attachment is due`);
  return event.attachment.instance;
}

test('a recorder that is there, goes, and comes again', async () => {
  const options = { folder: place, link: join(place, 'port') };
  const first = await startSmpRecorder(options);
  const events = watch(place);
  const attached = await next(events);
  expect(attached).toMatchObject({
    type: 'attached',
    attachment: { portPath: '1-1', target: { type: 'serial', devicePath: options.link, baudRate: 115200 } },
  });
  await first.close();
  expect(await next(events)).toEqual({ type: 'detached', portPath: '1-1', instance: instanceOf(attached) });
  const second = await startSmpRecorder(options);
  expect(instanceOf(await next(events))).not.toBe(instanceOf(attached));
  await second.close();
});

test('a recorder put in the place of another is a new instance', async () => {
  const events = watch(place);
  const link = join(place, 'port');
  const first = await startSmpRecorder({ folder: place, link });
  const attached = await next(events);
  const second = await startSmpRecorder({ folder: place, link: join(place, 'other') });
  await rename(second.path, link);
  expect(await next(events)).toMatchObject({ type: 'detached', instance: instanceOf(attached) });
  expect(instanceOf(await next(events))).not.toBe(instanceOf(attached));
  await first.close();
  await second.close();
});

test('a folder that is made later, and a file that is no terminal', async () => {
  const folder = join(place, 'later');
  const events = watch(folder);
  const attached = next(events);
  await mkdir(folder);
  await writeFile(join(folder, 'port'), 'no terminal');
  await rm(join(folder, 'port'));
  const recorder = await startSmpRecorder({ folder: place, link: join(folder, 'port') });
  expect((await attached).type).toBe('attached');
  await recorder.close();
});

test('the watch ends with its signal', async () => {
  const events = watch(place);
  const ended = events.next();
  stop.abort();
  expect(await ended).toEqual({ value: undefined, done: true });
});
