import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type DockSite, filesBelow } from './dock-site.ts';

/** What a receipt in an archive says, once its signature holds. */
export interface SignedReceipt {
  clipId: string;
  sha256: string;
  sizeBytes: number;
  recordSha256: string;
  verified: string;
}

/** Every receipt that lies in the archive, read with none of Docket's code. Throws where one is not signed by the dock. */
export async function readReceipts(site: Pick<DockSite, 'archive' | 'store'>): Promise<SignedReceipt[]> {
  const folder = join(site.archive, 'receipts');
  const notes = (await filesBelow(folder)).filter((file) => file.endsWith('.note'));
  if (notes.length === 0) return [];
  const key = createPublicKey(await readFile(join(site.store, 'receipt-key.pem')));
  return Promise.all(
    notes.map(async (file) => {
      const text = signedText(await readFile(join(folder, file), 'utf8'), key);
      return { clipId: basename(file, '.note'), ...fieldsOf(text) };
    }),
  );
}

/** The text of a C2SP signed note whose first line of signature is by this Ed25519 key. */
function signedText(note: string, key: ReturnType<typeof createPublicKey>): string {
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const [line = ''] = note.slice(split + 2).split('\n');
  const [dash, name = '', base64 = ''] = line.split(' ');
  const signature = Buffer.from(base64, 'base64');
  const raw = Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
  const keyHash = createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.concat([Buffer.of(1), raw]))
    .digest();
  const isByDock =
    dash === '\u2014' &&
    signature.subarray(0, 4).equals(keyHash.subarray(0, 4)) &&
    verify(null, Buffer.from(text), key, signature.subarray(4));
  if (!isByDock) throw new Error(`a receipt is not signed by the dock: ${note}`);
  return text;
}

function fieldsOf(text: string): Omit<SignedReceipt, 'clipId'> {
  const clip = /^clip sha256:([0-9a-f]{64}) size (\d+)$/mu.exec(text);
  const record = /^record sha256:([0-9a-f]{64})$/mu.exec(text);
  const verified = /^verified (\S+) by /mu.exec(text);
  if (clip === null || record === null || verified === null)
    throw new Error(`a receipt says too little: ${text}`);
  return {
    sha256: clip[1] ?? '',
    sizeBytes: Number(clip[2]),
    recordSha256: record[1] ?? '',
    verified: verified[1] ?? '',
  };
}
