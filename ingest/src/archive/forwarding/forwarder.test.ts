import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isIngestError } from '../../errors.ts';
import { filesBelow, sha256 } from '../../testing/sound-store.ts';
import { TestDock } from '../../testing/test-dock.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit, ArchiveTarget, Deposited, Holding } from '../archive-target.ts';
import { Probes } from '../probes.ts';
import { directoryTarget } from '../target-settings.ts';
import { Forwarder } from './forwarder.ts';
import { usualForwarding } from './forwarding-policy.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

type Deposit = (deposit: ArchiveDeposit, forward: () => Promise<Deposited>) => Promise<Deposited>;

/** The dock's own archive, with a test between it and the forwarder. */
function between(target: ArchiveTarget, deposit: Deposit): ArchiveTarget {
  return {
    name: target.name,
    kind: target.kind,
    reach: (signal) => target.reach(signal),
    putDocument: (document, signal) => target.putDocument(document, signal),
    readDocument: (key, signal) => target.readDocument(key, signal),
    deposit: (one, line, signal) => deposit(one, () => target.deposit(one, line, signal)),
    probe: (signal) => target.probe(signal),
    remove: (warrant, isNeeded) => target.remove(warrant, isNeeded),
    sweep: (sessions, signal) => target.sweep(sessions, signal),
    close: () => target.close(),
  };
}

function ownArchive(dock: TestDock): ArchiveTarget {
  const [target] = dock.ingest.archive.targets;
  if (target === undefined) throw new Error('the dock has no archive');
  return target;
}

/** Forwards until the predicate says stop, asked after every receipt and every failure. */
async function forwardUntil(
  dock: TestDock,
  target: ArchiveTarget,
  isEnough: (events: readonly string[]) => boolean,
  retry: { retryBaseMs: number; retryMaxMs: number } = { retryBaseMs: 1, retryMaxMs: 1 },
): Promise<{ events: string[]; errors: unknown[] }> {
  const stop = new AbortController();
  const events: string[] = [];
  const errors: unknown[] = [];
  const tell = (event: string) => {
    events.push(event);
    if (isEnough(events)) stop.abort();
  };
  const { database, custody, archive } = dock.ingest;
  const policy = { ...usualForwarding, parallelDeposits: 1, ...retry };
  const { delivery, probes } = archive;
  const forwarder = await Forwarder.open({
    database,
    custody,
    targets: [target],
    settings: [],
    policy,
    delivery,
    probes,
    isRoomShort: async () => false,
    onError: (error, clipId) => {
      errors.push(error);
      tell(`failed ${clipId}`);
    },
  });
  forwarder.onReceipted((clipId) => tell(`receipted ${clipId}`));
  await forwarder.run(stop.signal);
  return { events, errors };
}

async function dockWith(clips: Record<string, string>): Promise<TestDock> {
  const dock = await TestDock.open();
  for (const [name, content] of Object.entries(clips)) await writeFile(join(dock.card, name), content);
  await dock.dock();
  return dock;
}

describe('forwarding', () => {
  test('sends marked clips first, then the oldest', async () => {
    const dock = await dockWith({ 'a.mp4': 'a', 'b_IMP.mp4': 'b', 'c.mp4': 'c', 'd_IMP.mp4': 'd' });
    const nameOf = new Map((await dock.clips()).map((clip) => [clip.clipId, clip.name]));
    const { events } = await forwardUntil(dock, ownArchive(dock), ({ length }) => length === 4);
    expect(events.map((event) => nameOf.get(event.split(' ')[1] ?? ''))).toEqual([
      'b_IMP.mp4',
      'd_IMP.mp4',
      'a.mp4',
      'c.mp4',
    ]);
    expect((await dock.clips()).map((clip) => clip.state)).toEqual(Array(4).fill('receipted'));
  });

  test('of quarantined clips happens like that of all others', async () => {
    const dock = await dockWith({ 'empty.mp4': '' });
    await dock.forward();
    expect(await dock.clip('empty.mp4')).toMatchObject({
      state: 'receipted',
      quarantine: { reason: 'empty-file' },
    });
  });

  test('goes on with the next clip while one that failed waits its turn', async () => {
    const dock = await dockWith({ 'a.mp4': 'a', 'b.mp4': 'b' });
    const first = await dock.clip('a.mp4');
    const target = between(ownArchive(dock), (one, forward) => {
      if (one.clipId === first.clipId) throw new Error('the share is away');
      return forward();
    });
    const hour = 3_600_000;
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    const { events } = await forwardUntil(dock, target, (all) => all.length === 2, {
      retryBaseMs: hour,
      retryMaxMs: hour,
    });
    expect(events[0]).toBe(`failed ${first.clipId}`);
    expect((await dock.clip('a.mp4')).state).toBe('sealed');
    expect((await dock.clip('b.mp4')).state).toBe('receipted');
    expect(await dock.ingest.archive.forwarder.queue()).toMatchObject({ waitingClips: 1, waitingBytes: 1 });
  });

  test('waits longer after each failure, from the first wait up to the longest, and no shorter', async () => {
    const dock = await dockWith({ 'a.mp4': 'a' });
    const { database } = dock.ingest;
    const target = between(ownArchive(dock), async () => {
      throw new Error('the share is away');
    });
    const day = 86_400_000;
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await database.write((transaction) => transaction.run("UPDATE forward SET not_before = '2000'"));
      const before = Date.now();
      await forwardUntil(dock, target, ({ length }) => length === 1, {
        retryBaseMs: day,
        retryMaxMs: 6 * day,
      });
      const [row] = await database.read('SELECT attempts, not_before, last_error FROM forward');
      expect(row).toMatchObject({ attempts: attempt, last_error: 'the share is away' });
      waits.push(Math.floor((Date.parse(String(row?.not_before)) - before) / day));
    }
    expect(waits).toEqual([1, 2, 4, 6, 6]);
  });

  test('after a failure succeeds at the next try, and the failure is forgotten', async () => {
    const dock = await dockWith({ 'a.mp4': 'a' });
    vi.spyOn(Math, 'random').mockReturnValue(0);
    let tries = 0;
    const target = between(ownArchive(dock), (_one, forward) => {
      tries += 1;
      if (tries === 1) throw new Error('the share is away');
      return forward();
    });
    await forwardUntil(dock, target, (events) => events.length === 2);
    expect((await dock.clip('a.mp4')).state).toBe('receipted');
    expect(await dock.ingest.database.read('SELECT * FROM forward')).toEqual([]);
  });

  test('that was answered but not heard ends in one object and one receipt', async () => {
    const dock = await dockWith({ 'a.mp4': 'a' });
    vi.spyOn(Math, 'random').mockReturnValue(0);
    let answers = 0;
    const target = between(ownArchive(dock), async (_one, forward) => {
      const receipt = await forward();
      answers += 1;
      if (answers === 1) throw new Error('the line was cut');
      return receipt;
    });
    await forwardUntil(dock, target, (events) => events.length === 2);
    expect((await dock.clip('a.mp4')).receipts).toHaveLength(1);
    expect((await filesBelow(dock.archive)).map((file) => file.split('/')[0]).sort()).toEqual([
      'archive.json',
      'clips',
      'index',
      'receipts',
      'records',
    ]);
  });
});

test('hours that were changed count for clips that wait already', async () => {
  const dock = await dockWith({ 'a.mp4': 'a' });
  const { database } = dock.ingest;
  const dueAfter = async (ordinaryWithinHours: number) => {
    let told = (): void => {};
    const isKept = new Promise<void>((resolve) => {
      told = resolve;
    });
    const target = between(ownArchive(dock), async () => {
      await isKept;
      throw new Error('not now');
    });
    const stop = new AbortController();
    const { custody, archive } = dock.ingest;
    const forwarder = await Forwarder.open({
      database,
      custody,
      targets: [target],
      settings: [],
      policy: { ...usualForwarding, ordinaryWithinHours },
      probes: archive.probes,
      delivery: archive.delivery,
      isRoomShort: async () => false,
      onError: () => {},
    });
    const before = await dueAt();
    const running = forwarder.run(stop.signal);
    await expect.poll(dueAt, { timeout: 20_000 }).not.toBe(before);
    stop.abort();
    told();
    await running;
    return Date.parse((await dueAt()) ?? '');
  };
  const dueAt = async () => {
    const [row] = await database.read('SELECT due_at FROM forward');
    return row?.due_at === null ? null : String(row?.due_at);
  };
  const first = await dueAfter(48);
  expect((await dueAfter(72)) - first).toBe(24 * 3_600_000);
});

test('a target that must lock is put to the test again after thirty days, however long the dock has run', async () => {
  const dock = await dockWith({ 'a.mp4': 'a' });
  const { database, custody, archive } = dock.ingest;
  const own = ownArchive(dock);
  let probed = 0;
  const target: ArchiveTarget = {
    ...between(own, (_one, forward) => forward()),
    probe: async (signal) => {
      probed += 1;
      const report = await own.probe(signal);
      return probed > 1
        ? report
        : { ...report, startedAt: new Date(Date.now() - 31 * 86_400_000).toISOString() };
    },
  };
  const stop = new AbortController();
  const forwarder = await Forwarder.open({
    database,
    custody,
    targets: [target],
    settings: [directoryTarget(own.name, dock.archive, { isWormRequired: true })],
    policy: usualForwarding,
    probes: new Probes(database, custody, [target]),
    delivery: archive.delivery,
    isRoomShort: async () => false,
    onError: () => {},
  });
  const running = forwarder.run(stop.signal);
  await expect.poll(() => probed, { timeout: 20_000 }).toBe(2);
  // The one of today is not due for long.
  forwarder.wake();
  await expect.poll(async () => (await dock.clip('a.mp4')).state, { timeout: 20_000 }).toBe('receipted');
  stop.abort();
  await running;
  expect(probed).toBe(2);
});

describe('an archive that lies', () => {
  const lies: [string, Partial<Holding>][] = [
    ['the hash', { stored: { sha256: sha256('other'), sizeBytes: 1 } }],
    ['the length', { stored: { sha256: sha256('a'), sizeBytes: 2 } }],
  ];
  test.each(lies)('about %s is not believed, and nothing is freed for it', async (_about, lie) => {
    const dock = await TestDock.open({ releasePolicy: 'after-receipt' });
    await writeFile(join(dock.card, 'a.mp4'), 'a');
    await dock.dock();
    const target = between(ownArchive(dock), async (_one, forward) => {
      const { holding, note } = await forward();
      return { holding: { ...holding, ...lie }, note };
    });
    const { errors } = await forwardUntil(dock, target, ({ length }) => length === 1);
    expect(isIngestError(errors[0], 'RECEIPT_MISMATCH')).toBe(true);
    const clip = await dock.clip('a.mp4');
    expect(clip.receipts).toEqual([]);
    expect(clip.state).not.toBe('receipted');
    await dock.dock();
    expect(await readFile(join(dock.card, 'a.mp4'), 'utf8')).toBe('a');
    await dock.forward();
    expect((await dock.clip('a.mp4')).state).toBe('receipted');
  });
});

describe('a clip that went bad in the store', () => {
  test('is neither archived nor receipted', async () => {
    const dock = await dockWith({ 'a.mp4': 'footage' });
    const clip = await dock.clip('a.mp4');
    await writeFile(dock.ingest.layout.mediaFile(clip.clipId, clip.name), 'FOOTAGE');
    const { errors } = await forwardUntil(dock, ownArchive(dock), ({ length }) => length === 1);
    expect(isArchiveRefusal(errors[0], 'clip-damaged')).toBe(true);
    expect((await dock.clip('a.mp4')).state).toBe('sealed');
    expect((await filesBelow(dock.archive)).filter((file) => file.startsWith('clips/'))).toEqual([]);
  });

  test('in its record alone is not receipted until the record is mended', async () => {
    const dock = await dockWith({ 'a.mp4': 'footage' });
    const clip = await dock.clip('a.mp4');
    const record = join(dock.ingest.layout.sealedFolder(clip.clipId), 'clip.json');
    await rename(record, `${record}.good`);
    await writeFile(record, '{"v":1}');
    const { errors } = await forwardUntil(dock, ownArchive(dock), ({ length }) => length === 1);
    expect(isIngestError(errors[0], 'RECEIPT_MISMATCH')).toBe(true);
    await rename(`${record}.good`, record);
    await dock.forward();
    expect((await dock.clip('a.mp4')).state).toBe('receipted');
  });
});
