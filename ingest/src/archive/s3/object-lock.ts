import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveRetention, Holding } from '../archive-target.ts';
import { type S3Client, smallBody } from './s3-client.ts';
import { textOf, writeXml, type XmlElement } from './s3-xml.ts';
import { headVersion, type StoredVersion, versionQuery } from './stored-version.ts';

const dayMs = 86_400_000;

/** How long a bucket locks whatever is put into it. */
export interface BucketRule {
  days: number;
}

/**
 * The rule a bucket locks by. Without one, footage would lie open between its last byte and its lock: throws `not-kept`.
 */
export async function readBucketRule(
  client: S3Client,
  bucket: string,
  signal: AbortSignal,
): Promise<BucketRule> {
  const name = client.habits.lock === 'native' ? 'worm' : 'object-lock';
  const answer = await client.callOrNothing({ method: 'GET', bucket, query: { [name]: '' } }, signal);
  const days = answer?.xml === null || answer === null ? 0 : daysIn(answer.xml.content);
  if (days > 0) return { days };
  throw new ArchiveRefusal(
    'not-kept',
    `bucket ${bucket} does not lock what is put into it in COMPLIANCE mode`,
  );
}

function daysIn(content: XmlElement): number {
  if (textOf(content, 'State') === 'Locked') return Number(textOf(content, 'RetentionPeriodInDays')) || 0;
  const rule = (name: string) => textOf(content, 'Rule', 'DefaultRetention', name);
  if (textOf(content, 'ObjectLockEnabled') !== 'Enabled' || rule('Mode') !== 'COMPLIANCE') return 0;
  return Number(rule('Days')) || Number(rule('Years')) * 365 || 0;
}

/**
 * Locks a version at least as long as asked, above the bucket's rule, and asks the server afterwards what it keeps. Throws
 * `not-kept` where that is less.
 */
export async function lockVersion(
  client: S3Client,
  version: StoredVersion,
  { rule, retention, signal }: { rule: BucketRule; retention: ArchiveRetention; signal: AbortSignal },
): Promise<Holding['retain']> {
  const { lock, hasLegalHold } = client.habits;
  const wanted = retention.until === null ? null : wholeSecondAfter(new Date(retention.until));
  if (lock !== 'object') return lockedByRule(version, rule, wanted);
  const isShort = !isKept(version, wanted);
  const isFree = retention.isOnHold && hasLegalHold && !version.isOnHold;
  // A day that is over by the server's clock cannot be asked for; the rule of the bucket holds then.
  if (isShort && wanted !== null && wanted > client.now())
    await putRetention(client, version, wanted, signal);
  if (isFree) await putLegalHold(client, version, signal);
  const kept = isShort || isFree ? await headVersion(client, version, version.versionId, signal) : version;
  const stillWanted = wanted !== null && wanted > client.now() ? wanted : null;
  if (kept === null || !isKept(kept, stillWanted)) {
    const until = kept?.lockedUntil?.toISOString() ?? 'no day';
    const what = `is kept ${kept?.lockMode ?? 'without a lock'} until ${until}`;
    throw new ArchiveRefusal(
      'not-kept',
      `${version.key} ${what}, and not until ${wanted?.toISOString() ?? 'any'}`,
    );
  }
  if (isFree && !kept.isOnHold) throw new ArchiveRefusal('not-kept', `${version.key} is not put on hold`);
  return { mode: 'COMPLIANCE', until: kept.lockedUntil?.toISOString() ?? null, isOnHold: kept.isOnHold };
}

function isKept({ lockMode, lockedUntil }: StoredVersion, wanted: Date | null): boolean {
  return lockMode === 'COMPLIANCE' && lockedUntil !== null && (wanted === null || lockedUntil >= wanted);
}

/** Where the bucket's rule alone counts: from the day the object was stored. */
function lockedByRule(version: StoredVersion, { days }: BucketRule, wanted: Date | null): Holding['retain'] {
  const until = version.storedAt === null ? null : new Date(version.storedAt.getTime() + days * dayMs);
  if (until !== null && (wanted === null || until >= wanted)) {
    return { mode: 'COMPLIANCE', until: until.toISOString(), isOnHold: version.isOnHold };
  }
  throw new ArchiveRefusal(
    'not-kept',
    `${version.key} is kept ${days} days by its bucket, and not until ${wanted?.toISOString() ?? 'any'}`,
  );
}

/** Asks for a retention; whoever calls this looks afterwards. */
export async function putRetention(
  client: S3Client,
  { bucket, key, versionId }: StoredVersion,
  until: Date,
  signal: AbortSignal,
  { mode = 'COMPLIANCE', headers = {} }: { mode?: string; headers?: Record<string, string> } = {},
): Promise<void> {
  const body = smallBody(
    writeXml('Retention', { Mode: mode, RetainUntilDate: until.toISOString().replace(/\.\d+Z$/u, 'Z') }),
  );
  const query = { retention: '', ...versionQuery(versionId) };
  await client.call({ method: 'PUT', bucket, key, query, headers, body }, signal);
}

async function putLegalHold(
  client: S3Client,
  { bucket, key, versionId }: StoredVersion,
  signal: AbortSignal,
): Promise<void> {
  const query = { 'legal-hold': '', ...versionQuery(versionId) };
  const body = smallBody(writeXml('LegalHold', { Status: 'ON' }));
  await client.call({ method: 'PUT', bucket, key, query, body }, signal);
}

/** Servers keep whole seconds. */
function wholeSecondAfter(date: Date): Date {
  return new Date(Math.ceil(date.getTime() / 1000) * 1000);
}
