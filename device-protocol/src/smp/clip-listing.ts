import { parseDateTime } from '../clock/date-time.ts';
import { RecorderError } from '../errors.ts';
import { decodeName } from '../names/decode-name.ts';
import { isMarkedFolder, readNameFacts } from '../names/read-name.ts';
import type { DeviceTime, ListedClip, Listing, ListingConcern } from '../recorder.ts';
import { DeviceError } from './device-error.ts';
import { type ClipEntry, listClips, maxClipPathBytes } from './messages/recorder.ts';
import type { SmpSession } from './session.ts';

const slash = 0x2f;
/** More clips than any card holds; a listing that goes on is a fault, not a card. */
const maxClips = 100_000;

/**
 * Asks for the recorder's clips page by page, as they are taken. Throws RecorderError PROTOCOL_VIOLATION where the
 * list repeats, goes round or never ends, CLIP_READ_FAILED where the recorder cannot read its card.
 */
export async function* listDeviceClips(session: SmpSession, signal: AbortSignal): AsyncGenerator<Listing> {
  let after: Uint8Array = new Uint8Array(0);
  let listed = 0;
  for (;;) {
    const page = await session.request(listClips, { after }, { signal }).catch(listFault);
    if (page.more && page.clips.length === 0) throw listViolation('promises more clips but lists none');
    for (const entry of page.clips) {
      // Ascending paths make a cycle, a repeat and a page without progress the same visible fault.
      if (Buffer.compare(entry.path, after) <= 0) throw listViolation('is not in ascending order of paths');
      if (++listed > maxClips) throw listViolation(`goes on past ${maxClips} clips`);
      after = entry.path;
      yield listingOfEntry(entry);
    }
    if (!page.more) return;
  }
}

function listFault(error: unknown): never {
  if (!(error instanceof DeviceError)) throw error;
  const code = error.isNotSupported ? 'NOT_SUPPORTED' : 'CLIP_READ_FAILED';
  throw new RecorderError(code, `the recorder cannot list its clips: ${error.message}`, { cause: error });
}

function listViolation(what: string): RecorderError {
  return new RecorderError('PROTOCOL_VIOLATION', `the list of clips ${what}`);
}

/** What a recorder says of one clip, as the rest of Docket sees it. */
function listingOfEntry(entry: ClipEntry): Listing {
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
  return { text: modified.replace(/([+-]\d{2})(\d{2})$/u, '$1:$2'), source: 'file-time', assumedZone: null };
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
