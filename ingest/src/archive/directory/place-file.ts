import { link, open, rename, rm } from 'node:fs/promises';
import { errnoOf } from '../../errors.ts';

/** What `link` says where a file system has no hard links: FAT, exFAT, most of SMB and FUSE. */
const withoutLinks = new Set(['EPERM', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EXDEV', 'EMLINK']);

/**
 * Gives a finished file its name, and never takes a name that is taken. Resolves with false where it is. The file keeps its
 * first name where it was linked. Not durable before the folder is synced.
 */
export async function placeFile(finished: string, path: string): Promise<boolean> {
  try {
    await link(finished, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    if (!withoutLinks.has(errnoOf(error) ?? '')) throw error;
    return placeWithoutLink(finished, path);
  }
}

/**
 * The same where there are no hard links, and where the file must not have two names: the name is taken by creating it
 * exclusively, empty, and then the file is renamed over that. Whoever finds an empty file under the name of content that is
 * not empty knows that this was cut off; see `finishPlacing`.
 */
export async function placeWithoutLink(finished: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o640)).close();
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  await finishPlacing(finished, path);
  return true;
}

/** Renames a file over the empty one that keeps its name free for it. */
export async function finishPlacing(finished: string, path: string): Promise<void> {
  await rename(finished, path).catch(async (error: unknown) => {
    // Some shares rename over nothing. Emptied of its placeholder the name is free for whoever comes first.
    if (errnoOf(error) !== 'EEXIST') throw error;
    await rm(path, { force: true });
    await rename(finished, path);
  });
}
