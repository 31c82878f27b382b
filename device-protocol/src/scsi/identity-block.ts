/** The 94-byte identity block (ZFY_INFO) of the police interface that these recorders share. */

import { RecorderError } from '../errors.ts';
import { decodeName } from '../names/decode-name.ts';
import { shown } from '../names/shown.ts';
import type { IdentityToWrite } from '../recorder.ts';
import { decodeGbk, encodeGbk } from './gbk.ts';
import { bytes, record, type ValuesOf } from './record.ts';

const text = 'GBK, ended by a NUL';

export const identityBlock = record('identity block', {
  serialNumber: bytes(8, `serial number of the recorder (cSerial); ${text}`),
  officerNumber: bytes(7, `number of the officer (userNo); ${text}`),
  officerName: bytes(33, `name of the officer (userName); ${text}`),
  unitCode: bytes(13, `code of the unit (unitNo); ${text}`),
  unitName: bytes(33, `name of the unit (unitName); ${text}`),
});

export type IdentityBlock = ValuesOf<typeof identityBlock.fields>;
export type IdentityTexts = { [Part in keyof IdentityBlock]: string | null };

/** What the block says, cleaned for people; `null` for an empty part. Never fails: whatever the bytes, they are shown. */
export function textsOf(block: IdentityBlock): IdentityTexts {
  return {
    serialNumber: textOf(block.serialNumber),
    officerNumber: textOf(block.officerNumber),
    officerName: textOf(block.officerName),
    unitCode: textOf(block.unitCode),
    unitName: textOf(block.unitName),
  };
}

/**
 * The block with some parts replaced; the others keep their bytes. Throws RecorderError IDENTITY_REFUSED where a part is too long,
 * empty, or has characters that GBK or a recorder's screen has not.
 */
export function withParts(block: IdentityBlock, parts: IdentityToWrite): IdentityBlock {
  const changed = { ...block };
  for (const [name, { sizeBytes }] of Object.entries(identityBlock.fields)) {
    const part = name as keyof IdentityBlock;
    const wanted = parts[part];
    if (wanted !== null) changed[part] = encodePart(part, wanted, sizeBytes);
  }
  return changed;
}

function encodePart(part: string, wanted: string, sizeBytes: number): Uint8Array {
  const refuse = (why: string) => new RecorderError('IDENTITY_REFUSED', `${part}: ${why}`);
  if (wanted === '' || /\p{Cc}/u.test(wanted))
    throw refuse('an empty text or control characters cannot be written');
  const encoded = encodeGbk(wanted);
  if (encoded === null) throw refuse('has characters that the recorder cannot hold (not in GBK)');
  // One byte is the NUL's.
  if (encoded.length >= sizeBytes) {
    throw refuse(
      `${encoded.length} bytes where the recorder holds ${sizeBytes - 1} (a Chinese character takes 2)`,
    );
  }
  const padded = new Uint8Array(sizeBytes);
  padded.set(encoded);
  return padded;
}

function textOf(part: Uint8Array): string | null {
  const end = part.indexOf(0);
  const used = end < 0 ? part : part.subarray(0, end);
  const decoded = decodeGbk(used);
  return decoded === null ? decodeName(used).name : shown(decoded.trim());
}
