import { onTestFinished } from 'vitest';
import type { KnownArchive } from '../archive/directory/archive-identity.ts';
import { DirectoryArchive } from '../archive/directory/directory-archive.ts';
import { type DirectoryTargetSettings, directoryTarget } from '../archive/target-settings.ts';
import { HashPool } from '../pull/hash-pool.ts';

/** An archive in a folder, as dock-1 uses it. */
export function openArchive(
  directory: string,
  change: Partial<DirectoryTargetSettings> = {},
): DirectoryArchive {
  const pool = new HashPool(2);
  onTestFinished(() => pool.stop());
  return new DirectoryArchive({
    settings: directoryTarget('main', directory, change),
    pool,
    depositor: 'directory:main@dock-1',
    known: remembered(),
  });
}

/** Where dock-1 keeps what is under way, below the root. */
export const incomingOfDock1 = 'incoming/directory_main_dock-1';

/** What a dock remembers of its archive, kept in memory. */
export function remembered(): KnownArchive {
  let known: string | null = null;
  return {
    read: async () => known,
    write: async (id) => {
      known = id;
    },
  };
}
