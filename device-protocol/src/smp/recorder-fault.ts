import { clipFault as clipFaultOf } from '../clip-fault.ts';
import type { RecorderErrorCode } from '../errors.ts';
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

/** What a failed request means for a clip. Errors that already are a RecorderError, and aborts, come through as they are. */
export function clipFault(
  error: unknown,
  code: RecorderErrorCode,
  clipName: string,
  positionBytes?: number,
): unknown {
  if (!(error instanceof DeviceError)) return error;
  return clipFaultOf(error, { clipName, isMissing: isClipMissing(error), code, positionBytes });
}
