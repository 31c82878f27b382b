import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RecorderError } from '@docket/device-protocol';
import { describe, expect, test } from 'vitest';
import { listCustody } from '../custody/custody-queries.ts';
import { Gate } from '../testing/gate.ts';
import { hookedDriver } from '../testing/hooked-driver.ts';
import { expectSoundStore, filesBelow, sha256 } from '../testing/sound-store.ts';
import { isSettled, TestDock } from '../testing/test-dock.ts';
import type { DockingStatus } from './run-docking.ts';

const recorded = new Date('2026-08-04T10:00:00Z');

/** Puts a clip on a card as the recorder would, with its file time. */
async function record(card: string, name: string, content: string | Buffer, at = recorded): Promise<void> {
  await mkdir(card, { recursive: true });
  await writeFile(join(card, name), content);
  await utimes(join(card, name), at, at);
}

async function identify(card: string, serialNumber: string): Promise<void> {
  await mkdir(join(card, 'DCAM_FACTORY'), { recursive: true });
  await record(
    join(card, 'DCAM_FACTORY'),
    'device_identity.json',
    JSON.stringify({ device_id: serialNumber }),
  );
}

/** A recorder that is pulled out as soon as a byte of the named clip is asked for. */
const goneAt = (name: string) =>
  hookedDriver({
    read: (clip, _position, read) => {
      if (clip.name !== name) return read();
      throw new RecorderError('RECORDER_GONE', 'pulled out');
    },
  });

describe('a recorder docked again', () => {
  test('with the same clips is read no second time beyond its samples', async () => {
    const dock = await TestDock.open();
    await record(dock.card, 'a.mp4', Buffer.alloc(2_000_000, 1));
    await record(dock.card, 'b.mp4', 'small');
    await dock.dock();
    let readBytes = 0;
    const driver = hookedDriver({
      read: async (_clip, _position, read) => {
        const bytes = await read();
        readBytes += bytes;
        return bytes;
      },
    });
    const { last } = await dock.dock({ driver });
    expect(last).toMatchObject({ phase: 'safe', safeToUndock: true });
    expect(last.progress).toMatchObject({ clipsTotal: 2, clipsKnown: 2, clipsDone: 0, bytesTotal: 0 });
    expect(readBytes).toBe(3 * 4096 + 5);
    expect(await dock.clips()).toHaveLength(2);
    const { entries } = await listCustody(dock.ingest.database, { after: null, limit: 1000 });
    expect(entries.filter((entry) => entry.action === 'pulled')).toHaveLength(2);
  });

  test('with other content under the same name gives a second clip', async () => {
    const dock = await TestDock.open();
    await record(dock.card, 'a.mp4', 'first');
    await dock.dock();
    await record(dock.card, 'a.mp4', 'second recording', new Date('2026-08-05T10:00:00Z'));
    await dock.dock();
    const clips = await dock.clips();
    expect(clips.map((clip) => clip.sha256)).toEqual([sha256('first'), sha256('second recording')]);
    await expectSoundStore(dock);
  });

  test('with other content under the same name, length and time is not taken for the old clip', async () => {
    const dock = await TestDock.open();
    await record(dock.card, 'a.mp4', Buffer.alloc(2_000_000, 1));
    await dock.dock();
    await record(dock.card, 'a.mp4', Buffer.alloc(2_000_000, 2));
    const { last } = await dock.dock();
    expect(last.progress).toMatchObject({ clipsKnown: 0, clipsDone: 1 });
    const clips = await dock.clips();
    expect(clips.map((clip) => clip.sha256)).toEqual([
      sha256(Buffer.alloc(2_000_000, 1)),
      sha256(Buffer.alloc(2_000_000, 2)),
    ]);
    await expectSoundStore(dock);
  });

  test('with the same content under another name keeps both clips, once in the archive, each with its receipt', async () => {
    const dock = await TestDock.open();
    await record(dock.card, 'a.mp4', 'the same footage');
    await dock.dock();
    await rename(join(dock.card, 'a.mp4'), join(dock.card, 'b.mp4'));
    await dock.dock();
    await dock.forward();
    const clips = await dock.clips();
    expect(clips.map((clip) => [clip.name, clip.state])).toEqual([
      ['a.mp4', 'receipted'],
      ['b.mp4', 'receipted'],
    ]);
    expect(new Set(clips.map((clip) => clip.receipts[0]?.object)).size).toBe(1);
    const archived = await filesBelow(dock.archive);
    expect(archived.filter((file) => file.startsWith('clips/'))).toHaveLength(1);
    expect(archived.filter((file) => file.startsWith('receipts/'))).toHaveLength(2);
    expect(archived.filter((file) => file.startsWith('records/'))).toHaveLength(2);
    const [object = ''] = archived.filter((file) => file.startsWith('clips/'));
    expect(await readFile(join(dock.archive, object), 'utf8')).toBe('the same footage');
  });

  test('without a clip that was listed and never taken has lost it, and says so', async () => {
    const dock = await TestDock.open();
    await identify(dock.card, 'CAM001');
    await record(dock.card, 'a.mp4', 'taken');
    await record(dock.card, 'b.mp4', Buffer.alloc(2_000_000, 1));
    await dock.dock({ driver: goneAt('b.mp4') });
    expect((await dock.clip('b.mp4')).state).toBe('listed');
    await rm(join(dock.card, 'b.mp4'));
    await dock.dock();
    expect(await dock.clip('b.mp4')).toMatchObject({
      state: 'lost',
      quarantine: { reason: 'lost-before-pull' },
    });
    await record(dock.card, 'b.mp4', Buffer.alloc(2_000_000, 1));
    await dock.dock();
    expect(await dock.clip('b.mp4')).toMatchObject({ state: 'sealed', quarantine: null });
    await expectSoundStore(dock);
  });

  test('with a folder that cannot be read has lost nothing that lies in it', async () => {
    const dock = await TestDock.open();
    await identify(dock.card, 'CAM001');
    await record(join(dock.card, 'DCIM'), 'a.mp4', Buffer.alloc(2_000_000, 1));
    await record(dock.card, 'b.txt', 'small');
    await dock.dock({ driver: goneAt('a.mp4') });
    const driver = hookedDriver({
      async *list(listings) {
        for await (const listing of listings) {
          const isBelow = listing.type === 'clip' && Buffer.from(listing.clip.pathBytes).includes('DCIM/');
          if (!isBelow) yield listing;
        }
        const pathBytes = Buffer.from('DCIM');
        yield { type: 'refused', entry: { pathBytes, name: 'DCIM', reason: 'folder-unreadable' } };
      },
    });
    await dock.dock({ driver });
    expect((await dock.clip('a.mp4')).state).toBe('listed');
  });

  test('with a known clip that can no longer be read still gives up its new clips', async () => {
    const dock = await TestDock.open();
    await record(dock.card, 'a.mp4', 'known');
    await dock.dock();
    await record(dock.card, 'b.mp4', 'new');
    const driver = hookedDriver({
      read: (clip, _position, read) => {
        if (clip.name !== 'a.mp4') return read();
        throw new RecorderError('CLIP_READ_FAILED', 'bad sector', { positionBytes: 0 });
      },
    });
    const { issue, last } = await dock.dock({ driver });
    expect(issue).toBeNull();
    expect((await dock.clip('b.mp4')).state).toBe('sealed');
    expect(last.safeToUndock).toBe(false);
    const copies = (await dock.clips()).filter((clip) => clip.name === 'a.mp4');
    expect(copies.map((clip) => [clip.state, clip.quarantine?.reason])).toEqual([
      ['sealed', undefined],
      ['unreadable', 'read-error'],
    ]);
  });
});

describe('two recorders of one name', () => {
  test('docked side by side, as cheap ones are sold, neither loses the other’s clips', async () => {
    const dock = await TestDock.open();
    const cards = ['card-1', 'card-2'].map((name) => join(dock.root, name));
    for (const [index, card] of cards.entries()) {
      await identify(card, '0000000');
      await record(card, `clip-${index}.mp4`, Buffer.alloc(2_000_000 + index, index));
    }
    // The second comes and goes while the first still has its clip to take.
    const reading = new Gate();
    const secondGone = new Gate();
    const [first = '', second = ''] = cards;
    const driver = hookedDriver({
      read: async (clip, _position, read) => {
        if (clip.name === 'clip-0.mp4') {
          reading.open();
          await secondGone.opened;
        }
        return read();
      },
    });
    const firstDocking = dock.dock({ slot: '1-1', card: first, driver });
    await reading.opened;
    await dock.dock({ slot: '1-2', card: second });
    secondGone.open();
    const { issue } = await firstDocking;
    expect(issue).toBeNull();
    expect((await dock.clip('clip-0.mp4')).state).toBe('sealed');
    expect((await dock.clip('clip-1.mp4')).state).toBe('sealed');
    await expectSoundStore(dock);
  });

  test.each([
    ['of the same length', 0],
    ['of another length', 1],
  ])('with clips of one name and time, %s, each gives its own', async (_what, difference) => {
    const dock = await TestDock.open();
    const [first, second] = [join(dock.root, 'card-1'), join(dock.root, 'card-2')];
    const contents = [Buffer.alloc(2_000_000, 1), Buffer.alloc(2_000_000 + difference, 2)];
    for (const [index, card] of [first, second].entries()) {
      await identify(card, '0000000');
      await record(card, 'MOVI0001.avi', contents[index] ?? '');
    }
    const reading = new Gate();
    const secondListed = new Gate();
    const driver = hookedDriver({
      read: async (_clip, _position, read) => {
        reading.open();
        await secondListed.opened;
        return read();
      },
    });
    const firstDocking = dock.dock({ slot: '1-1', card: first, driver });
    await reading.opened;
    const until = (status: DockingStatus) => {
      if (status.progress.clipsTotal > 0) secondListed.open();
      return isSettled(status);
    };
    const secondStory = await dock.dock({ slot: '1-2', card: second, until });
    expect((await firstDocking).issue).toBeNull();
    expect(secondStory.last.safeToUndock).toBe(true);
    const clips = await dock.clips();
    const sealed = clips.filter(({ state }) => state === 'sealed').map((clip) => clip.sha256);
    expect(sealed.sort()).toEqual(contents.map(sha256).sort());
    await expectSoundStore(dock);
  });
});

describe('a store whose index failed at the last moment', () => {
  test('keeps nothing that nobody claims, and takes the clip at the next docking', async () => {
    const dock = await TestDock.open();
    await record(dock.card, 'a.mp4', Buffer.alloc(2_000_000, 7));
    const { database } = dock.ingest;
    await database.write((transaction) =>
      transaction.run(`CREATE TRIGGER no_seal BEFORE UPDATE OF record_sha256 ON clip
        BEGIN SELECT RAISE(ABORT, 'the disk failed'); END`),
    );
    const { issue } = await dock.dock({ until: () => false });
    expect(issue?.code).toBe('store-failed');
    expect(await dock.clip('a.mp4')).toMatchObject({ state: 'listed', sha256: null, pulledIn: null });
    await database.write((transaction) => transaction.run('DROP TRIGGER no_seal'));
    await dock.dock();
    expect((await dock.clip('a.mp4')).state).toBe('sealed');
    await expectSoundStore(dock);
  });
});
