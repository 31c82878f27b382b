/** What went wrong on the wire, as what a docking can act on. */

import { RecorderError } from '../errors.ts';
import { UsbError } from '../usb/usb-connection.ts';
import { ScsiProtocolError } from './protocol-error.ts';

/** A command that the recorder carried out and reports as failed, with the reason it gave. */
export class CommandFailed extends Error {
  constructor(what: string, sense: { key: number; code: number; qualifier: number } | null) {
    const hex = (value: number): string => value.toString(16).padStart(2, '0');
    const reason =
      sense === null
        ? 'gave no reason'
        : `sense ${hex(sense.key)} ${hex(sense.code)} ${hex(sense.qualifier)}`;
    super(`the recorder failed to ${what} (${reason})`);
    this.name = 'CommandFailed';
  }
}

/** The RecorderError for a failure of the wire; other errors, and aborts, come through as they are. */
export function scsiFault(error: unknown, what: string): unknown {
  if (error instanceof UsbError) {
    const message = `could not ${what}: ${error.message}`;
    if (error.code === 'GONE') return new RecorderError('RECORDER_GONE', message, { cause: error });
    if (error.code === 'TIMEOUT') return new RecorderError('RECORDER_SILENT', message, { cause: error });
    return new RecorderError('PROTOCOL_VIOLATION', message, { cause: error });
  }
  if (error instanceof ScsiProtocolError || error instanceof CommandFailed) {
    return new RecorderError('PROTOCOL_VIOLATION', `could not ${what}: ${error.message}`, { cause: error });
  }
  return error;
}
