import { decodeName } from '../names/decode-name.ts';
import { isMarkedFolder, kindOfName, readNameFacts } from '../names/read-name.ts';
import type { ListedClip, Listing, ListingConcern, RefusedReason } from '../recorder.ts';
import type { ObjectInfo } from './datasets.ts';
import { fileTimeOf } from './date-time.ts';
import { pathOfObject, storageParts } from './object-path.ts';
import { type SizeSource, sizeOfObject } from './object-size.ts';
import { type FoundObject, isFolder, type ObjectTree, readObjectTree } from './object-tree.ts';
import type { MtpSession } from './session.ts';

/** A clip with what it takes to find it again on the wire. */
export interface ClipObject {
  handle: number;
  storageId: number;
  info: ObjectInfo;
  sizeBytes: number;
}

/** One entry of the listing; `object` where it is a clip. */
export interface ListedObject {
  listing: Listing;
  object: ClipObject | null;
}

/** Longest path that is taken, as on a card. */
const maxPathBytes = 4096;
const slash = Buffer.from('/');

/** Every clip of a recorder, in ascending byte order of paths. Throws as `readObjectTree`. */
export async function listClipObjects(
  session: MtpSession,
  sizeSource: SizeSource,
  signal: AbortSignal,
): Promise<ListedObject[]> {
  const tree = await readObjectTree(session, signal);
  const listed = [...unreadableFolders(tree)];
  for (const object of tree.objects.values()) {
    if (object.info !== null && isFolder(object.info)) continue;
    listed.push(await describe(session, sizeSource, object, tree, signal));
  }
  return tellApart(listed.sort(byPath));
}

function unreadableFolders(tree: ObjectTree): ListedObject[] {
  return tree.unreadable.map(({ storageId, folder }) => {
    const object = folder === null ? undefined : tree.objects.get(folder);
    const path = object === undefined ? null : pathOfObject(object, tree);
    const parts = path !== null && typeof path === 'object' ? path.parts : storageParts(storageId, tree);
    return refusedEntry(parts, 'folder-unreadable');
  });
}

async function describe(
  session: MtpSession,
  sizeSource: SizeSource,
  found: FoundObject,
  tree: ObjectTree,
  signal: AbortSignal,
): Promise<ListedObject> {
  const { handle, storageId, info } = found;
  const byHandle = [
    ...storageParts(storageId, tree),
    Buffer.from(`#${handle.toString(16).padStart(8, '0')}`),
  ];
  if (info === null) return refusedEntry(byHandle, 'entry-unreadable');
  const path = pathOfObject(found, tree);
  if (path === 'too-deep') return refusedEntry(byHandle, 'folder-too-deep');
  if (path === 'unknown-folder') return refusedEntry(byHandle, 'entry-unreadable');
  const sizeBytes = await sizeOfObject(session, handle, info, sizeSource, signal);
  if (sizeBytes === null) return refusedEntry(path.parts, 'impossible-size');
  if (joined(path.parts).length > maxPathBytes) return refusedEntry(path.parts, 'path-too-long');
  return {
    listing: { type: 'clip', clip: clipOf(path.parts, info, sizeBytes) },
    object: { handle, storageId, info, sizeBytes },
  };
}

function clipOf(parts: readonly Uint8Array[], info: ObjectInfo, sizeBytes: number): ListedClip {
  const names = parts.map(decodeName);
  const last = names.at(-1) ?? decodeName(new Uint8Array(0));
  const facts = readNameFacts(last.name);
  const isMarkedByFolder = isMarkedFolder(names.slice(0, -1).map(({ name }) => name));
  const clip: ListedClip = {
    pathBytes: joined(parts),
    name: last.name,
    nameEncoding: last.encoding,
    kind: kindOfName(last.name),
    sizeBytes,
    modifiedAt: fileTimeOf(info.modificationDate) ?? fileTimeOf(info.captureDate),
    startedAt: facts.startedAt,
    marked: facts.marked || isMarkedByFolder,
    markedSource: facts.marked ? 'name' : isMarkedByFolder ? 'folder' : null,
    deviceNumberInName: facts.deviceNumber,
    officerNumberInName: facts.officerNumber,
    concern: null,
  };
  return {
    ...clip,
    concern: concernOf(
      clip,
      names.some(({ unsafe }) => unsafe),
    ),
  };
}

function concernOf({ nameEncoding, sizeBytes }: ListedClip, isUnsafe: boolean): ListingConcern | null {
  if (isUnsafe) return 'unsafe-name';
  if (nameEncoding === 'bytes') return 'unreadable-name';
  return sizeBytes === 0 ? 'empty-file' : null;
}

function refusedEntry(parts: readonly Uint8Array[], reason: RefusedReason): ListedObject {
  const pathBytes = joined(parts).slice(0, maxPathBytes);
  const { name } = decodeName(parts.at(-1) ?? new Uint8Array(0));
  return { listing: { type: 'refused', entry: { pathBytes, name, reason } }, object: null };
}

/** Those of one path by what the recorder says of them, so that they keep their places from docking to docking. */
function byPath(left: ListedObject, right: ListedObject): number {
  const rank = ({ object }: ListedObject): string =>
    object === null ? '' : `${object.info.modificationDate} ${object.info.captureDate} ${object.sizeBytes}`;
  return Buffer.compare(pathBytesOf(left), pathBytesOf(right)) || (rank(left) < rank(right) ? -1 : 1);
}

/**
 * Gives every entry a path of its own. MTP knows objects by handles, so a card may show several under one path; the
 * second and further ones get their place among them behind the path, and are for a person to look at.
 */
function tellApart(sorted: readonly ListedObject[]): ListedObject[] {
  const taken = new Set(sorted.map((entry) => pathKey(pathBytesOf(entry))));
  const places = new Map<string, number>();
  return sorted.map((entry) => {
    const pathBytes = pathBytesOf(entry);
    const key = pathKey(pathBytes);
    let place = (places.get(key) ?? 0) + 1;
    if (place > 1) while (taken.has(`${key}~${place}`)) place++;
    places.set(key, place);
    if (place === 1) return entry;
    taken.add(`${key}~${place}`);
    return withPath(entry, Buffer.concat([pathBytes, Buffer.from(`~${place}`)]), `~${place}`);
  });
}

function withPath({ listing, object }: ListedObject, pathBytes: Uint8Array, suffix: string): ListedObject {
  if (listing.type === 'refused') {
    const entry = { ...listing.entry, pathBytes, name: `${listing.entry.name}${suffix}` };
    return { listing: { type: 'refused', entry }, object };
  }
  const { clip } = listing;
  const apart: ListedClip = { ...clip, pathBytes, name: `${clip.name}${suffix}`, concern: 'unsafe-name' };
  return { listing: { type: 'clip', clip: apart }, object };
}

function pathBytesOf({ listing }: ListedObject): Uint8Array {
  return listing.type === 'clip' ? listing.clip.pathBytes : listing.entry.pathBytes;
}

/** A path as the key of a map. */
export function pathKey(pathBytes: Uint8Array): string {
  return Buffer.from(pathBytes).toString('latin1');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [slash, part])));
}
