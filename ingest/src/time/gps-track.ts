import { open } from 'node:fs/promises';
import { XMLParser } from 'fast-xml-parser';
import { parseNmeaSentence } from 'nmea-simple';

/** When a track that a satellite receiver wrote begins and ends. */
export interface GpsTrack {
  firstFixAt: string;
  lastFixAt: string;
}

/** Of a log of sentences its beginning and its end are read; a document is read whole or not at all. */
const mostBytes = 2 * 1024 * 1024;
const endBytes = 256 * 1024;
/** Sentences that are no position in a row, after which there is none. */
const mostSentences = 4000;

/** Before the first body-worn recorders, or in the week that a receiver without almanac begins with. */
const plausible = { fromMs: Date.UTC(2010, 0, 1), toMs: Date.UTC(2100, 0, 1) };

/** Reads a track file (NMEA 0183 or GPX 1.1); `null` for anything else. Throws what the file system throws. */
export async function readGpsTrack(file: string): Promise<GpsTrack | null> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const head = await readPart(handle, 0, Math.min(size, endBytes));
    if (/^\ufeff?\s*</u.test(head)) {
      return size <= mostBytes ? gpxTrack(await readPart(handle, 0, size)) : null;
    }
    if (!head.includes('RMC,')) return null;
    return nmeaTrack(head, await readPart(handle, Math.max(0, size - endBytes), Math.min(size, endBytes)));
  } finally {
    await handle.close();
  }
}

async function readPart(
  handle: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<string> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead).toString('latin1');
}

function nmeaTrack(head: string, tail: string): GpsTrack | null {
  const first = firstFix(head.split(/\r?\n/u));
  const last = firstFix(tail.split(/\r?\n/u).reverse());
  return first === null || last === null ? null : trackOf([first, last]);
}

/** The time of the first valid RMC sentence; its checksum is right, and the receiver says that it has a position. */
function firstFix(lines: readonly string[]): number | null {
  for (const line of lines.slice(0, mostSentences)) {
    const [sentence] = /\$[A-Z]{2}RMC,[\x20-\x7e]{1,100}/u.exec(line) ?? [];
    const atMs = sentence === undefined ? null : fixOf(sentence);
    if (atMs !== null) return atMs;
  }
  return null;
}

function fixOf(sentence: string): number | null {
  try {
    const packet = parseNmeaSentence(sentence);
    return packet.sentenceId === 'RMC' && packet.status === 'valid' ? packet.datetime.getTime() : null;
  } catch {
    // Not a whole sentence: the next may be.
    return null;
  }
}

const xml = new XMLParser({ ignoreAttributes: true, processEntities: false, parseTagValue: false });

function gpxTrack(text: string): GpsTrack | null {
  let document: unknown;
  try {
    document = xml.parse(text);
  } catch {
    return null;
  }
  const points = ['gpx', 'trk', 'trkseg', 'trkpt', 'time'].reduce(children, [document]);
  return trackOf(points.map((time) => (typeof time === 'string' ? utcOf(time) : Number.NaN)));
}

/** Every value under a name; one child stands for itself, several for a list. */
function children(parents: unknown[], name: string): unknown[] {
  return parents.flatMap((parent) => {
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, name)) return [];
    return (parent as Record<string, unknown>)[name] ?? [];
  });
}

/** GPX 1.1: xsd:dateTime in UTC. One that names no zone is not believed. */
function utcOf(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/u.test(text)
    ? Date.parse(text)
    : Number.NaN;
}

function trackOf(fixes: readonly number[]): GpsTrack | null {
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const atMs of fixes) {
    if (!(atMs >= plausible.fromMs && atMs < plausible.toMs)) continue;
    firstMs = Math.min(firstMs, atMs);
    lastMs = Math.max(lastMs, atMs);
  }
  if (firstMs > lastMs) return null;
  return { firstFixAt: new Date(firstMs).toISOString(), lastFixAt: new Date(lastMs).toISOString() };
}
