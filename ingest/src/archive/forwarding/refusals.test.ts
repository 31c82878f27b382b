import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { TestDock } from '../../testing/test-dock.ts';
import { ArchiveRefusal, type ArchiveRefusalCode, archiveRefusalCodes } from '../archive-refusal.ts';
import type { ArchiveDeposit, ArchiveTarget, DepositLine } from '../archive-target.ts';
import { Forwarder } from './forwarder.ts';
import { type ForwardingPolicy, usualForwarding } from './forwarding-policy.ts';
import { refusalRules } from './refusal-rules.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Waits for a condition, on a machine with much to do. */
const soon = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000 });

const hourMs = 3_600_000;
const ground = { person: '张三', reason: '设备检修' };

/** What a test does in place of a deposit; without a word of its own the dock's archive takes the clip. */
type Script = (deposit: ArchiveDeposit, line: DepositLine) => Promise<void>;

interface Forwarding {
  forwarder: Forwarder;
  /** Names of the clips asked to be deposited, in order. */
  asked: string[];
  stop(): Promise<void>;
}

/** Forwards to the dock's own archive, with a script before each deposit. */
async function forwarding(
  dock: TestDock,
  script: Script,
  change: Partial<ForwardingPolicy> & {
    reach?: () => Promise<void>;
    onSweep?: (sessions: ReadonlySet<string>) => void;
  } = {},
): Promise<Forwarding> {
  const { database, custody, archive } = dock.ingest;
  const [own] = archive.targets;
  if (own === undefined) throw new Error('the dock has no archive');
  const names = new Map((await dock.clips()).map(({ clipId, name }) => [clipId, name]));
  const asked: string[] = [];
  const target: ArchiveTarget = {
    name: own.name,
    kind: own.kind,
    reach: change.reach ?? ((signal) => own.reach(signal)),
    putDocument: (document, signal) => own.putDocument(document, signal),
    readDocument: (key, signal) => own.readDocument(key, signal),
    deposit: async (deposit, line, signal) => {
      asked.push(names.get(deposit.clipId) ?? deposit.clipId);
      await script(deposit, line);
      return own.deposit(deposit, line, signal);
    },
    probe: (signal) => own.probe(signal),
    remove: (warrant, isNeeded) => own.remove(warrant, isNeeded),
    sweep: async (sessions, signal) => {
      change.onSweep?.(sessions);
      await own.sweep(sessions, signal);
    },
    close: () => own.close(),
  };
  const forwarder = await Forwarder.open({
    database,
    custody,
    targets: [target],
    settings: [],
    policy: { ...usualForwarding, parallelDeposits: 1, retryBaseMs: hourMs, retryMaxMs: hourMs, ...change },
    delivery: archive.delivery,
    probes: archive.probes,
    isRoomShort: async () => false,
    onError: () => {},
  });
  const end = new AbortController();
  const run = forwarder.run(end.signal);
  const stop = async () => {
    end.abort();
    await run;
  };
  onTestFinished(stop);
  return { forwarder, asked, stop };
}

async function dockWith(...names: string[]): Promise<TestDock> {
  const dock = await TestDock.open();
  for (const name of names) await writeFile(join(dock.card, name), name);
  await dock.dock();
  return dock;
}

/** Refuses the first deposit of one clip. */
function refuseOnce(dock: TestDock, name: string, code: ArchiveRefusalCode): Script {
  let isRefused = false;
  return async (deposit) => {
    const { clipId } = await dock.clip(name);
    if (isRefused || deposit.clipId !== clipId) return;
    isRefused = true;
    throw new ArchiveRefusal(code, `refused: ${code}`);
  };
}

async function rowOf(dock: TestDock, name: string) {
  const { clipId } = await dock.clip(name);
  const [row] = await dock.ingest.database.read('SELECT * FROM forward WHERE clip_id = ?', [clipId]);
  return row;
}

const codesThat = (waits: string) => archiveRefusalCodes.filter((code) => refusalRules[code].waits === waits);

describe('a refusal', () => {
  test.each(codesThat('at-once'))('as %s has the clip asked again at once', async (code) => {
    const dock = await dockWith('a.mp4');
    await forwarding(dock, refuseOnce(dock, 'a.mp4', code));
    await soon(async () => (await dock.clip('a.mp4')).state).toBe('receipted');
  });

  test.each(codesThat('at-once'))('as %s again and again makes the clip wait', async (code) => {
    const dock = await dockWith('a.mp4', 'b.mp4');
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    const { asked } = await forwarding(dock, async ({ clipId }) => {
      if (clipId === (await dock.clip('a.mp4')).clipId) throw new ArchiveRefusal(code, 'refused');
    });
    await soon(async () => (await dock.clip('b.mp4')).state).toBe('receipted');
    expect(asked).toEqual(['a.mp4', 'a.mp4', 'b.mp4']);
    expect(await rowOf(dock, 'a.mp4')).toMatchObject({ state: 'queued', last_refusal: code });
  });

  test.each(codesThat('clip'))('as %s makes the clip wait, and no other', async (code) => {
    const dock = await dockWith('a.mp4', 'b.mp4');
    vi.spyOn(Math, 'random').mockReturnValue(0.999);
    const { asked } = await forwarding(dock, refuseOnce(dock, 'a.mp4', code));
    await soon(async () => (await dock.clip('b.mp4')).state).toBe('receipted');
    expect(asked).toEqual(['a.mp4', 'b.mp4']);
    expect(await rowOf(dock, 'a.mp4')).toMatchObject({ state: 'queued', last_refusal: code, attempts: 1 });
  });

  test.each(codesThat('target'))(
    'as %s makes the whole target wait, and costs no clip an attempt',
    async (code) => {
      const dock = await dockWith('a.mp4', 'b.mp4');
      vi.spyOn(Math, 'random').mockReturnValue(0.999);
      const { forwarder, asked } = await forwarding(dock, refuseOnce(dock, 'a.mp4', code));
      const standing = async () => (await forwarder.standing()).targets[0];
      await soon(async () => (await standing())?.lastError?.refusal).toBe(code);
      expect(await standing()).toMatchObject({
        state: refusalRules[code].shows,
        lastError: { needsPeople: refusalRules[code].needsPeople },
        waiting: { bulk: { clips: 2 } },
      });
      expect(asked).toEqual(['a.mp4']);
      expect(await rowOf(dock, 'a.mp4')).toMatchObject({ attempts: 0, faults: 0, not_before: null });
      await forwarder.retryAll('main', ground);
      await expect
        .poll(async () => (await dock.clips()).map(({ state }) => state))
        .toEqual(Array(2).fill('receipted'));
    },
  );

  test.each(codesThat('dead'))(
    'as %s lays the clip aside until a person has it tried again',
    async (code) => {
      const dock = await dockWith('a.mp4', 'b.mp4');
      const { forwarder, asked } = await forwarding(dock, refuseOnce(dock, 'a.mp4', code));
      await soon(async () => (await dock.clip('b.mp4')).state).toBe('receipted');
      expect(asked).toEqual(['a.mp4', 'b.mp4']);
      expect(await rowOf(dock, 'a.mp4')).toMatchObject({ state: 'dead', last_error: `refused: ${code}` });
      const { entries } = await forwarder.listQueue({ state: 'dead', after: null, limit: 10 });
      expect(entries).toMatchObject([{ clipName: 'a.mp4', lastError: { refusal: code } }]);
      const { clipId } = await dock.clip('a.mp4');
      await forwarder.retry(clipId, 'main', ground);
      await soon(async () => (await dock.clip('a.mp4')).state).toBe('receipted');
      const acts = await dock.ingest.database.read(
        "SELECT action, actor FROM custody_entry WHERE clip_id = ? AND action LIKE 'forwarding-%' ORDER BY sequence",
        [clipId],
      );
      expect(acts).toEqual([
        { action: 'forwarding-given-up', actor: 'gateway:dock-1' },
        { action: 'forwarding-retried', actor: 'operator:张三' },
      ]);
    },
  );
});

describe('a clip', () => {
  test('that fails by its own fault again and again goes to the dead letters, and the others go on', async () => {
    const dock = await dockWith('a.mp4', 'b.mp4');
    await forwarding(
      dock,
      async ({ clipId }) => {
        if (clipId === (await dock.clip('a.mp4')).clipId)
          throw new ArchiveRefusal('holds-other-bytes', 'other');
      },
      { retryBaseMs: 1, retryMaxMs: 1, mostAttempts: 3 },
    );
    await soon(async () => (await rowOf(dock, 'a.mp4'))?.state).toBe('dead');
    expect(await rowOf(dock, 'a.mp4')).toMatchObject({ attempts: 3, faults: 3 });
    await soon(async () => (await dock.clip('b.mp4')).state).toBe('receipted');
  });

  test('that a failing archive refuses with all the others is never laid aside', async () => {
    const dock = await dockWith('a.mp4', 'b.mp4');
    let refused = 0;
    await forwarding(
      dock,
      async () => {
        refused += 1;
        if (refused <= 12) throw new ArchiveRefusal('failed', '500');
      },
      { retryBaseMs: 1, retryMaxMs: 1, mostAttempts: 3 },
    );
    await soon(async () => (await dock.clips()).map(({ state }) => state)).toEqual(
      Array(2).fill('receipted'),
    );
  });

  test('whose wait lies in a far future, because the clock was set back since, goes now', async () => {
    const dock = await dockWith('a.mp4');
    await dock.ingest.database.write((transaction) =>
      transaction.run("UPDATE forward SET not_before = '2099-01-01T00:00:00.000Z'"),
    );
    await forwarding(dock, async () => {});
    await soon(async () => (await dock.clip('a.mp4')).state).toBe('receipted');
  });
});

describe('a target', () => {
  test('that is paused gets nothing, over a restart too, until a person lets it go on', async () => {
    const dock = await dockWith('a.mp4');
    const first = await forwarding(dock, async () => {});
    await first.stop();
    const dockAgain = dock;
    await first.forwarder.pause('main', ground);
    await first.forwarder.pause('main', ground);
    const { forwarder, asked } = await forwarding(dockAgain, async () => {});
    await writeFile(join(dock.card, 'b.mp4'), 'b');
    await dock.dock();
    forwarder.wake();
    await soon(async () => (await forwarder.standing()).targets[0]?.state).toBe('paused');
    expect((await forwarder.standing()).targets[0]?.paused).toMatchObject({ by: '张三', reason: '设备检修' });
    const before = asked.length;
    await forwarder.resume('main', ground);
    await soon(async () => (await dock.clip('b.mp4')).state).toBe('receipted');
    expect(asked.length).toBeGreaterThan(before);
    const acts = await dock.ingest.database.read(
      "SELECT action FROM custody_entry WHERE action IN ('forwarding-paused', 'forwarding-resumed') ORDER BY sequence",
    );
    expect(acts.map(({ action }) => action)).toEqual(['forwarding-paused', 'forwarding-resumed']);
    await expect(forwarder.pause('other', ground)).rejects.toMatchObject({ code: 'ARCHIVE_TARGET_UNKNOWN' });
  });

  test('that did not answer goes on as soon as it does, however long the wait was to be', async () => {
    const dock = await dockWith('a.mp4');
    let isUp = false;
    const away = async () => {
      if (!isUp) throw new ArchiveRefusal('unreachable', 'away');
    };
    let reached = 0;
    const { forwarder } = await forwarding(dock, away, {
      retryBaseMs: 20,
      reach: async () => {
        reached += 1;
        await away();
      },
    });
    await soon(() => reached).toBeGreaterThan(3);
    expect((await forwarder.standing()).targets[0]?.state).toBe('unreachable');
    isUp = true;
    await soon(async () => (await dock.clip('a.mp4')).state).toBe('receipted');
  });
});

describe('an upload that was cut off', () => {
  test('is known after the restart, not swept away, and gone on with', async () => {
    const dock = await dockWith('a.mp4');
    let begun = () => {};
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = await forwarding(dock, async (_deposit, line) => {
      await line.keepSession('upload-7');
      begun();
      await new Promise((_resolve, reject) => {
        onTestFinished(() => reject(new Error('over')));
        void stopped.then(() => reject(new Error('stopped')));
      });
    });
    let stopNow = () => {};
    const stopped = new Promise<void>((resolve) => {
      stopNow = resolve;
    });
    await isBegun;
    const stopping = first.stop();
    stopNow();
    await stopping;
    const swept: string[][] = [];
    const sessions: (string | null)[] = [];
    await forwarding(
      dock,
      async (_deposit, line) => {
        sessions.push(line.session);
        await line.keepSession(null);
      },
      { onSweep: (kept) => swept.push([...kept]) },
    );
    await soon(async () => (await dock.clip('a.mp4')).state).toBe('receipted');
    expect(swept).toEqual([['upload-7']]);
    expect(sessions).toEqual(['upload-7']);
  });

  test('by a more important clip gives its lane up between two parts, and goes on where it was', async () => {
    const dock = await dockWith('a.mp4');
    const sessions: (string | null)[] = [];
    const { forwarder, asked } = await forwarding(dock, async ({ clipId }, line) => {
      if (clipId !== (await dock.clip('a.mp4')).clipId) return;
      sessions.push(line.session);
      if (line.session !== null) return line.keepSession(null);
      await line.keepSession('upload-1');
      await writeFile(join(dock.card, 'b_IMP.mp4'), 'b');
      await dock.dock();
      forwarder.wake();
      await line.take(1_000_000);
    });
    await soon(async () => (await dock.clips()).map(({ state }) => state)).toEqual([
      'receipted',
      'receipted',
    ]);
    const important = await dock.clip('b_IMP.mp4');
    expect(asked).toEqual(['a.mp4', important.clipId, 'a.mp4']);
    expect(sessions).toEqual([null, 'upload-1']);
  });
});

describe('tiers', () => {
  test('on demand leave bulk on the dock until it is asked for; important clips go by themselves', async () => {
    const dock = await dockWith('a.mp4', 'b_IMP.mp4', 'c.mp4');
    const { forwarder, asked } = await forwarding(dock, async () => {}, { bulk: 'on-demand' });
    await soon(async () => (await dock.clip('b_IMP.mp4')).state).toBe('receipted');
    await soon(async () => (await forwarder.standing()).targets[0]?.state).toBe('waiting');
    expect(asked).toEqual(['b_IMP.mp4']);
    const { clipId } = await dock.clip('c.mp4');
    expect(await forwarder.demand([clipId, 'unknown'], { person: '中心', reason: '调取' })).toBe(1);
    await soon(async () => (await dock.clip('c.mp4')).state).toBe('receipted');
    expect(asked).toEqual(['b_IMP.mp4', 'c.mp4']);
    expect((await dock.clip('a.mp4')).state).toBe('sealed');
  });
});
