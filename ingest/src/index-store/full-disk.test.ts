import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CustodyLog } from '../custody/custody-log.ts';
import { isIngestError } from '../errors.ts';
import { smallFileSystem, whyNoMounts } from '../testing/small-file-system.ts';
import { IndexDatabase } from './index-database.ts';

describe.skipIf(whyNoMounts !== null)(`on a full disk ${whyNoMounts ?? '(in memory)'}`, () => {
  test('a write is refused with STORE_FULL, nothing of it stays, and the index works once there is room', async () => {
    const folder = smallFileSystem('2m');
    const database = await IndexDatabase.open(join(folder, 'index.sqlite'));
    onTestFinished(() => database.close());
    const log = await CustodyLog.open(database, 'gateway:dock-1');
    await database.write((transaction) => log.append(transaction, { action: 'attached' }));
    await fillUp(folder);

    const outcomes = await Promise.allSettled(
      Array.from({ length: 3 }, () =>
        database.write(async (transaction) => {
          await log.append(transaction, { action: 'listed', details: { padding: 'x'.repeat(700_000) } });
        }),
      ),
    );
    for (const outcome of outcomes) {
      expect(outcome.status).toBe('rejected');
      expect(isIngestError(outcome.status === 'rejected' && outcome.reason, 'STORE_FULL')).toBe(true);
    }
    expect(await database.read('SELECT count(*) AS entries FROM custody_entry')).toEqual([{ entries: 1 }]);
    expect(log.size).toBe(1);

    await rm(join(folder, 'filler'));
    await database.write((transaction) => log.append(transaction, { action: 'detached' }));
    expect(await database.read('SELECT sequence, action FROM custody_entry ORDER BY sequence')).toEqual([
      { sequence: 0, action: 'attached' },
      { sequence: 1, action: 'detached' },
    ]);
    expect(await database.read('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });
});

/** Takes all but a few pages of a file system. */
async function fillUp(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  await writeFile(join(folder, 'filler'), Buffer.alloc((bavail - 4) * bsize));
}
