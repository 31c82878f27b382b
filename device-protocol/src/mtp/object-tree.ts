import { RecorderError } from '../errors.ts';
import { formats, handles as special } from './codes.ts';
import { type ObjectInfo, objectHandles, objectInfo, storageIds } from './datasets.ts';
import { operations } from './operations.ts';
import { decoded } from './recorder-fault.ts';
import { orRefused } from './response-error.ts';
import type { MtpSession } from './session.ts';
import { maxArrayItems } from './value.ts';
import { isWireError } from './wire-error.ts';

/** One object as found, before anything is made of its name. */
export interface FoundObject {
  handle: number;
  /** The storage that was asked for it. */
  storageId: number;
  /** Handle of the folder whose list it stood in; `null` for the root, and where everything stood in one list. */
  foundIn: number | null;
  /** `null` where the recorder does not tell: refused, or in bytes that are no ObjectInfo. */
  info: ObjectInfo | null;
}

/** A folder whose objects the recorder did not tell; `null` stands for the root of a storage. */
export interface UnreadableFolder {
  storageId: number;
  folder: number | null;
}

export interface ObjectTree {
  /** The lowest id; 0 where there is no storage. */
  firstStorageId: number;
  objects: ReadonlyMap<number, FoundObject>;
  unreadable: readonly UnreadableFolder[];
}

/** Logical part of a storage id: 0 is a bay with nothing in it (MTP 1.1 §5.2.1). */
const logicalPart = 0xffff;

/** Ids of the storages that hold something. Throws as `MtpSession.request`, RecorderError PROTOCOL_VIOLATION. */
export async function listStorages(session: MtpSession, signal: AbortSignal): Promise<number[]> {
  const bytes = await session.fetch(operations.getStorageIds, {}, signal);
  const ids = new Set(decoded(() => storageIds.decode(bytes).ids));
  return [...ids].filter((id) => (id & logicalPart) !== 0).sort((left, right) => left - right);
}

/**
 * Every object of every storage. Folder by folder, which recorders allow as a rule; where one refuses that, all of a
 * storage at once. Throws RecorderError PROTOCOL_VIOLATION past 100,000 objects.
 */
export async function readObjectTree(session: MtpSession, signal: AbortSignal): Promise<ObjectTree> {
  const objects = new Map<number, FoundObject>();
  const unreadable: UnreadableFolder[] = [];
  const take = async (storageId: number, foundIn: number | null, handles: readonly number[]) => {
    const folders: number[] = [];
    for (const handle of handles) {
      if (objects.has(handle)) continue;
      if (objects.size >= maxArrayItems) {
        throw new RecorderError(
          'PROTOCOL_VIOLATION',
          `the recorder lists more than ${maxArrayItems} objects`,
        );
      }
      const info = await readInfo(session, handle, signal);
      objects.set(handle, { handle, storageId, foundIn, info });
      if (info !== null && isFolder(info)) folders.push(handle);
    }
    return folders;
  };

  const storages = await listStorages(session, signal);
  for (const storageId of storages) {
    const root = await listHandles(session, storageId, special.root, signal);
    if (root === null) {
      const all = await listHandles(session, storageId, special.all, signal);
      if (all === null) unreadable.push({ storageId, folder: null });
      else await take(storageId, null, all);
      continue;
    }
    // Each handle is taken once, so folders that contain each other come to an end.
    const folders = await take(storageId, null, root);
    for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
      const handles = await listHandles(session, storageId, folder, signal);
      if (handles === null) unreadable.push({ storageId, folder });
      else folders.push(...(await take(storageId, folder, handles)));
    }
  }
  return { firstStorageId: storages[0] ?? 0, objects, unreadable };
}

/** Handles in a folder of a storage; `null` where the recorder refuses. */
async function listHandles(
  session: MtpSession,
  storage: number,
  folder: number,
  signal: AbortSignal,
): Promise<readonly number[] | null> {
  const asked = session.fetch(operations.getObjectHandles, { storage, format: 0, folder }, signal);
  const bytes = await orRefused(asked);
  return bytes === null ? null : decoded(() => objectHandles.decode(bytes).handles);
}

/** What the recorder says of an object now; `null` where it refuses or sends bytes that are no ObjectInfo. */
async function readInfo(
  session: MtpSession,
  object: number,
  signal: AbortSignal,
): Promise<ObjectInfo | null> {
  const bytes = await orRefused(session.fetch(operations.getObjectInfo, { object }, signal));
  if (bytes === null) return null;
  try {
    return objectInfo.decode(bytes);
  } catch (error) {
    if (isWireError(error)) return null;
    throw error;
  }
}

export function isFolder({ format, associationType }: ObjectInfo): boolean {
  return format === formats.association || (format === 0 && associationType === 1);
}
