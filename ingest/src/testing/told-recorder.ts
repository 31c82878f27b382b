import {
  deriveRecorder,
  type IdentityToWrite,
  type RecorderDriver,
  type RecorderIdentity,
  type RecorderStatus,
} from '@docket/device-protocol';
import { volumeDriver } from '@docket/device-protocol/transport';

/** What a recorder of a test says of itself; `writeIdentity` changes it, where it may. */
export interface ToldRecorder {
  identity: RecorderIdentity;
  status: RecorderStatus;
  /** What the recorder does when an identity is written; `null`: it cannot. */
  write: ((wanted: IdentityToWrite, told: ToldRecorder) => void | Promise<void>) | null;
}

export function toldRecorder(
  serialNumber: string | null,
  change: Partial<RecorderIdentity> = {},
): ToldRecorder {
  return {
    identity: {
      serialNumber,
      vendor: null,
      model: null,
      firmware: null,
      officerNumber: null,
      source: 'device',
      ...change,
    },
    status: { batteryPercent: null, capacityBytes: null, freeBytes: null },
    write: null,
  };
}

/** Takes what is written, as a recorder does. */
export function takeIdentity(wanted: IdentityToWrite, told: ToldRecorder): void {
  const { serialNumber, officerNumber } = wanted;
  told.identity = {
    ...told.identity,
    serialNumber: serialNumber ?? told.identity.serialNumber,
    officerNumber: officerNumber ?? told.identity.officerNumber,
  };
}

/** The volume driver on a card, with a recorder that says of itself what a test has it say. */
export function toldDriver(told: ToldRecorder, name = 'volume'): RecorderDriver {
  return {
    name,
    open: async (attachment, signal) => {
      const recorder = await volumeDriver.open(attachment, signal);
      const { write } = told;
      return deriveRecorder(recorder, {
        capabilities: new Set([
          ...recorder.capabilities,
          ...(write === null ? [] : ['writeIdentity' as const]),
        ]),
        identify: async () => told.identity,
        readStatus: async () => told.status,
        ...(write === null ? {} : { writeIdentity: async (wanted) => write(wanted, told) }),
      });
    },
  };
}
