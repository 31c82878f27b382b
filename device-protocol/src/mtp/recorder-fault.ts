import { clipFault as clipFaultOf } from '../clip-fault.ts';
import { RecorderError, type RecorderErrorCode } from '../errors.ts';
import { UsbError } from '../usb/usb-connection.ts';
import { responses } from './codes.ts';
import { isResponse, ResponseError } from './response-error.ts';
import { isWireError } from './wire-error.ts';

/** What a broken transfer or broken bytes mean for the recorder. Refusals, aborts and RecorderErrors come through as they are. */
export function recorderFault(error: unknown): unknown {
  if (isWireError(error)) return new RecorderError('PROTOCOL_VIOLATION', error.message, { cause: error });
  if (!(error instanceof UsbError)) return error;
  switch (error.code) {
    case 'GONE':
      return new RecorderError('RECORDER_GONE', error.message, { cause: error });
    case 'STALL':
    case 'OVERFLOW':
      return new RecorderError('PROTOCOL_VIOLATION', error.message, { cause: error });
    default:
      return new RecorderError('RECORDER_SILENT', error.message, { cause: error });
  }
}

/** True where the recorder says that an object is not there. */
export function isObjectMissing(error: unknown): boolean {
  return isResponse(error, responses.invalidObjectHandle);
}

/** What a refused operation means for a clip. Errors that already are a RecorderError, and aborts, come through as they are. */
export function clipFault(
  error: unknown,
  code: RecorderErrorCode,
  clipName: string,
  positionBytes?: number,
): unknown {
  if (!(error instanceof ResponseError)) return error;
  return clipFaultOf(error, { clipName, isMissing: isObjectMissing(error), code, positionBytes });
}

/** Decodes a dataset without which nothing can go on. */
export function decoded<Body>(decode: () => Body): Body {
  try {
    return decode();
  } catch (error) {
    if (!isWireError(error)) throw error;
    throw new RecorderError('PROTOCOL_VIOLATION', error.message, { cause: error });
  }
}
