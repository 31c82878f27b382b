import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AttachmentEvent } from '../attachment.ts';
import { watchVolumes } from './volume-watch.ts';

/** A folder of slots under watch; `next` waits for the next event. */
async function watchSlots(reconcileIntervalMs = 20) {
  const directory = await mkdtemp(join(tmpdir(), 'docket-slots-'));
  const stop = new AbortController();
  const events = watchVolumes({ directory, reconcileIntervalMs }).watch(stop.signal)[Symbol.asyncIterator]();
  onTestFinished(async () => {
    stop.abort();
    await events.return?.();
    await rm(directory, { recursive: true, force: true });
  });
  const next = async (): Promise<AttachmentEvent> => {
    const result = await events.next();
    if (result.done === true) throw new Error('the watch ended');
    return result.value;
  };
  const dock = async (slot: string) => {
    await mkdir(join(directory, slot), { recursive: true });
    await writeFile(join(directory, slot, 'a.mp4'), slot);
  };
  return { directory, stop, events, next, dock };
}

const told = (event: AttachmentEvent) =>
  `${event.type} ${event.type === 'attached' ? event.attachment.portPath : event.portPath}`;

describe('the watch over slots', () => {
  test('tells what is there already, then what comes and what goes', async () => {
    const { directory, next, dock } = await watchSlots();
    await dock('1-1.2');
    const first = await next();
    expect(first).toMatchObject({
      type: 'attached',
      attachment: { portPath: '1-1.2', target: { type: 'volume', directory: join(directory, '1-1.2') } },
    });
    const second = next();
    await dock('1-1.3');
    expect(told(await second)).toBe('attached 1-1.3');
    const third = next();
    await rm(join(directory, '1-1.2'), { recursive: true });
    expect(await third).toEqual({
      type: 'detached',
      portPath: '1-1.2',
      instance: first.type === 'attached' ? first.attachment.instance : '',
    });
  });

  test('takes an empty folder for a mount point that waits, until something lies in it', async () => {
    const { directory, next, dock } = await watchSlots();
    await mkdir(join(directory, '1-1'));
    await dock('1-2');
    expect(told(await next())).toBe('attached 1-2');
    const second = next();
    await dock('1-1');
    expect(told(await second)).toBe('attached 1-1');
    const third = next();
    await rm(join(directory, '1-1', 'a.mp4'));
    expect(told(await third)).toBe('detached 1-1');
  });

  test('tells another volume under the same name as one that left and one that came', async () => {
    const { directory, next, dock } = await watchSlots();
    await dock('1-1');
    const first = await next();
    await dock('other/1-1');
    const second = next();
    await rename(join(directory, '1-1'), join(directory, 'other', 'old'));
    await rename(join(directory, 'other', '1-1'), join(directory, '1-1'));
    const events = [await second, await next(), await next()];
    expect(events.map(told).filter((event) => event.endsWith(' 1-1'))).toEqual([
      'detached 1-1',
      'attached 1-1',
    ]);
    const again = events.find((event) => event.type === 'attached' && event.attachment.portPath === '1-1');
    expect(again?.type === 'attached' && first.type === 'attached').toBe(true);
    expect(again).not.toEqual(first);
  });

  test('takes no link, no file and no strange name for a slot', async () => {
    const { directory, next, dock } = await watchSlots();
    await symlink('/etc', join(directory, '1-1'));
    await writeFile(join(directory, '1-2'), 'a file');
    await dock('.hidden');
    await dock('two words');
    await dock('-rf');
    await dock('z-last');
    expect(told(await next())).toBe('attached z-last');
  });

  test('ends when it is told to, also while it waits', async () => {
    const { stop, events, next, dock } = await watchSlots(3_600_000);
    await dock('1-1');
    await next();
    const waiting = events.next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
