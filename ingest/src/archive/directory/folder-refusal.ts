import { errnoOf } from '../../errors.ts';
import { ArchiveRefusal, type ArchiveRefusalCode, isArchiveRefusal } from '../archive-refusal.ts';
import { YieldLine } from '../archive-target.ts';

/** What the kernel says of a folder or share, as far as it matters for what is done next. All else has `failed`. */
const codeOfErrno: Readonly<Record<string, ArchiveRefusalCode>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EIO: 'unreachable',
  ESTALE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ENOTCONN: 'unreachable',
  ENODEV: 'unreachable',
  ENXIO: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
};

/** What an archive in a folder throws for a failure: refusals, yields and stops as they are, all else as a refusal. */
export function folderRefusal(archive: string, error: unknown, signal?: AbortSignal): unknown {
  if (isArchiveRefusal(error) || error instanceof YieldLine || signal?.aborted === true) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOfErrno[errnoOf(error) ?? ''] ?? 'failed';
  return new ArchiveRefusal(code, `archive ${archive}: ${message}`, { cause: error });
}
