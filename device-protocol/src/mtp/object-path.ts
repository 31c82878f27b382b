import type { ObjectInfo } from './datasets.ts';
import { type FoundObject, isFolder, type ObjectTree } from './object-tree.ts';

/** Deeper than any card; a loop of folders ends here too. */
const maxFolderDepth = 64;
/** GB 2312: two bytes with the high bit set for each character that is not ASCII. */
const stuffedGbk = /^(?:[\u0020-\u007e]|[\u00a1-\u00f7][\u00a1-\u00fe])+$/u;

/** Where an object lies: the names of its folders and its own, as bytes. */
export type ObjectPath = { parts: Uint8Array[] } | 'too-deep' | 'unknown-folder';

/**
 * The path of an object by its folders. A folder an object names itself counts before the list it stood in, where it
 * is one that was found: some recorders give the same list for every folder.
 */
export function pathOfObject(object: FoundObject, tree: ObjectTree): ObjectPath {
  const { objects } = tree;
  const parts: Uint8Array[] = [];
  let at: FoundObject | undefined = object;
  for (let depth = 0; depth <= maxFolderDepth; depth++) {
    const { info, handle }: FoundObject = at;
    if (info === null) return 'unknown-folder';
    parts.unshift(nameBytes(info, handle));
    const folder = folderOf(at, info, objects);
    if (folder === null) return { parts: [...storageParts(object.storageId, tree), ...parts] };
    at = objects.get(folder);
    if (at === undefined) return 'unknown-folder';
  }
  return 'too-deep';
}

function folderOf(
  { handle, foundIn }: FoundObject,
  info: ObjectInfo,
  objects: ReadonlyMap<number, FoundObject>,
): number | null {
  const named = info.parent === handle ? undefined : objects.get(info.parent)?.info;
  return named !== undefined && named !== null && isFolder(named) ? info.parent : foundIn;
}

/**
 * Objects of any store but the first lie below its id, so that the same name in two stores is two paths. The first one,
 * which is built in where there are several, keeps its paths whether a card is in or not.
 */
export function storageParts(storageId: number, { firstStorageId }: ObjectTree): Uint8Array[] {
  if (storageId === firstStorageId) return [];
  return [Buffer.from(storageId.toString(16).padStart(8, '0'))];
}

/**
 * The bytes of a name: UTF-8, or the GBK bytes that firmware without a code table stuffs into the 16-bit characters
 * of MTP one by one. An object without a name gets one from its handle.
 */
function nameBytes({ fileName }: ObjectInfo, handle: number): Uint8Array {
  if (fileName === '') return Buffer.from(`#${handle.toString(16).padStart(8, '0')}`);
  const isStuffed = stuffedGbk.test(fileName) && /[\u00a1-\u00fe]/u.test(fileName);
  return Buffer.from(fileName, isStuffed ? 'latin1' : 'utf8');
}
