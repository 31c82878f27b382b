import { isRecorderError } from '@docket/device-protocol';
import { errnoOf, IngestError, isIngestError } from '../errors.ts';

/** What a failed copy was really about: drivers tell of the recorder; any file system error left is our own store. */
export function copyFailure(error: unknown, clip: { clipId: string; name: string }): unknown {
  if (isRecorderError(error) || isIngestError(error)) return error;
  const code = errnoOf(error);
  if (code === undefined) return error;
  const message = error instanceof Error ? error.message : String(error);
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  return new IngestError(
    isFull ? 'STORE_FULL' : 'STORE_FAILED',
    `the store cannot take ${clip.name}: ${message}`,
    {
      clipId: clip.clipId,
      cause: error,
    },
  );
}
