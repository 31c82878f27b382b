/** Command and status wrappers of USB Mass Storage Class, Bulk-Only Transport 1.0, §5. */

import { ScsiProtocolError } from './protocol-error.ts';
import { bytes, number, record, type ValuesOf } from './record.ts';

export const commandSignature = 0x43425355;
export const statusSignature = 0x53425355;
export const maxCommandBytes = 16;

export const commandWrapper = record(
  'command block wrapper',
  {
    signature: number('u32le', '`USBC`'),
    tag: number('u32le', 'chosen by the host for each command; the status repeats it'),
    transferBytes: number('u32le', 'bytes the host will send or take as data'),
    flags: number('u8', 'bit 7 set: data goes to the host; all other bits 0'),
    lun: number('u8', 'logical unit, bits 0 to 3; all other bits 0'),
    commandBytes: number('u8', 'length of the command, 1 to 16, bits 0 to 4; all other bits 0'),
    command: bytes(maxCommandBytes, 'the command, filled up with zeros'),
  },
  'CBW_LENGTH',
);

export const statusWrapper = record(
  'command status wrapper',
  {
    signature: number('u32le', '`USBS`'),
    tag: number('u32le', 'of the command that is over'),
    residueBytes: number('u32le', 'of the bytes asked for, how many were not sent, or not used'),
    status: number('u8', '0 passed, 1 failed, 2 phase error'),
  },
  'CSW_LENGTH',
);

export interface CommandWrapper {
  tag: number;
  transferBytes: number;
  isIn: boolean;
  lun: number;
  command: Uint8Array;
}

export interface StatusWrapper {
  tag: number;
  residueBytes: number;
  status: 'passed' | 'failed' | 'phase-error';
}

const statuses = ['passed', 'failed', 'phase-error'] as const;

export function encodeCommandWrapper({ tag, transferBytes, isIn, lun, command }: CommandWrapper): Uint8Array {
  return commandWrapper.encode({
    signature: commandSignature,
    tag,
    transferBytes,
    flags: isIn ? 0x80 : 0,
    lun,
    commandBytes: command.length,
    command,
  });
}

/** A wrapper that is valid and meaningful (§6.2). Throws ScsiProtocolError. */
export function decodeCommandWrapper(from: Uint8Array): CommandWrapper {
  const { signature, flags, lun, commandBytes, command, tag, transferBytes } = commandWrapper.decode(from);
  expectSignature('CBW_SIGNATURE', signature, commandSignature);
  if ((flags & 0x7f) !== 0 || lun > 0x0f || commandBytes < 1 || commandBytes > maxCommandBytes) {
    throw new ScsiProtocolError(
      'CBW_RESERVED',
      `flags ${flags}, unit ${lun}, command of ${commandBytes} bytes`,
    );
  }
  return { tag, transferBytes, isIn: flags === 0x80, lun, command: command.subarray(0, commandBytes) };
}

export function encodeStatusWrapper({ tag, residueBytes, status }: StatusWrapper): Uint8Array {
  const values: ValuesOf<typeof statusWrapper.fields> = {
    signature: statusSignature,
    tag,
    residueBytes,
    status: statuses.indexOf(status),
  };
  return statusWrapper.encode(values);
}

/** A wrapper that is valid and meaningful for a command (§6.3). Throws ScsiProtocolError. */
export function decodeStatusWrapper(
  from: Uint8Array,
  asked: { tag: number; transferBytes: number },
): StatusWrapper {
  const { signature, tag, residueBytes, status: code } = statusWrapper.decode(from);
  expectSignature('CSW_SIGNATURE', signature, statusSignature);
  if (tag !== asked.tag)
    throw new ScsiProtocolError('CSW_TAG', `status of command ${tag} after command ${asked.tag}`);
  const status = statuses[code];
  if (status === undefined) throw new ScsiProtocolError('CSW_STATUS', `status ${code}`);
  // With a phase error the residue means nothing.
  if (status !== 'phase-error' && residueBytes > asked.transferBytes) {
    throw new ScsiProtocolError('CSW_RESIDUE', `residue ${residueBytes} of ${asked.transferBytes} bytes`);
  }
  return { tag, residueBytes, status };
}

function expectSignature(code: 'CBW_SIGNATURE' | 'CSW_SIGNATURE', found: number, wanted: number): void {
  if (found === wanted) return;
  throw new ScsiProtocolError(code, `signature ${found.toString(16).padStart(8, '0')}`);
}
