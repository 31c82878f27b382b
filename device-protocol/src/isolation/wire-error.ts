import { RecorderError, type RecorderErrorCode, recorderErrorCodes } from '../errors.ts';
import { type Static, Type } from '../schema.ts';
import { UsbError, type UsbErrorCode } from '../usb/usb-connection.ts';

const Message = Type.String({ maxLength: 16_384 });

/** An error as it crosses from a driver process. */
export const WireError = Type.Object({
  code: Type.Unsafe<RecorderErrorCode>({ type: 'string', enum: Object.keys(recorderErrorCodes) }),
  message: Message,
  clipName: Type.Optional(Type.String({ maxLength: 65_536 })),
  positionBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
  /** What the error was caused by, as text. */
  cause: Type.Optional(Message),
});
export type WireError = Static<typeof WireError>;

/** What a transfer that failed under a driver means for the docking, where the driver let it through. */
const codeOfUsbError: Record<UsbErrorCode, RecorderErrorCode> = {
  GONE: 'RECORDER_GONE',
  TIMEOUT: 'RECORDER_SILENT',
  BUSY: 'RECORDER_SILENT',
  DENIED: 'RECORDER_SILENT',
  FAILED: 'RECORDER_SILENT',
  STALL: 'PROTOCOL_VIOLATION',
  OVERFLOW: 'PROTOCOL_VIOLATION',
};

/** Anything a driver throws; what is no error of a recorder or of USB is a fault in the driver. */
export function wireError(error: unknown): WireError {
  if (isOfRecorder(error)) {
    const { code, clipName, positionBytes, cause } = error;
    return {
      code,
      message: bounded(error.message),
      ...(typeof clipName === 'string' ? { clipName: bounded(clipName) } : {}),
      ...(positionBytes !== undefined && Number.isSafeInteger(positionBytes) ? { positionBytes } : {}),
      ...(cause === undefined ? {} : { cause: bounded(String(cause)) }),
    };
  }
  if (error instanceof UsbError) {
    return {
      code: codeOfUsbError[error.code],
      message: bounded(error.message),
      cause: `UsbError ${error.code}`,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return {
    code: 'DRIVER_CRASHED',
    message: bounded(`the driver failed: ${message}`),
    cause: bounded(cause),
  };
}

export function errorOfWire({ code, message, ...details }: WireError): RecorderError {
  return new RecorderError(code, message, details);
}

/** A plugin has a RecorderError of its own, if any: the code is what counts. */
function isOfRecorder(error: unknown): error is RecorderError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    Object.hasOwn(recorderErrorCodes, error.code)
  );
}

function bounded(text: string): string {
  return text.slice(0, 8192);
}
