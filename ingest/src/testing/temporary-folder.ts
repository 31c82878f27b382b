import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Where the machine keeps files in memory: for tests of what lies where, not of how it is flushed. */
const inMemory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder of its own for the running test, removed when it ends. */
export async function temporaryFolder(where: 'on-disk' | 'in-memory' = 'on-disk'): Promise<string> {
  const folder = await mkdtemp(join(where === 'on-disk' ? tmpdir() : inMemory, 'docket-ingest-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
