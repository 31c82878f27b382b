import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListedClip } from '../recorder.ts';
import {
  createMtpSimulator,
  type MtpBehaviour,
  type MtpSimulatorOptions,
  mtpFaults,
} from '../simulator/mtp/index.ts';
import { connectInProcess } from '../simulator/usb/in-process.ts';
import { events, responses } from './codes.ts';
import { encodeData } from './container.ts';
import { objectHandles, objectInfo } from './datasets.ts';
import { createMtpDriver } from './mtp-driver.ts';
import {
  attachmentOf,
  clipsOf,
  type Docked,
  dock as dockWith,
  listAll,
  never,
  onlyClip,
  pullOf,
  quickly,
} from './testing/docked.ts';

const sizeBytes = 2_500_000;
const bytes = randomBytes(sizeBytes);

let folder: string;
let docked: Docked | null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mtp-'));
  await writeFile(join(folder, 'a.mp4'), bytes);
  docked = null;
});

afterEach(async () => {
  await docked?.recorder.close();
  await rm(folder, { recursive: true });
});

async function dock(faults: readonly MtpBehaviour[], options: MtpSimulatorOptions = {}): Promise<Docked> {
  docked = await dockWith({ folder, faults, ...options });
  return docked;
}

async function pulled(own: Docked): Promise<boolean> {
  return (await pullOf(own, await onlyClip(own))).equals(bytes);
}

const partial = 'GetPartialObject';
const once = { to: partial, skip: 1 };

describe('a disturbed wire: the clip still comes exactly', () => {
  test.each<[string, MtpBehaviour]>([
    ['the header comes apart, and no empty packets', mtpFaults.oddTransfers()],
    ['the pipe stalls at the begin of the data', mtpFaults.stallAfter(once, 0)],
    ['the pipe stalls in the middle of the data', mtpFaults.stallAfter(once, 300_000)],
    ['the pipe stalls within a packet', mtpFaults.stallAfter(once, 300_001)],
    ['the answer is lost', mtpFaults.dropAnswer(once)],
    ['the response is lost', mtpFaults.deliver(once, { isResponseDropped: true })],
    ['the answer names another transaction', mtpFaults.deliver(once, { transactionShift: 1 })],
    ['the answer is of an earlier transaction', mtpFaults.deliver(once, { transactionShift: -1 })],
    ['the data comes as an event', mtpFaults.deliver(once, { dataType: 4 })],
    ['the data is of a type there is not', mtpFaults.deliver(once, { dataType: 9 })],
    ['the response is of a type there is not', mtpFaults.deliver(once, { responseType: 0 })],
    ['the data claims no length', mtpFaults.deliver(once, { claimedLengthBytes: 0 })],
    ['the data claims to be longer than it is', mtpFaults.deliver(once, { claimedLengthBytes: 2_000_000 })],
    [
      'the length is left open',
      mtpFaults.deliver(mtpFaults.always(partial), { claimedLengthBytes: 0xffff_ffff }),
    ],
    ['the recorder is busy', mtpFaults.refuse({ ...once, times: 2 }, responses.deviceBusy)],
    ['the recorder has lost the session', mtpFaults.refuse(once, responses.sessionNotOpen)],
    ['pieces are short', mtpFaults.shortRead({ ...once, times: 8 }, 1000)],
    ['one piece is very short', mtpFaults.shortRead(once, 1)],
    ['the answer comes late', mtpFaults.delayAnswer(once, 100)],
    ['the answer comes when nobody waits any more', mtpFaults.delayAnswer(once, 1200)],
  ])('%s', async (_, fault) => {
    expect(await pulled(await dock([fault]))).toBe(true);
  });

  test.each<[string, MtpBehaviour]>([
    ['the pipe stalls in the middle of the data', mtpFaults.stallAfter(once, 300_000)],
    ['the answer is lost', mtpFaults.dropAnswer(once)],
    ['the answer comes when nobody waits any more', mtpFaults.delayAnswer(once, 1200)],
  ])('%s, and the recorder knows no class requests', async (_, fault) => {
    expect(await pulled(await dock([fault], { stallsClassRequests: true }))).toBe(true);
  });

  test.each<[string, MtpBehaviour]>([
    ['the header comes apart, and no empty packets', mtpFaults.oddTransfers()],
    ['the pipe stalls in the middle of the data', mtpFaults.stallAfter({ to: 'GetObject' }, 300_000)],
    ['the length is left open', mtpFaults.deliver({ to: 'GetObject' }, { claimedLengthBytes: 0xffff_ffff })],
  ])('%s, without partial reads', async (what, fault) => {
    const own = await dock([fault], { without: [partial, 'GetPartialObject64'] });
    const clip = await onlyClip(own);
    if (what.includes('stalls')) {
      await expect(pullOf(own, clip)).rejects.toMatchObject({ code: expect.stringMatching(/./) });
    }
    expect((await pullOf(own, clip)).equals(bytes)).toBe(true);
  });
});

test('one damaged byte is not noticed here: MTP has no check; the gateway compares what it read twice', async () => {
  const own = await dock([mtpFaults.corruptByte({ to: partial }, 700)]);
  const got = await pullOf(own, await onlyClip(own));
  expect(got[700]).toBe((bytes[700] ?? 0) ^ 1);
});

describe('a bad card or a pulled plug', () => {
  test('a place that cannot be read is told with its position, and the recorder is still there', async () => {
    const own = await dock([mtpFaults.readErrorAt(1_200_000)]);
    const failed = await pulled(own).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'CLIP_READ_FAILED', clipName: 'a.mp4', positionBytes: 1_048_576 });
    expect(await own.recorder.isPresent()).toBe(true);
  });

  test('a place where the pipe always stalls, too', async () => {
    const own = await dock([mtpFaults.stallAfter(mtpFaults.always(partial), 1000)]);
    await expect(pulled(own)).rejects.toMatchObject({ code: 'CLIP_READ_FAILED', positionBytes: 0 });
    expect(await own.recorder.isPresent()).toBe(true);
  });

  test.each([0, 1, 511, 512, 1_048_575, 1_048_576, 2_499_999])(
    'unplugged at byte %i',
    async (positionBytes) => {
      const own = await dock([mtpFaults.unplugAt(positionBytes)]);
      const clip = await onlyClip(own);
      const reader = await own.recorder.open(clip, never);
      const pull = reader.read(Buffer.alloc(sizeBytes), 0, never);
      await expect(pull).rejects.toMatchObject({ code: 'RECORDER_GONE' });
      await expect(reader.assertUnchanged()).rejects.toMatchObject({ code: 'RECORDER_GONE' });
      await expect(listAll(own)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
      expect(await own.recorder.isPresent()).toBe(false);
      await reader.close();
    },
  );

  test('unplugged in a download as a whole', async () => {
    const own = await dock([mtpFaults.unplugAt(1_200_000)], { without: [partial, 'GetPartialObject64'] });
    await expect(pulled(own)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  });

  test('a recorder that stops answering is silent, after a reset was tried', async () => {
    const silence: MtpBehaviour = async (command, answer) => {
      const answered = await answer();
      const isOver = isSilent || command.operation.name === partial;
      isSilent = isOver;
      return isOver ? { ...answered, delivery: { ...answered.delivery, isDropped: true } } : answered;
    };
    let isSilent = false;
    const own = await dock([silence]);
    await expect(pulled(own)).rejects.toMatchObject({ code: 'RECORDER_SILENT' });
    expect(await own.recorder.isPresent()).toBe(false);
  });

  test('a slow card is no silent one', async () => {
    const own = await dock([mtpFaults.slow(5_000_000)]);
    expect(await pulled(own)).toBe(true);
  });
});

describe('an abort', () => {
  test.each<[string, MtpSimulatorOptions]>([
    ['in the middle of a slow piece', { faults: [mtpFaults.slow(200_000)] }],
    ['while nothing comes', { faults: [mtpFaults.dropAnswer({ to: partial })] }],
    [
      'where the recorder knows no cancelling',
      { faults: [mtpFaults.dropAnswer({ to: partial })], stallsClassRequests: true },
    ],
  ])('%s cancels the transaction, and the session goes on', async (_, options) => {
    const own = await dock([], options);
    const clip = await onlyClip(own);
    const reader = await own.recorder.open(clip, never);
    const abort = new AbortController();
    const read = reader.read(Buffer.alloc(sizeBytes), 0, abort.signal);
    setTimeout(() => abort.abort(new Error('the operator')), 50);
    await expect(read).rejects.toThrow('the operator');
    const into = Buffer.alloc(1000);
    expect(await reader.read(into, 5000, never)).toBe(1000);
    expect(into.equals(bytes.subarray(5000, 6000))).toBe(true);
    expect(own.recorder.statistics).toMatchObject({ cancelled: 1, restarted: 0 });
  });

  test('before anything is asked sends nothing', async () => {
    const own = await dock([]);
    const reader = await own.recorder.open(await onlyClip(own), never);
    const asked = own.simulator.commands.length;
    await expect(reader.read(Buffer.alloc(10), 0, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
    expect(own.simulator.commands.length).toBe(asked);
  });

  test('of a download as a whole is made by any other question, and the download goes on after it', async () => {
    const own = await dock([], { without: [partial, 'GetPartialObject64'] });
    const clip = await onlyClip(own);
    const reader = await own.recorder.open(clip, never);
    const into = Buffer.alloc(sizeBytes);
    expect(await reader.read(into.subarray(0, 700_000), 0, never)).toBe(700_000);
    expect(await own.recorder.readStatus(never)).toMatchObject({ batteryPercent: 80 });
    expect(await reader.read(into.subarray(700_000), 700_000, never)).toBe(sizeBytes - 700_000);
    expect(into.equals(bytes)).toBe(true);
    await reader.close();
  });
});

describe('what an earlier host left behind', () => {
  test.each<[string, MtpSimulatorOptions]>([
    ['half a piece', { leftover: bytes.subarray(0, 700_000) }],
    ['an answer to another transaction', { leftover: encodeData(0x101b, 99, bytes.subarray(0, 500)) }],
    ['an open session', { openSession: 7 }],
  ])('%s is put aside', async (_, options) => {
    expect(await pulled(await dock([], options))).toBe(true);
  });

  test('a flood that does not end is stopped by a reset', async () => {
    const leftover = new Uint8Array(20 * 1024 * 1024);
    expect(await pulled(await dock([], { leftover }))).toBe(true);
  });
});

describe('habits of recorders in the field', () => {
  test('DeviceInfo only inside a session (umtp-responder)', async () => {
    let isOpen = false;
    const strict: MtpBehaviour = async ({ operation }, answer) => {
      if (operation.name === 'OpenSession') isOpen = true;
      const answered = await answer();
      return operation.name === 'GetDeviceInfo' && !isOpen
        ? { ...answered, data: null, response: 0x2003 }
        : answered;
    };
    expect(await pulled(await dock([strict]))).toBe(true);
  });

  test('hanging after a question about all storages at once (umtp-responder)', async () => {
    expect(await pulled(await dock([mtpFaults.hangsAfterAllStorages()]))).toBe(true);
  });

  test('sizes without their upper half (umtp-responder): a property tells the whole of it', async () => {
    const clips = [{ path: 'long.mp4', sizeBytes: 5 * 2 ** 30 }];
    for (const without of [[], ['GetObjectPropValue']]) {
      const own = await dockWith({ clips, truncatesSizes: true, without });
      expect((await onlyClip(own)).sizeBytes).toBe(5 * 2 ** 30);
      await own.recorder.close();
    }
  });

  test('sizes without their upper half and no property: the clip is not taken for whole', async () => {
    const clips = [{ path: 'long.mp4', sizeBytes: 2 ** 32 + 1000 }];
    const without = ['GetObjectPropValue', 'GetObjPropList'];
    for (const more of [[], ['GetPartialObject', 'GetPartialObject64']]) {
      const own = await dockWith({ clips, truncatesSizes: true, without: [...without, ...more] });
      const clip = await onlyClip(own);
      expect(clip.sizeBytes).toBe(1000);
      await expect(pullOf(own, clip)).rejects.toMatchObject({ code: 'CLIP_CHANGED' });
      await own.recorder.close();
    }
  });

  test('a clip whose size is told in 32 bits only, and is right, is taken', async () => {
    const own = await dock([], { without: ['GetObjectPropValue', 'GetObjPropList'] });
    expect(await pulled(own)).toBe(true);
  });

  test.each([
    ['folders cannot be listed', mtpFaults.listsOnlyWholeStorages()],
    ['every folder shows everything', mtpFaults.ignoresFolders()],
  ])('%s', async (_, fault) => {
    const clips = ['x/y/1.mp4', 'x/2.mp4', '3.mp4'].map((path) => ({ path, sizeBytes: 5 }));
    const own = await dock([fault], { clips });
    const paths = (await clipsOf(own)).map(({ pathBytes }) => Buffer.from(pathBytes).toString());
    expect(paths).toEqual(['3.mp4', 'a.mp4', 'x/2.mp4', 'x/y/1.mp4']);
  });
});

describe('events', () => {
  test('a clip that is added while the card is listed is in the listing', async () => {
    let isAdded = false;
    const late: MtpBehaviour = async ({ operation }, answer, plug) => {
      const answered = await answer();
      if (operation.name !== 'GetObjectInfo' || isAdded) return answered;
      isAdded = true;
      await writeFile(join(folder, 'b.mp4'), 'late');
      plug.emit(events.objectAdded, 2);
      return answered;
    };
    const own = await dock([late]);
    expect((await clipsOf(own)).map(({ name }) => name)).toEqual(['a.mp4', 'b.mp4']);
  });

  test('a card that never rests is listed all the same', async () => {
    const own = await dock([mtpFaults.announce(mtpFaults.always('GetObjectInfo'), events.objectAdded, 5)]);
    expect(await clipsOf(own)).toHaveLength(1);
  });

  test('a card that is taken out ends the reading of its clips', async () => {
    const own = await dock([mtpFaults.announce({ to: partial }, events.storeRemoved, 0x0001_0001)]);
    await expect(pulled(own)).rejects.toMatchObject({ code: 'CLIP_READ_FAILED', clipName: 'a.mp4' });
    expect(await own.recorder.isPresent()).toBe(true);
  });

  test('a recorder that resets itself is gone', async () => {
    const own = await dock([mtpFaults.announce({ to: partial }, events.deviceReset)]);
    await expect(pulled(own)).rejects.toMatchObject({ code: 'RECORDER_GONE' });
  });
});

describe('a recorder that lies', () => {
  const changeInfo = (change: (info: ReturnType<typeof objectInfo.decode>) => object): MtpBehaviour =>
    mtpFaults.alterDataset(mtpFaults.always('GetObjectInfo'), (dataset) => {
      const info = objectInfo.decode(dataset);
      return objectInfo.encode({ ...info, ...change(info) });
    });

  test.each([1, 1000, 2 ** 31])('about a size by %i bytes', async (extraBytes) => {
    const own = await dock([changeInfo((info) => ({ sizeBytes: info.sizeBytes + extraBytes }))]);
    const clip = await onlyClip(own);
    const reader = await own.recorder.open(clip, never);
    const into = Buffer.alloc(Math.min(clip.sizeBytes, 4_000_000));
    await expect(reader.read(into, 0, never)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:PROTOCOL_VIOLATION|CLIP_READ_FAILED)$/u),
    });
  });

  test('by sending more than was asked for', async () => {
    const own = await dock([
      mtpFaults.answerWith({ to: partial, times: 9 }, () => new Uint8Array(2_000_000)),
    ]);
    await expect(pulled(own)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
    expect(await own.recorder.isPresent()).toBe(true);
  });

  test('by serving a byte at a time', async () => {
    const own = await dock([mtpFaults.shortRead(mtpFaults.always(partial), 1)]);
    await expect(pulled(own)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('by serving nothing', async () => {
    const own = await dock([mtpFaults.shortRead(mtpFaults.always(partial), 0)]);
    await expect(pulled(own)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('with folders that lie in each other', async () => {
    const clips = [{ path: 'x/y/1.mp4', sizeBytes: 5 }];
    const ring = changeInfo(({ fileName }) => (fileName === 'x' ? { parent: 3 } : {}));
    const listings = await listAll(await dock([ring], { clips }));
    expect(listings).toContainEqual({
      type: 'refused',
      entry: expect.objectContaining({ reason: 'folder-too-deep' }),
    });
  });

  test('with handles that never end', async () => {
    const endless = Array.from({ length: 100_001 }, (_, index) => index + 1);
    const many = mtpFaults.answerWith(mtpFaults.always('GetObjectHandles'), () => {
      const counted = Buffer.from(objectHandles.encode({ handles: [] }));
      counted.writeUInt32LE(endless.length, 0);
      return counted;
    });
    await expect(listAll(await dock([many]))).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test.each(['GetDeviceInfo', 'GetDevicePropDesc'])('with a %s that is cut off', async (to) => {
    const faults = [mtpFaults.truncateDataset(mtpFaults.always(to), 9)];
    const { device, openUsb } = connectInProcess(createMtpSimulator({ folder, faults }));
    const opening = createMtpDriver({ openUsb, ...quickly }).open(attachmentOf(device), never);
    await expect(opening).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test.each([0, 1, 51, 52, 53, 60])(
    'with an ObjectInfo of %i bytes: the entry is shown',
    async (lengthBytes) => {
      const own = await dock([mtpFaults.truncateDataset(mtpFaults.always('GetObjectInfo'), lengthBytes)]);
      expect(await listAll(own)).toMatchObject([
        { type: 'refused', entry: { name: '#00000001', reason: 'entry-unreadable' } },
      ]);
    },
  );

  test('with a clock that shows no time', async () => {
    const text = Buffer.from('yesterday\0', 'utf16le');
    const shows = Buffer.concat([Uint8Array.of(10), text]);
    const own = await dock([mtpFaults.answerWith({ to: 'GetDevicePropValue' }, () => shows)]);
    await expect(own.recorder.readClock(1, never)).rejects.toMatchObject({ code: 'PROTOCOL_VIOLATION' });
  });

  test('by keeping a clip it says it deleted', async () => {
    const own = await dock([mtpFaults.refuse({ to: 'DeleteObject' }, responses.ok)]);
    const clip = await onlyClip(own);
    const proof = { sizeBytes, sha256: createHash('sha256').update(bytes).digest('hex') };
    await expect(own.recorder.erase(clip, proof, never)).rejects.toMatchObject({ code: 'ERASE_REFUSED' });
    expect(await readdir(folder)).toEqual(['a.mp4']);
  });

  test('a write-protected clip is not erased', async () => {
    const own = await dock([mtpFaults.refuse({ to: 'DeleteObject' }, responses.objectWriteProtected)]);
    const proof = { sizeBytes, sha256: '' };
    const erasing = own.recorder.erase(await onlyClip(own), proof, never);
    await expect(erasing).rejects.toMatchObject({ code: 'ERASE_REFUSED' });
  });

  test('an erase whose answer is lost is not sent twice', async () => {
    const own = await dock([mtpFaults.dropAnswer({ to: 'DeleteObject' })]);
    const clip = await onlyClip(own);
    const proof = { sizeBytes, sha256: '' };
    await expect(own.recorder.erase(clip, proof, never)).rejects.toMatchObject({ code: 'RECORDER_SILENT' });
    const deletes = own.simulator.commands.filter(({ operation }) => operation.name === 'DeleteObject');
    expect(deletes).toHaveLength(1);
    await expect(own.recorder.erase(clip, proof, never)).rejects.toMatchObject({ code: 'CLIP_MISSING' });
  });
});

describe('strange names', () => {
  const named = async (shownAs: string): Promise<[ListedClip, Docked]> => {
    const own = await dock([], { aliases: [{ path: 'a.mp4', shownAs }] });
    return [await onlyClip(own), own];
  };

  test.each([
    ['执法记录.mp4', '执法记录.mp4', null],
    ['../../etc/passwd', '../../etc/passwd', 'unsafe-name'],
    ['..', '..', 'unsafe-name'],
    ['a\u202egpj.mp4', 'a\\u{202e}gpj.mp4', 'unsafe-name'],
    ['a\u0007.mp4', 'a\\u{7}.mp4', 'unsafe-name'],
    ['\ud800.mp4', '\\u{fffd}.mp4', 'unsafe-name'],
    ['', '#00000001', null],
    ['é.mp4', 'é.mp4', null],
  ])('%j', async (shownAs, name, concern) => {
    const [clip, own] = await named(shownAs);
    expect(clip).toMatchObject({ name, concern, nameEncoding: 'utf-8' });
    expect((await pullOf(own, clip)).equals(bytes)).toBe(true);
  });

  test('GBK stuffed into the characters of MTP byte by byte is read as GBK', async () => {
    const gbk = Buffer.from('d6b4b7a82e6d7034', 'hex');
    const [clip, own] = await named(gbk.toString('latin1'));
    expect(clip).toMatchObject({ name: '执法.mp4', nameEncoding: 'gbk', concern: null });
    expect(Buffer.from(clip.pathBytes).equals(gbk)).toBe(true);
    expect((await pullOf(own, clip)).equals(bytes)).toBe(true);
  });

  test('the same name several times in one folder: each is a clip of its own', async () => {
    await writeFile(join(folder, 'b.mp4'), 'bb');
    await writeFile(join(folder, 'c.mp4'), 'c');
    const aliases = ['a.mp4', 'b.mp4', 'c.mp4'].map((path) => ({ path, shownAs: 'same.mp4' }));
    const own = await dock([], { aliases });
    const clips = await clipsOf(own);
    expect(new Set(clips.map(({ name }) => name))).toEqual(new Set(['same.mp4', 'same.mp4~2', 'same.mp4~3']));
    expect(clips.map(({ kind }) => kind)).toEqual(['video', 'video', 'video']);
    for (const clip of clips) expect(await pullOf(own, clip)).toHaveLength(clip.sizeBytes);
  });
});
