import { decodeName } from '../names/decode-name.ts';
import { isMarkedFolder, readNameFacts } from '../names/name-profile.ts';
import type { DeviceTime, ListedClip, Listing, ListingConcern } from '../recorder.ts';
import { parseDateTime } from './device-clock.ts';
import { type ClipEntry, maxClipPathBytes } from './messages/recorder.ts';

const slash = 0x2f;

/** What a recorder says of one clip, as the rest of Docket sees it. */
export function listingOfEntry(entry: ClipEntry): Listing {
  // A copy of its own: the entry still points into the packet it came in.
  const pathBytes = entry.path.slice();
  const parts = splitPath(pathBytes).map(decodeName);
  const last = parts.at(-1) ?? decodeName(pathBytes);
  if (pathBytes.length > maxClipPathBytes) {
    return { type: 'refused', entry: { pathBytes, name: last.name, reason: 'path-too-long' } };
  }
  const facts = readNameFacts(last.name);
  const clip: ListedClip = {
    pathBytes,
    name: last.name,
    nameEncoding: last.encoding,
    kind: entry.kind,
    sizeBytes: entry.size,
    modifiedAt: fileTimeOf(entry.modified),
    startedAt: facts.startedAt,
    ...markOf(entry, facts.marked, isMarkedFolder(parts.slice(0, -1).map(({ name }) => name))),
    deviceNumberInName: facts.deviceNumber,
    officerNumberInName: facts.officerNumber,
    concern: null,
  };
  return {
    type: 'clip',
    clip: {
      ...clip,
      concern: concernOf(
        clip,
        parts.some(({ unsafe }) => unsafe),
      ),
    },
  };
}

/** The file time as the recorder wrote it; `null` where it wrote none that can be read. */
export function fileTimeOf(modified: string | undefined): DeviceTime | null {
  if (modified === undefined || parseDateTime(modified) === null) return null;
  return { text: modified.replace(/([+-]\d{2})(\d{2})$/u, '$1:$2'), source: 'file-time' };
}

function markOf(
  entry: ClipEntry,
  isMarkedByName: boolean,
  isMarkedByFolder: boolean,
): Pick<ListedClip, 'marked' | 'markedSource'> {
  if (entry.marked === true) return { marked: true, markedSource: 'device' };
  if (isMarkedByName) return { marked: true, markedSource: 'name' };
  if (isMarkedByFolder) return { marked: true, markedSource: 'folder' };
  return { marked: false, markedSource: null };
}

function concernOf(clip: ListedClip, isUnsafe: boolean): ListingConcern | null {
  if (isUnsafe) return 'unsafe-name';
  if (clip.nameEncoding === 'bytes') return 'unreadable-name';
  return clip.sizeBytes === 0 ? 'empty-file' : null;
}

function splitPath(pathBytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let end = pathBytes.indexOf(slash); end >= 0; end = pathBytes.indexOf(slash, start)) {
    parts.push(pathBytes.subarray(start, end));
    start = end + 1;
  }
  parts.push(pathBytes.subarray(start));
  return parts;
}
