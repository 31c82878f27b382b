import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './repository.ts';

/** What was built lies here, a folder a key. */
export const cacheFolder = process.env.DOCKET_LAB_CACHE ?? join(repository, '.cache/lab');

/** Older ones of a kind are thrown away: each takes hundreds of megabytes. */
const keptOfAKind = 2;

const underWay = new Map<string, Promise<string>>();

/**
 * The folder of a thing that is built once and kept: `build` fills it where there is none for this key. A build that
 * breaks off leaves nothing that could be taken for whole. Whoever asks while it is being built waits for that.
 */
export function cached(kind: string, key: string, build: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder, `${kind}-${key}`);
  const begun = underWay.get(folder);
  if (begun !== undefined) return begun;
  const made = make(kind, folder, build).finally(() => underWay.delete(folder));
  underWay.set(folder, made);
  return made;
}

async function make(kind: string, folder: string, build: (folder: string) => Promise<void>): Promise<string> {
  const there = await stat(folder).catch(() => null);
  if (there === null) {
    const part = `${folder}.part`;
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    await build(part);
    await rename(part, folder);
  }
  const now = new Date();
  await utimes(folder, now, now);
  await dropOld(kind);
  return folder;
}

async function dropOld(kind: string): Promise<void> {
  const names = (await readdir(cacheFolder)).filter((name) => name.startsWith(`${kind}-`));
  const ages = await Promise.all(
    names.map(async (name) => ({ name, usedAt: (await stat(join(cacheFolder, name))).mtimeMs })),
  );
  ages.sort((left, right) => right.usedAt - left.usedAt);
  for (const { name } of ages.slice(keptOfAKind))
    await rm(join(cacheFolder, name), { recursive: true, force: true });
}

/** A short key that changes with any of the given texts, and with the content and path of any file in the folders. */
export async function keyOf(texts: readonly string[], paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const path of paths) await addPath(hash, path);
  return hash.digest('hex').slice(0, 16);
}

async function addPath(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) {
    for (const name of (await readdir(path)).sort()) await addPath(hash, join(path, name));
  } else hash.update(`${path}\0`).update(await readFile(path));
}
