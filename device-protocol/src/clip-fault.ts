import { RecorderError, type RecorderErrorCode } from './errors.ts';

/** What a recorder answers in its own protocol where it does not do what was asked. */
export interface Refusal extends Error {
  readonly isNotSupported: boolean;
}

export interface RefusedClip {
  clipName: string;
  /** Whether the recorder says that the clip is not there. */
  isMissing: boolean;
  /** What the refusal means where the recorder says nothing more. */
  code: RecorderErrorCode;
  positionBytes?: number | undefined;
}

/**
 * What a refused operation means for a clip: CLIP_MISSING where the recorder says so, NOT_SUPPORTED where it cannot do
 * it, else `code`.
 */
export function clipFault(
  refusal: Refusal,
  { clipName, isMissing, code, positionBytes }: RefusedClip,
): RecorderError {
  const details = { clipName, cause: refusal, ...(positionBytes === undefined ? {} : { positionBytes }) };
  if (isMissing)
    return new RecorderError('CLIP_MISSING', `${clipName} is no longer on the recorder`, details);
  const meaning = refusal.isNotSupported ? 'NOT_SUPPORTED' : code;
  return new RecorderError(meaning, `${clipName}: ${refusal.message}`, details);
}
