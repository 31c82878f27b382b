import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { HashPool } from '../../pull/hash-pool.ts';
import { dayOfClipId } from '../../store/store-layout.ts';
import { incomingOfDock1, openArchive, remembered } from '../../testing/directory-archives.ts';
import { onStep } from '../../testing/on-step.ts';
import { smallFileSystem, whyNoMounts } from '../../testing/small-file-system.ts';
import { filesBelow } from '../../testing/sound-store.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { sealedRecordDocument } from '../archive-layout.ts';
import { isArchiveRefusal } from '../archive-refusal.ts';
import { type ArchiveUnderTest, archiveContract, depositOf, FreeLine } from '../peers/archive-contract.ts';
import { directoryTarget } from '../target-settings.ts';
import { DirectoryArchive } from './directory-archive.ts';

async function flipByte(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 100);
  await handle.write(Uint8Array.of((buffer[0] ?? 0) ^ 1), 0, 1, 100);
  await handle.close();
}

async function underTest(): Promise<ArchiveUnderTest> {
  const root = join(await temporaryFolder(), 'archive');
  const files = async () => filesBelow(root).catch(() => [] as string[]);
  const isUnfinished = (file: string) => file.startsWith('incoming/') || file.endsWith('.part');
  return {
    target: openArchive(root),
    objects: async () => {
      const kept = (await files()).filter((file) => !isUnfinished(file) && file !== 'archive.json');
      return new Map(
        await Promise.all(kept.map(async (file) => [file, await readFile(join(root, file))] as const)),
      );
    },
    unfinished: async () => (await files()).filter(isUnfinished),
    corrupt: (key) => flipByte(join(root, key)),
    leaveUnfinished: async () => {
      await mkdir(join(root, incomingOfDock1, 'folder'), { recursive: true });
      await writeFile(join(root, incomingOfDock1, 'cut-off.part'), 'half');
    },
  };
}

archiveContract('directory', underTest);

describe('an archive in a folder', () => {
  const { signal } = new AbortController();

  test('names everything it keeps by hash and clip id alone', async () => {
    const root = await temporaryFolder();
    const sent = await depositOf('footage');
    const archive = openArchive(root);
    await archive.deposit(sent, new FreeLine(), signal);
    await archive.putDocument(sealedRecordDocument(sent.clipId, '{}'));
    const { sha256 } = sent.original;
    expect(await filesBelow(root)).toEqual([
      'archive.json',
      `clips/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`,
      `records/${dayOfClipId(sent.clipId)}/${sent.clipId}.json`,
    ]);
  });

  test('notices a byte that its own disk turned while writing, and links nothing', async () => {
    const root = await temporaryFolder();
    const archive = openArchive(root);
    const sent = await depositOf('x'.repeat(5000));
    onStep('archive.written', () => {
      for (const name of readdirSync(join(root, incomingOfDock1))) {
        const descriptor = openSync(join(root, incomingOfDock1, name), 'r+');
        writeSync(descriptor, 'y', 2000);
        closeSync(descriptor);
      }
    });
    const depositing = archive.deposit(sent, new FreeLine(), signal);
    await expect(depositing).rejects.toSatisfy((error) => isArchiveRefusal(error, 'holds-other-bytes'));
    expect(await filesBelow(root)).toEqual(['archive.json']);
  });

  test.skipIf(whyNoMounts !== null)(
    'on a full disk keeps nothing half, and says that it will be tried again',
    async () => {
      const root = smallFileSystem('2m');
      const archive = openArchive(root);
      const depositing = archive.deposit(await depositOf('x'.repeat(3_000_000)), new FreeLine(), signal);
      await expect(depositing).rejects.toSatisfy((error) => isArchiveRefusal(error, 'full'));
      expect(await filesBelow(root)).toEqual(['archive.json']);
      const { holding } = await archive.deposit(await depositOf('x'.repeat(1000)), new FreeLine(), signal);
      expect(holding.stored.sizeBytes).toBe(1000);
    },
  );

  test('that cannot be written at all says that it will be tried again', async () => {
    const blocked = join(await temporaryFolder(), 'file');
    await writeFile(blocked, 'in the way');
    const depositing = openArchive(join(blocked, 'archive')).deposit(
      await depositOf('footage'),
      new FreeLine(),
      signal,
    );
    await expect(depositing).rejects.toSatisfy((error) => isArchiveRefusal(error, 'failed'));
  });
});

test('of docks that use a new archive at once, all know it by the one mark it carries', async () => {
  const root = await temporaryFolder();
  const pool = new HashPool(1);
  onTestFinished(() => pool.stop());
  const known = Array.from({ length: 8 }, remembered);
  await Promise.all(
    known.map((one, dock) =>
      new DirectoryArchive({
        settings: directoryTarget('main', root),
        pool,
        depositor: `dock-${dock}`,
        known: one,
      }).sweep(new Set()),
    ),
  );
  const { id } = JSON.parse(await readFile(join(root, 'archive.json'), 'utf8'));
  expect(await Promise.all(known.map((one) => one.read()))).toEqual(known.map(() => id));
  expect(await filesBelow(root)).toEqual(['archive.json']);
});

describe('a share that is not mounted', () => {
  test('is an empty folder, and takes nothing until it is back', async () => {
    const folder = await temporaryFolder();
    const root = join(folder, 'archive');
    const archive = openArchive(root);
    const { signal } = new AbortController();
    const sent = await depositOf('footage');
    await archive.deposit(sent, new FreeLine(), signal);
    await rename(root, join(folder, 'elsewhere'));
    await mkdir(root);
    await expect(archive.deposit(sent, new FreeLine(), signal)).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect(await filesBelow(root)).toEqual([]);
    await rm(root, { recursive: true });
    await rename(join(folder, 'elsewhere'), root);
    expect((await archive.deposit(sent, new FreeLine(), signal)).holding.stored).toEqual(sent.original);
  });
});
