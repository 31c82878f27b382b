import { dayOfClipId } from '../store/store-layout.ts';

/**
 * Where things lie in every archive, below its root or bucket. Keys carry hashes, ids and days, and no personal data.
 *
 *   clips/<h0h1>/<h2h3>/<sha256>                  media, once for each content
 *   clips/<h0h1>/<h2h3>/<sha256>.<c0…c15>.age     media encrypted, with the beginning of its own hash
 *   records/<yyyy-mm-dd>/<clip id>.json           the sealed record of each clip
 *   index/<dock>/<yyyy-mm-dd>/<sequence>-<h16>.json  the index records of each dock, chained
 *   receipts/<yyyy-mm-dd>/<clip id>.note          the receipt of each clip
 *   heads/<dock>/<tree size>.note                 heads of each dock's custody log
 */
export interface ArchiveDocument {
  key: string;
  body: string;
  mediaType: 'application/json' | 'text/plain; charset=utf-8';
}

export function contentKey(sha256: string): string {
  return `clips/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`;
}

export function encryptedContentKey(sha256: string, encryptedSha256: string): string {
  return `${contentKey(sha256)}.${encryptedSha256.slice(0, 16)}.age`;
}

export function sealedRecordDocument(clipId: string, body: string): ArchiveDocument {
  return { key: `records/${dayOfClipId(clipId)}/${clipId}.json`, body, mediaType: 'application/json' };
}

/** `sequence` counts from 0 in each dock. */
export function indexRecordDocument(
  dock: string,
  { sequence, at, sha256, body }: { sequence: number; at: string; sha256: string; body: string },
): ArchiveDocument {
  const number = String(sequence).padStart(12, '0');
  const key = `index/${dock}/${at.slice(0, 10)}/${number}-${sha256.slice(0, 16)}.json`;
  return { key, body, mediaType: 'application/json' };
}

export function receiptDocument(clipId: string, note: string): ArchiveDocument {
  return {
    key: `receipts/${dayOfClipId(clipId)}/${clipId}.note`,
    body: note,
    mediaType: 'text/plain; charset=utf-8',
  };
}

export function custodyHeadDocument(dock: string, treeSize: number, note: string): ArchiveDocument {
  const key = `heads/${dock}/${String(treeSize).padStart(12, '0')}.note`;
  return { key, body: note, mediaType: 'text/plain; charset=utf-8' };
}
