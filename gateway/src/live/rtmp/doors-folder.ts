import { lstat, mkdtemp, readdir, rmdir, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doorsIn } from './media-server-messages.ts';

const prefix = 'docket-rtmp-';
/** A media server that is only being begun has no doors yet. */
const beginningMs = 60_000;

/** Makes a folder for the doors of a media server, which only our user may enter. */
export function makeDoorsFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), prefix));
}

/** Removes a folder of doors. What else lies in it stays, and so does the folder then. */
export async function removeDoorsFolder(folder: string): Promise<void> {
  for (const door of Object.values(doorsIn(folder))) await unlink(door).catch(() => {});
  await rmdir(folder).catch(() => {});
}

/** Removes what gateways that were killed left behind: folders of our own user, at whose doors nobody is any more. */
export async function clearLeftFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (name.startsWith(prefix) && (await isLeft(folder))) await removeDoorsFolder(folder);
  }
}

async function isLeft(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => null);
  if (found === null || !found.isDirectory() || found.uid !== process.getuid?.()) return false;
  const door = doorsIn(folder).rtmp;
  const hasDoor = (await lstat(door).catch(() => null)) !== null;
  return hasDoor ? !(await isManned(door)) : Date.now() - found.mtimeMs > beginningMs;
}

/** Somebody listens there, or may: only a clear no counts. */
function isManned(door: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(door);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
