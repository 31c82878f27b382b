import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../errors.ts';
import { makeFolder } from '../store/durable-files.ts';

/** A new folder of this name, without what an interrupted copy may have left in it. */
export async function makeEmptyFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o750 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    await rm(folder, { recursive: true });
    await mkdir(folder, { mode: 0o750 });
  }
}

/** Puts a clip's folder in its place; only the first clip of a day finds no folder of that day. */
export async function renameIntoDay(incoming: string, sealed: string): Promise<void> {
  try {
    await rename(incoming, sealed);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    await makeFolder(dirname(sealed));
    await rename(incoming, sealed);
  }
}
