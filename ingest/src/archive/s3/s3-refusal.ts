import { ArchiveRefusal, type ArchiveRefusalCode } from '../archive-refusal.ts';

/** What each error code of S3 means for what is done next; codes of other makers beside those of AWS. */
const meaningOfCode: Readonly<Record<string, ArchiveRefusalCode>> = {
  RequestTimeTooSkewed: 'clock-skewed',
  RequestExpired: 'clock-skewed',
  AccessDenied: 'denied',
  AccountProblem: 'denied',
  AllAccessDisabled: 'denied',
  AuthorizationHeaderMalformed: 'denied',
  ExpiredToken: 'denied',
  InvalidAccessKeyId: 'denied',
  InvalidToken: 'denied',
  InvalidBucketName: 'denied',
  NoSuchBucket: 'denied',
  SignatureDoesNotMatch: 'denied',
  TokenRefreshRequired: 'denied',
  UserSuspended: 'denied',
  QuotaExceeded: 'full',
  InsufficientStorage: 'full',
  NotEnoughSpace: 'full',
  StorageFull: 'full',
  XMinioStorageFull: 'full',
  BandwidthLimitExceeded: 'busy',
  QpsLimitExceeded: 'busy',
  RequestLimitExceeded: 'busy',
  ServiceUnavailable: 'busy',
  SlowDown: 'busy',
  Throttling: 'busy',
  TooManyRequests: 'busy',
  RequestTimeout: 'unreachable',
  BadDigest: 'bytes-damaged',
  IncompleteBody: 'bytes-damaged',
  InvalidDigest: 'bytes-damaged',
  XAmzContentChecksumMismatch: 'bytes-damaged',
  XAmzContentSHA256Mismatch: 'bytes-damaged',
  NoSuchUpload: 'session-lost',
  InvalidPart: 'conflict',
  InvalidPartOrder: 'conflict',
  BucketNotEmpty: 'conflict',
  ConditionalRequestConflict: 'conflict',
  OperationAborted: 'conflict',
  PreconditionFailed: 'exists',
  FileAlreadyExists: 'exists',
  FileImmutable: 'denied',
};

/** What a status means where the error code is unknown or missing, as it is after HEAD. */
const meaningOfStatus: Readonly<Record<number, ArchiveRefusalCode>> = {
  401: 'denied',
  402: 'full',
  403: 'denied',
  408: 'unreachable',
  409: 'conflict',
  412: 'exists',
  429: 'busy',
  502: 'unreachable',
  503: 'busy',
  504: 'unreachable',
  507: 'full',
};

/** The longest an archive is taken at its word to be left alone. */
const longestRetryAfterMs = 3_600_000;

/** The refusal behind an answer that is no success. `code` is the error code of S3, or empty. */
export function s3Refusal(
  answer: { status: number; headers: Record<string, unknown> },
  { code, message, doing, isOfBucket }: { code: string; message: string; doing: string; isOfBucket: boolean },
): ArchiveRefusal {
  const { status } = answer;
  // HEAD says no more than 404; a bucket that is missing is for people, and no fault of a clip.
  const isNoBucket = status === 404 && code === '' && isOfBucket;
  const rest = status >= 400 && status < 500 ? 'malformed' : 'failed';
  const meaning = isNoBucket ? 'denied' : (meaningOfCode[code] ?? meaningOfStatus[status] ?? rest);
  const retryAfterMs = retryAfterOf(answer.headers['retry-after']);
  const said = [String(status), code, message].filter((part) => part !== '').join(' ');
  return new ArchiveRefusal(meaning, `${doing}: ${said}`, {
    status,
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

/** Retry-After in seconds or as a date (RFC 9110 §10.2.3); `null` where there is none that can be read. */
export function retryAfterOf(value: unknown, now = Date.now()): number | null {
  if (typeof value !== 'string') return null;
  const waitMs = /^\d{1,9}$/u.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), longestRetryAfterMs);
}
