/** What went wrong between the dock and a recorder. Every code says what an operator can do about it. */
export const recorderErrorCodes = {
  RECORDER_GONE: 'the recorder was unplugged or its port closed; dock it again',
  RECORDER_SILENT: 'the recorder did not answer in time; dock it again, then try another slot',
  PROTOCOL_VIOLATION: 'the recorder sent something its protocol forbids; check its firmware',
  NOT_SUPPORTED: 'this recorder or its driver cannot do that',
  CLIP_READ_FAILED: 'the recorder could not read part of the clip; its card may be failing',
  CLIP_CHANGED: 'the clip changed while it was read; stop recording before docking',
  CLIP_MISSING: 'the clip is no longer on the recorder',
  ERASE_REFUSED: 'the recorder refused to erase the clip; it may be write-protected',
  CLOCK_REFUSED: 'the recorder did not take the time; its clock may be failing',
  IDENTITY_REFUSED: 'the recorder refused to take the identity; check the length of each part',
  MODE_SWITCH_REFUSED: 'the recorder did not show its card; check its password in the configuration',
  FIRMWARE_REFUSED: 'the recorder refused the firmware image',
  DRIVER_CRASHED: 'the driver process ended; the docking is tried again by itself',
} as const;

export type RecorderErrorCode = keyof typeof recorderErrorCodes;

export interface RecorderErrorDetails {
  /** The clip the error is about, as shown to people. */
  clipName?: string;
  /** Position in the clip where reading stopped. */
  positionBytes?: number;
  cause?: unknown;
}

/** The one error type a driver throws. `code` decides what is done about it; `message` is for people. */
export class RecorderError extends Error {
  readonly code: RecorderErrorCode;
  readonly clipName: string | undefined;
  readonly positionBytes: number | undefined;

  constructor(code: RecorderErrorCode, message: string, details: RecorderErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'RecorderError';
    this.code = code;
    this.clipName = details.clipName;
    this.positionBytes = details.positionBytes;
  }
}

export function isRecorderError(error: unknown): error is RecorderError {
  return error instanceof RecorderError;
}

const lostCodes: ReadonlySet<RecorderErrorCode> = new Set<RecorderErrorCode>([
  'RECORDER_GONE',
  'RECORDER_SILENT',
  'DRIVER_CRASHED',
]);

/** True when the docking is over, whatever else was going on: nothing more can be read from this recorder now. */
export function isRecorderLost(error: unknown): boolean {
  return isRecorderError(error) && lostCodes.has(error.code);
}

/** The error for a power that a recorder does not have. `what` completes "this recorder cannot …". */
export function notSupported(what: string): RecorderError {
  return new RecorderError('NOT_SUPPORTED', `this recorder cannot ${what}`);
}
