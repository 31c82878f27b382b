/**
 * Why an archive did not do what it was asked, as far as it matters for what is done next.
 *
 * unreachable        no connection, or none that answers in time: the whole target waits, and is asked cheaply meanwhile
 * busy               429, 503: the whole target waits as long as it says, else ever longer
 * full               402, 403 QuotaExceeded, 507, no space: the whole target waits long, and people are told
 * denied             401, 403: credentials or rights; the whole target waits for people
 * clock-skewed       403 RequestTimeTooSkewed: the offset is learnt and the call made again at once
 * conflict           409: another upload of the same is under way, or its offset is another: what it has is asked again
 * exists             412: something lies there already: it is looked at, never overwritten
 * bytes-damaged      400 BadDigest and the like: what arrived is not what was sent; that piece is sent again
 * malformed          400 and other 4xx: repeating it changes nothing; the clip goes to the dead letters
 * session-lost       the upload is unknown there: it begins anew
 * failed             5xx and what fits nowhere else: the clip waits, ever longer
 * holds-other-bytes  read back, the archive gave other bytes than were sent: never a receipt; people are told
 * not-kept           it does not keep what it was told to keep (retention, hold): never a receipt; people are told
 * clip-damaged       the store's own copy is not what was pulled any more: never sent; people are told
 */
export const archiveRefusalCodes = [
  'unreachable',
  'busy',
  'full',
  'denied',
  'clock-skewed',
  'conflict',
  'exists',
  'bytes-damaged',
  'malformed',
  'session-lost',
  'failed',
  'holds-other-bytes',
  'not-kept',
  'clip-damaged',
] as const;
export type ArchiveRefusalCode = (typeof archiveRefusalCodes)[number];

/** Thrown by every method of an archive target that did not succeed. The message names no secret. */
export class ArchiveRefusal extends Error {
  override readonly name = 'ArchiveRefusal';
  readonly code: ArchiveRefusalCode;
  /** HTTP status, where there was one. */
  readonly status: number | null;
  /** How long the archive asked to be left alone. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ArchiveRefusalCode,
    message: string,
    more: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.code = code;
    this.status = more.status ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
  }
}

export function isArchiveRefusal(error: unknown, code?: ArchiveRefusalCode): error is ArchiveRefusal {
  return error instanceof ArchiveRefusal && (code === undefined || error.code === code);
}
