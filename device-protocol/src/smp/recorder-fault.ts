import { RecorderError, type RecorderErrorCode } from '../errors.ts';
import { DeviceError } from './device-error.ts';
import { fsNotFoundCodes } from './messages/fs.ts';
import { recorderErrorNumbers } from './messages/recorder.ts';

const fileGroup = 8;
const recorderGroup = 64;

/** True where the recorder says that a file or clip is not there. */
export function isClipMissing(error: unknown): boolean {
  return (
    error instanceof DeviceError &&
    (error.isNotFound(fileGroup, fsNotFoundCodes) ||
      error.isNotFound(recorderGroup, [recorderErrorNumbers.notFound]))
  );
}

/** True where the recorder found other bytes on its card than the proof names. */
export function isProofMismatch(error: unknown): boolean {
  return (
    error instanceof DeviceError &&
    error.group === recorderGroup &&
    error.rc === recorderErrorNumbers.proofMismatch
  );
}

/**
 * What a failed request means for a clip: CLIP_MISSING where the recorder says so, NOT_SUPPORTED where it cannot do
 * it, else `code`. Errors that already are a RecorderError, and aborts, come through as they are.
 */
export function clipFault(
  error: unknown,
  code: RecorderErrorCode,
  clipName: string,
  positionBytes?: number,
): unknown {
  if (!(error instanceof DeviceError)) return error;
  const details = { clipName, cause: error, ...(positionBytes === undefined ? {} : { positionBytes }) };
  if (isClipMissing(error)) {
    return new RecorderError('CLIP_MISSING', `${clipName} is no longer on the recorder`, details);
  }
  const meaning = error.isNotSupported ? 'NOT_SUPPORTED' : code;
  return new RecorderError(meaning, `${clipName}: ${error.message}`, details);
}
