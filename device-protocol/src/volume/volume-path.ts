import { constants, type FileHandle, open } from 'node:fs/promises';

/**
 * Opens a path below a folder without ever following a symbolic link: each part is opened relative to the
 * descriptor of its parent (`/proc/self/fd`), as `openat(2)` with O_NOFOLLOW does, so that a hostile volume can
 * point nowhere else. Names are raw bytes.
 */
export async function openBelow(
  root: string,
  parts: readonly Uint8Array[],
  flags: number,
): Promise<FileHandle> {
  let parent = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const part of parts.slice(0, -1)) {
      const next = await openChild(parent, part, constants.O_RDONLY | constants.O_DIRECTORY);
      await parent.close();
      parent = next;
    }
    const last = parts.at(-1);
    if (last === undefined) throw new RangeError('an empty path names no file');
    return await openChild(parent, last, flags);
  } finally {
    await parent.close();
  }
}

/** Opens one entry of an open folder, refusing symbolic links and never blocking on a pipe. */
export function openChild(parent: FileHandle, name: Uint8Array, flags: number): Promise<FileHandle> {
  return open(childPath(parent, name), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** Path of an entry of an open folder, by the folder's descriptor and the entry's raw name. */
export function childPath(parent: FileHandle, name: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${parent.fd}/`), name]);
}

const slash = 0x2f;

/** Splits a raw path at `/`. Throws RangeError on parts no listing of ours can have produced. */
export function splitPath(pathBytes: Uint8Array): Uint8Array[] {
  const path = Buffer.from(pathBytes);
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let end = 0; end <= path.length; end += 1) {
    if (end < path.length && path[end] !== slash) continue;
    const part = path.subarray(start, end);
    const text = part.toString('latin1');
    if (text === '' || text === '.' || text === '..' || text.includes('\0')) {
      throw new RangeError('not a path below the volume');
    }
    parts.push(part);
    start = end + 1;
  }
  return parts;
}
