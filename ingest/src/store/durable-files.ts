import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { v4 as uuidv4 } from 'uuid';
import { errnoOf } from '../errors.ts';

const flushing = new Map<string, { running: Promise<void>; next: Promise<void> | null }>();

/**
 * Makes the entries of a folder durable. Calls that come while one runs wait for one more and share it: an fsync
 * that began before an entry was made says nothing about that entry.
 */
export function syncFolder(folder: string): Promise<void> {
  const current = flushing.get(folder);
  if (current === undefined) return startFlush(folder);
  current.next ??= current.running.catch(() => {}).then(() => startFlush(folder));
  return current.next;
}

function startFlush(folder: string): Promise<void> {
  const running = flush(folder).finally(() => {
    if (flushing.get(folder)?.running === running && flushing.get(folder)?.next === null)
      flushing.delete(folder);
  });
  flushing.set(folder, { running, next: null });
  return running;
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    // SMB has no such call: its server answers a change of a folder once it is made.
    if (errnoOf(error) !== 'EINVAL') throw error;
  } finally {
    await handle.close();
  }
}

const making = new Map<string, Promise<void>>();

/** Makes a folder and its missing parents, all durable. Calls for the same folder share one making. */
export function makeFolder(folder: string): Promise<void> {
  const underWay = making.get(folder);
  if (underWay !== undefined) return underWay;
  const made = makeMissing(folder).finally(() => making.delete(folder));
  making.set(folder, made);
  return made;
}

async function makeMissing(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o750 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** Writes a new small file, durable but for its folder entry. The file must not exist. */
export async function writeNewFile(path: string, content: string | Uint8Array, mode = 0o640): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
  const handle = await open(path, flags, mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts a small file in place, whole or not at all, and durable. Replaces what was there. `temporaryFolder` lies on the
 * same file system; what a crash leaves there is its owner's to sweep.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  temporaryFolder: string,
  mode = 0o640,
): Promise<void> {
  const temporary = join(temporaryFolder, `${uuidv4()}.part`);
  try {
    await writeNewFile(temporary, content, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}
