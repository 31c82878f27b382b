import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import { YieldLine } from '@docket/ingest';
import {
  type ArchiveUnderTest,
  archiveContract,
  depositOf,
  FreeLine,
  footage,
} from '@docket/ingest/archive-peers';
import { vi } from 'vitest';
import { ReceiverProcess } from './testing/receiver-process.ts';

const { signal } = new AbortController();
// Every receiver is a process that starts.
vi.setConfig({ testTimeout: 120_000 });

async function flipByte(path: string): Promise<void> {
  await chmod(path, 0o640);
  const handle = await open(path, 'r+');
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, 100);
  await handle.write(Uint8Array.of((buffer[0] ?? 0) ^ 1), 0, 1, 100);
  await handle.close();
}

async function underTest(): Promise<ArchiveUnderTest> {
  const receiver = await ReceiverProcess.start();
  const target = receiver.target();
  await receiver.keepRecord(target);
  return {
    target,
    objects: () => receiver.objects(),
    unfinished: () => receiver.unfinished(),
    corrupt: (key) => flipByte(join(receiver.folder, key)),
    leaveUnfinished: async () => {
      const cut = new FreeLine((takes) => {
        if (takes === 2) throw new YieldLine();
      });
      await target.deposit(await depositOf(footage(4_000_000, 9)), cut, signal).catch(() => {});
    },
  };
}

archiveContract('http', underTest);
