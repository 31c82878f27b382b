import { plainTag } from './multipart-calls.ts';
import type { S3Answer, S3Client } from './s3-client.ts';
import type { ObjectPlace } from './upload-session.ts';

/** What the server says of an object it has. */
export interface StoredVersion extends ObjectPlace {
  versionId: string | null;
  etag: string | null;
  sizeBytes: number;
  storedAt: Date | null;
  lockMode: string | null;
  lockedUntil: Date | null;
  isOnHold: boolean;
}

/** Asks for an object, or for one version of it; `null` where there is none. */
export async function headVersion(
  client: S3Client,
  place: ObjectPlace,
  versionId: string | null,
  signal: AbortSignal,
): Promise<StoredVersion | null> {
  const answer = await client.callOrNothing(
    { method: 'HEAD', ...place, query: versionQuery(versionId) },
    signal,
  );
  return answer === null ? null : versionIn(answer, place);
}

export function versionQuery(versionId: string | null): Record<string, string> {
  return versionId === null ? {} : { versionId };
}

function versionIn({ headers }: S3Answer, { bucket, key }: ObjectPlace): StoredVersion {
  const text = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const etag = text('etag');
  const versionId = text('x-amz-version-id');
  return {
    bucket,
    key,
    versionId: versionId === 'null' ? null : versionId,
    etag: etag === null ? null : plainTag(etag),
    sizeBytes: Number(text('content-length') ?? -1),
    storedAt: dateOf(text('last-modified')),
    lockMode: text('x-amz-object-lock-mode'),
    lockedUntil: dateOf(text('x-amz-object-lock-retain-until-date')),
    isOnHold: text('x-amz-object-lock-legal-hold')?.toUpperCase() === 'ON',
  };
}

/** `null` for what is no date; Ceph writes nanoseconds. */
function dateOf(text: string | null): Date | null {
  if (text === null) return null;
  const date = new Date(text.replace(/(\.\d{3})\d+(?=Z$)/u, '$1'));
  return Number.isNaN(date.getTime()) ? null : date;
}
