import { isArchiveRefusal } from '../archive-refusal.ts';
import type { S3Client } from './s3-client.ts';
import { allOf, textOf } from './s3-xml.ts';
import type { ObjectPlace } from './upload-session.ts';

/** Whether docks other than this one keep index records in a bucket. */
export async function otherDocks(
  client: S3Client,
  { bucket, dock }: { bucket: string; dock: string },
  signal: AbortSignal,
): Promise<boolean> {
  // Two are enough to know: at most one of them is ours.
  const query = { 'list-type': '2', prefix: 'index/', delimiter: '/', 'max-keys': '2' };
  const list = (await client.call({ method: 'GET', bucket, query }, signal)).xml?.content ?? '';
  return allOf(list, 'CommonPrefixes').some((one) => textOf(one, 'Prefix') !== `index/${dock}/`);
}

/**
 * Removes every version of a content, plain and encrypted. Resolves with false where the store keeps one of them: locked, or
 * not ours to delete.
 */
export async function removeVersions(
  client: S3Client,
  place: ObjectPlace,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for (const { key, versionId } of await versionsOf(client, place, signal)) {
      const query: Record<string, string> = versionId === '' ? {} : { versionId };
      await client.call({ method: 'DELETE', bucket: place.bucket, key, query }, signal);
    }
  } catch (error) {
    if (isArchiveRefusal(error, 'denied')) return false;
    throw error;
  }
  // A store may answer that it deleted, and keep it; or lock it without a word.
  return (await versionsOf(client, place, signal)).length === 0;
}

/** Versions of a content and of its encryptions; markers of deletion too. At most a page of them, which no content fills. */
async function versionsOf(
  client: S3Client,
  { bucket, key }: ObjectPlace,
  signal: AbortSignal,
): Promise<{ key: string; versionId: string }[]> {
  const { hasVersions } = client.habits;
  const query = { ...(hasVersions ? { versions: '' } : { 'list-type': '2' }), prefix: key };
  const list = (await client.call({ method: 'GET', bucket, query }, signal)).xml?.content ?? '';
  return ['Version', 'DeleteMarker', 'Contents']
    .flatMap((name) => allOf(list, name))
    .map((one) => ({ key: textOf(one, 'Key'), versionId: textOf(one, 'VersionId') }))
    .filter((one) => one.key === key || one.key.startsWith(`${key}.`));
}
