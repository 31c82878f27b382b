/** What a simulated device does with one SCSI command; how its bytes cross the bus is not its business. */

import { senseData } from '../../scsi/primary-commands.ts';

export interface SenseValues {
  key: number;
  code: number;
  qualifier: number;
}

/** What a command comes to. */
export type Execution =
  | { type: 'done' }
  /** Data for the host. */
  | { type: 'give'; data: Uint8Array }
  /** Data wanted from the host, and what is done with it. */
  | { type: 'take'; lengthBytes: number; finish(data: Uint8Array): Execution }
  | { type: 'fail'; sense: SenseValues };

export interface LogicalUnit {
  /** Name of a command, for faults; `unknown` for one the unit does not know. */
  nameOf(command: Uint8Array): string;
  execute(command: Uint8Array): Execution;
  /** Done once the status of a command is on its way. */
  afterStatus?(): void;
  open?(): void;
  close?(): void;
}

/** SPC-4 §4.5.6 and annex D. */
export const senses = {
  none: { key: 0, code: 0, qualifier: 0 },
  notReady: { key: 2, code: 0x3a, qualifier: 0 },
  unreadable: { key: 3, code: 0x11, qualifier: 0 },
  invalidCommand: { key: 5, code: 0x20, qualifier: 0 },
  outOfRange: { key: 5, code: 0x21, qualifier: 0 },
  invalidField: { key: 5, code: 0x24, qualifier: 0 },
  writeProtected: { key: 7, code: 0x27, qualifier: 0 },
} as const;

export const done: Execution = { type: 'done' };

export function give(data: Uint8Array): Execution {
  return { type: 'give', data };
}

export function fail(sense: SenseValues): Execution {
  return { type: 'fail', sense };
}

export function encodeSense({ key, code, qualifier }: SenseValues): Uint8Array {
  const nothing = new Uint8Array(0);
  return senseData.encode({
    response: 0x70,
    obsolete: 0,
    key,
    information: nothing,
    additionalBytes: senseData.sizeBytes - 8,
    commandInformation: nothing,
    code,
    qualifier,
    unit: 0,
    specific: nothing,
  });
}
