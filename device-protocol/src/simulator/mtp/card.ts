import { constants } from 'node:fs';
import { lstat, open, readdir, unlink } from 'node:fs/promises';
import { formats } from '../../mtp/codes.ts';
import { formatPtpDateTime } from '../../mtp/date-time.ts';
import { kindOfName } from '../../names/read-name.ts';

/** A clip that is worked out instead of stored, e.g. one of more than 4 GiB. */
export interface GeneratedClip {
  /** Path with `/` between its parts. */
  path: string;
  sizeBytes: number;
  /** Milliseconds since 1970-01-01, as the recorder's wall clock. Default 2026-08-04T10:00:00. */
  modifiedMs?: number;
}

/** One store of the recorder. */
export interface SimulatedStorage {
  id: number;
  description: string;
  capacityBytes: number;
  freeBytes: number;
  /** Folder whose files are its clips; erased clips are deleted from it. */
  folder?: string;
  clips?: readonly GeneratedClip[];
}

/** Shows a file under another name: any UTF-16 text, e.g. one no honest recorder would send. */
export interface NameAlias {
  /** Path of the file or folder in its storage. */
  path: string;
  shownAs: string;
}

export interface SimulatedObject {
  handle: number;
  storageId: number;
  /** 0 in the root. */
  parent: number;
  path: string;
  name: string;
  format: number;
  sizeBytes: number;
  /** `YYYYMMDDThhmmss`. */
  modified: string;
}

interface Entry {
  path: string;
  isFolder: boolean;
  sizeBytes: number;
  modifiedMs: number;
}

const defaultModifiedMs = Date.UTC(2026, 7, 4, 10);

/** What lies on the recorder: files of folders and generated clips, known by handles. */
export class MtpCard {
  readonly storages: readonly SimulatedStorage[];
  readonly #aliases: readonly NameAlias[];
  readonly #handles = new Map<string, number>();
  readonly #erased = new Set<string>();
  /** Generated clips and the folders that are there only for them. */
  readonly #generated = new Set<string>();
  #objects = new Map<number, SimulatedObject>();
  #nextHandle = 1;

  constructor(storages: readonly SimulatedStorage[], aliases: readonly NameAlias[] = []) {
    this.storages = storages;
    this.#aliases = aliases;
  }

  /** Looks at the folders again; resolves with the handles that are new. An object keeps its handle. */
  async scan(): Promise<number[]> {
    const before = this.#objects;
    const objects = new Map<number, SimulatedObject>();
    for (const storage of this.storages) {
      for (const entry of await this.#entriesOf(storage)) {
        const object = this.#objectOf(storage, entry);
        objects.set(object.handle, object);
      }
    }
    this.#objects = objects;
    return [...objects.keys()].filter((handle) => !before.has(handle));
  }

  get objects(): Iterable<SimulatedObject> {
    return this.#objects.values();
  }

  get(handle: number): SimulatedObject | undefined {
    return this.#objects.get(handle);
  }

  /** The object with its size and time of now; `undefined` where it is gone. */
  async refresh(handle: number): Promise<SimulatedObject | undefined> {
    const object = this.#objects.get(handle);
    const diskPath = object === undefined ? null : this.#diskPath(object);
    if (object === undefined || diskPath === null) return object;
    try {
      const stats = await lstat(diskPath);
      const isFolder = object.format === formats.association;
      const fresh = {
        ...object,
        sizeBytes: isFolder ? 0 : stats.size,
        modified: textOf(stats.mtimeMs),
      };
      this.#objects.set(handle, fresh);
      return fresh;
    } catch {
      this.#objects.delete(handle);
      return undefined;
    }
  }

  /** At most `lengthBytes` from a position; fewer at the end. */
  async read(object: SimulatedObject, positionBytes: number, lengthBytes: number): Promise<Uint8Array> {
    const diskPath = this.#diskPath(object);
    if (diskPath === null) {
      return generatedBytes(
        positionBytes,
        Math.max(0, Math.min(lengthBytes, object.sizeBytes - positionBytes)),
      );
    }
    const file = await open(diskPath, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const into = Buffer.alloc(lengthBytes);
      const { bytesRead } = await file.read(into, 0, lengthBytes, positionBytes);
      return into.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Deletes a clip for good. */
  async erase(object: SimulatedObject): Promise<void> {
    const diskPath = this.#diskPath(object);
    if (diskPath !== null) await unlink(diskPath);
    this.#erased.add(keyOf(object.storageId, object.path));
    this.#objects.delete(object.handle);
  }

  async #entriesOf(storage: SimulatedStorage): Promise<Entry[]> {
    const entries: Entry[] = [];
    if (storage.folder !== undefined) await this.#walk(storage.folder, '', entries);
    const folders = new Set(entries.filter(({ isFolder }) => isFolder).map(({ path }) => path));
    for (const { path, sizeBytes, modifiedMs = defaultModifiedMs } of storage.clips ?? []) {
      if (this.#erased.has(keyOf(storage.id, path))) continue;
      for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
        const folder = path.slice(0, end);
        if (folders.has(folder)) continue;
        folders.add(folder);
        this.#generated.add(keyOf(storage.id, folder));
        entries.push({ path: folder, isFolder: true, sizeBytes: 0, modifiedMs });
      }
      this.#generated.add(keyOf(storage.id, path));
      entries.push({ path, isFolder: false, sizeBytes, modifiedMs });
    }
    return entries;
  }

  /** Folders come before what lies in them. */
  async #walk(root: string, below: string, into: Entry[]): Promise<void> {
    for (const entry of await readdir(`${root}/${below}`, { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const isFolder = entry.isDirectory();
      if (!isFolder && !entry.isFile()) continue;
      const stats = await lstat(`${root}/${path}`);
      into.push({
        path,
        isFolder,
        sizeBytes: isFolder ? 0 : stats.size,
        modifiedMs: stats.mtimeMs,
      });
      if (isFolder) await this.#walk(root, path, into);
    }
  }

  #objectOf(storage: SimulatedStorage, { path, isFolder, sizeBytes, modifiedMs }: Entry): SimulatedObject {
    const slash = path.lastIndexOf('/');
    const alias = this.#aliases.find((one) => one.path === path);
    const name = alias?.shownAs ?? path.slice(slash + 1);
    return {
      handle: this.#handleOf(storage.id, path),
      storageId: storage.id,
      parent: slash < 0 ? 0 : this.#handleOf(storage.id, path.slice(0, slash)),
      path,
      name,
      format: isFolder ? formats.association : formatOfName(path),
      sizeBytes,
      modified: textOf(modifiedMs),
    };
  }

  #handleOf(storageId: number, path: string): number {
    const key = keyOf(storageId, path);
    const known = this.#handles.get(key);
    if (known !== undefined) return known;
    const handle = this.#nextHandle++;
    this.#handles.set(key, handle);
    return handle;
  }

  /** `null` for a generated clip. */
  #diskPath({ storageId, path }: SimulatedObject): string | null {
    const folder = this.storages.find(({ id }) => id === storageId)?.folder;
    return folder === undefined || this.#generated.has(keyOf(storageId, path)) ? null : `${folder}/${path}`;
  }
}

/** Bytes of a generated clip: each follows from its position alone, and neighbours of any power of two differ. */
export function generatedBytes(positionBytes: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  for (let index = 0; index < lengthBytes; index++) {
    const position = positionBytes + index;
    const low = position >>> 0;
    const high = Math.floor(position / 2 ** 32);
    bytes[index] = (low * 31 + (low >>> 8) * 17 + (low >>> 16) * 13 + (low >>> 24) * 7 + high * 101) & 0xff;
  }
  return bytes;
}

/** A folder on a host has instants, a recorder its wall clock: they are shown as the wall clock of UTC. */
function textOf(wallMs: number): string {
  return formatPtpDateTime(wallMs, '');
}

function keyOf(storageId: number, path: string): string {
  return `${storageId}/${path}`;
}

function formatOfName(name: string): number {
  if (name.toLowerCase().endsWith('.mp4')) return formats.mp4;
  return kindOfName(name) === 'photo' ? formats.jpeg : formats.undefinedObject;
}
