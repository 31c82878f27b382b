import { ByteReader } from './byte-cursor.ts';
import { objectProperties } from './codes.ts';
import { type ObjectInfo, objectPropertyList } from './datasets.ts';
import { operations } from './operations.ts';
import { orRefused } from './response-error.ts';
import type { MtpSession } from './session.ts';
import { type MtpValue, readValue, typeCodes } from './value.ts';
import { isWireError } from './wire-error.ts';

/** Where a recorder tells the 64-bit size of an object: by a value, by a property list, or nowhere. */
export type SizeSource = 'value' | 'list' | 'none';

/** ObjectInfo shows this for every size from here on. */
const sizeInProperty = 0xffff_ffff;

/**
 * Length of an object; `null` where the recorder does not tell, or tells one no file has. ObjectSize (0xDC04) is asked
 * wherever it is there: ObjectInfo has 32 bits, and recorders are known that leave out the upper half without a word
 * (umtp-responder shows 5 GiB as 1 GiB). Of two answers the larger counts: too much shows when it is read, too little
 * would be taken for a whole clip.
 */
export async function sizeOfObject(
  session: MtpSession,
  handle: number,
  info: ObjectInfo,
  source: SizeSource,
  signal: AbortSignal,
): Promise<number | null> {
  const size = await sizeProperty(session, handle, source, signal);
  if (size === null) return info.sizeBytes === sizeInProperty ? null : info.sizeBytes;
  const larger =
    size > BigInt(info.sizeBytes) || info.sizeBytes === sizeInProperty ? size : BigInt(info.sizeBytes);
  return larger <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(larger) : null;
}

async function sizeProperty(
  session: MtpSession,
  object: number,
  source: SizeSource,
  signal: AbortSignal,
): Promise<bigint | null> {
  const property = objectProperties.objectSize;
  if (source === 'value') {
    const asked = { object, property };
    const bytes = await orRefused(session.fetch(operations.getObjectPropertyValue, asked, signal));
    return bytes === null ? null : sizeIn(() => readValue(new ByteReader(bytes), typeOfSize(bytes)));
  }
  if (source === 'list') {
    const asked = { object, format: 0, property, group: 0, depth: 0 };
    const bytes = await orRefused(session.fetch(operations.getObjectPropertyList, asked, signal));
    if (bytes === null) return null;
    return sizeIn(
      () =>
        objectPropertyList
          .decode(bytes)
          .rows.find((row) => row.handle === object && row.property === property)?.value,
    );
  }
  return null;
}

/** MTP has 64 bits here; a recorder that sends four bytes cannot mean anything else by them. */
function typeOfSize(bytes: Uint8Array): number {
  return bytes.length === 4 ? typeCodes.uint32 : typeCodes.uint64;
}

function sizeIn(decode: () => MtpValue | undefined): bigint | null {
  try {
    const value = decode();
    return typeof value === 'bigint' || typeof value === 'number' ? BigInt(value) : null;
  } catch (error) {
    if (isWireError(error)) return null;
    throw error;
  }
}
