import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A clip as it was put on a recorder: the truth the archive is measured by. */
export interface SourceClip {
  /** Folder of the recorder's card. */
  card: string;
  path: string;
  sha256: string;
  sizeBytes: number;
}

/** Folders of one dock under test. */
export interface DockSite {
  root: string;
  store: string;
  archive: string;
  volumes: string;
  /** Parts of the configuration every run shares. */
  assignments: string[];
  remove(): Promise<void>;
}

export async function createSite(
  options: { base?: string; policy?: 'never' | 'after-receipt'; extra?: readonly string[] } = {},
): Promise<DockSite> {
  const root = await mkdtemp(join(options.base ?? tmpdir(), 'docket-'));
  const below = (name: string) => join(root, name);
  const places = { store: below('store'), archive: below('archive'), volumes: below('volumes') };
  await mkdir(places.volumes, { recursive: true });
  return {
    root,
    ...places,
    assignments: [
      `store.directory=${places.store}`,
      'store.reserveBytes=16777216',
      `archive.directory.path=${places.archive}`,
      'archive.retryBaseMs=50',
      'archive.retryMaxMs=500',
      `volumes.directory=${places.volumes}`,
      'volumes.reconcileIntervalMs=200',
      `release.policy=${options.policy ?? 'never'}`,
      'http.port=0',
      'log.level=warn',
      'pull.hashWorkers=2',
      ...(options.extra ?? []),
    ],
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Writes a clip onto a card and returns the truth about it. */
export async function putClip(card: string, path: string, content: Buffer): Promise<SourceClip> {
  const file = join(card, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return { card, path, sha256: sha256(content), sizeBytes: content.length };
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Every regular file below a folder, as paths relative to it. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Where the directory archive keeps a content. */
export function archivedFile(archive: string, hash: string): string {
  return join(archive, 'clips', hash.slice(0, 2), hash.slice(2, 4), hash);
}

/** A number generator with a seed, so that a failing run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that follow from the seed. */
export function seededBytes(random: () => number, sizeBytes: number): Buffer {
  const block = createHash('sha512').update(String(random())).digest();
  const bytes = Buffer.alloc(sizeBytes);
  for (let start = 0; start < sizeBytes; start += block.length) {
    bytes.set(block.subarray(0, Math.min(block.length, sizeBytes - start)), start);
    if (start + 4 <= sizeBytes) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), start);
  }
  return bytes;
}
