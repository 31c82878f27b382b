import { isArchiveRefusal } from '../archive-refusal.ts';
import type { S3Client, SignedBody } from './s3-client.ts';
import { smallBody } from './s3-client.ts';
import { allOf, textOf, writeXml } from './s3-xml.ts';
import type { ObjectPlace } from './upload-session.ts';

/** A part as the server has it. */
export interface HeldPart {
  etag: string;
  sizeBytes: number;
}

/** An upload under way, as the server lists it. */
export interface ListedUpload extends ObjectPlace {
  uploadId: string;
  initiatedAt: Date;
}

/** Pages of any list: more than any clip or dock has. A server that lists for ever is given up. */
const mostPages = 1000;

export async function beginUpload(
  client: S3Client,
  place: ObjectPlace,
  signal: AbortSignal,
): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await client.call({ method: 'POST', ...place, query: { uploads: '' }, headers }, signal);
  return textOf(answer.xml?.content, 'UploadId');
}

/** The parts the server has, by number; `null` where it does not know the upload. */
export async function listParts(
  client: S3Client,
  place: ObjectPlace,
  uploadId: string,
  signal: AbortSignal,
): Promise<Map<number, HeldPart> | null> {
  const parts = new Map<number, HeldPart>();
  let marker = '';
  for (let page = 0; page < mostPages; page += 1) {
    const query = { uploadId, ...(marker === '' ? {} : { 'part-number-marker': marker }) };
    const answer = await orLost(client.callOrNothing({ method: 'GET', ...place, query }, signal));
    const list = answer?.xml?.content;
    if (list === undefined) return null;
    for (const part of allOf(list, 'Part')) {
      const number = Number(textOf(part, 'PartNumber'));
      parts.set(number, { etag: plainTag(textOf(part, 'ETag')), sizeBytes: Number(textOf(part, 'Size')) });
    }
    // Ceph names a next marker on the last page too: only IsTruncated tells whether there is more.
    if (textOf(list, 'IsTruncated') !== 'true') break;
    marker = textOf(list, 'NextPartNumberMarker');
  }
  return parts;
}

/** Sends a part. Resolves with the tag the server gave it. */
export async function putPart(
  client: S3Client,
  upload: ObjectPlace & { uploadId: string },
  part: { number: number; body: SignedBody; pace: (sizeBytes: number) => Promise<void> },
  signal: AbortSignal,
): Promise<string> {
  const { bucket, key, uploadId } = upload;
  const query = { partNumber: String(part.number), uploadId };
  const { body, pace } = part;
  const answer = await client.call({ method: 'PUT', bucket, key, query, body, pace }, signal);
  const etag = plainTag(answer.headers.etag ?? '');
  return etag === '' ? part.body.md5 : etag;
}

export async function completeUpload(
  client: S3Client,
  upload: ObjectPlace & { uploadId: string },
  etags: ReadonlyMap<number, string>,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, key, uploadId } = upload;
  const parts = [...etags].sort(([a], [b]) => a - b);
  const list = writeXml('CompleteMultipartUpload', {
    Part: parts.map(([number, etag]) => ({ PartNumber: number, ETag: `"${etag}"` })),
  });
  await client.call({ method: 'POST', bucket, key, query: { uploadId }, body: smallBody(list) }, signal);
}

/** Gives an upload up, and what it holds with it. One the server does not know is no upload. */
export async function abortUpload(
  client: S3Client,
  { bucket, key, uploadId }: ObjectPlace & { uploadId: string },
  signal: AbortSignal,
): Promise<void> {
  await orLost(client.callOrNothing({ method: 'DELETE', bucket, key, query: { uploadId } }, signal));
}

/** Every upload under way whose key begins so. */
export async function listUploads(
  client: S3Client,
  { bucket, prefix }: { bucket: string; prefix: string },
  signal: AbortSignal,
): Promise<ListedUpload[]> {
  const uploads: ListedUpload[] = [];
  let markers: Record<string, string> = {};
  for (let page = 0; page < mostPages; page += 1) {
    const query = { uploads: '', prefix, ...markers };
    const list = (await client.call({ method: 'GET', bucket, query }, signal)).xml?.content ?? '';
    for (const upload of allOf(list, 'Upload')) {
      uploads.push({
        bucket,
        key: textOf(upload, 'Key'),
        uploadId: textOf(upload, 'UploadId'),
        initiatedAt: new Date(textOf(upload, 'Initiated')),
      });
    }
    if (textOf(list, 'IsTruncated') !== 'true') break;
    markers = {
      'key-marker': textOf(list, 'NextKeyMarker'),
      'upload-id-marker': textOf(list, 'NextUploadIdMarker'),
    };
  }
  return uploads;
}

/** A tag without its quotation marks. */
export function plainTag(etag: string): string {
  return etag.replaceAll('"', '');
}

async function orLost<Result>(call: Promise<Result>): Promise<Result | null> {
  try {
    return await call;
  } catch (error) {
    if (isArchiveRefusal(error, 'session-lost')) return null;
    throw error;
  }
}
