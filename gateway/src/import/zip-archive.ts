import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { TableFileError } from './table.ts';

export interface ZipEntry {
  name: string;
  content: Buffer;
}

const inflate = promisify(inflateRaw);
const mostEntries = 1_000;
const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const localMark = 0x04034b50;
const longestComment = 65_535;

/**
 * Unpacks a ZIP archive (APPNOTE 6.3.10, without ZIP64) into at most `mostBytes`, whatever its headers claim.
 * Throws TableFileError.
 */
export async function unpackBounded(bytes: Buffer, mostBytes: number): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  let left = mostBytes;
  for (const { name, method, packed } of listEntries(bytes)) {
    const content = await contentOf(method, packed, left);
    left -= content.length;
    entries.push({ name, content });
  }
  return entries;
}

/** The same files packed without compression, for a reader that takes archives. */
export function packPlain(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const nameBytes = Buffer.from(name);
    const checksum = crc32(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(localMark, 0);
    local.writeUInt16LE(20, 4);
    writeSizes(local, 14, checksum, content.length, nameBytes.length);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(entryMark, 0);
    entry.writeUInt16LE(20, 4);
    entry.writeUInt16LE(20, 6);
    writeSizes(entry, 16, checksum, content.length, nameBytes.length);
    entry.writeUInt32LE(offset, 42);
    parts.push(local, nameBytes, content);
    directory.push(entry, nameBytes);
    offset += local.length + nameBytes.length + content.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(endMark, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, listing, end]);
}

/** Checksum, both sizes and the length of the name, as local and central headers have them. */
function writeSizes(header: Buffer, at: number, checksum: number, size: number, nameLength: number): void {
  header.writeUInt32LE(checksum, at);
  header.writeUInt32LE(size, at + 4);
  header.writeUInt32LE(size, at + 8);
  header.writeUInt16LE(nameLength, at + 12);
}

async function contentOf(method: number, packed: Buffer, left: number): Promise<Buffer> {
  if (method === 0) {
    if (packed.length > left) throw new TableFileError('unpacks-too-large');
    return packed;
  }
  if (method !== 8) throw new TableFileError('workbook-broken', `method ${method}`);
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, left) });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new TableFileError(isTooLarge ? 'unpacks-too-large' : 'workbook-broken', '', error);
  }
}

function* listEntries(bytes: Buffer): Generator<{ name: string; method: number; packed: Buffer }> {
  try {
    const end = findEnd(bytes);
    const count = bytes.readUInt16LE(end + 10);
    if (count > mostEntries) throw new TableFileError('workbook-broken', `${count} files`);
    let at = bytes.readUInt32LE(end + 16);
    for (let index = 0; index < count; index += 1) {
      if (bytes.readUInt32LE(at) !== entryMark) throw new TableFileError('workbook-broken');
      const method = bytes.readUInt16LE(at + 10);
      const packedSize = bytes.readUInt32LE(at + 20);
      const nameLength = bytes.readUInt16LE(at + 28);
      const local = bytes.readUInt32LE(at + 42);
      const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      if (bytes.readUInt32LE(local) !== localMark || from + packedSize > bytes.length) {
        throw new TableFileError('workbook-broken');
      }
      const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
      yield { name, method, packed: bytes.subarray(from, from + packedSize) };
      at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    }
  } catch (error) {
    if (error instanceof RangeError) throw new TableFileError('workbook-broken', '', error);
    throw error;
  }
}

function findEnd(bytes: Buffer): number {
  const last = bytes.length - 22;
  for (let at = last; at >= Math.max(0, last - longestComment); at -= 1) {
    if (bytes.readUInt32LE(at) === endMark) return at;
  }
  throw new TableFileError('workbook-broken');
}
