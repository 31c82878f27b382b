import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isolatedDriver } from '../isolation/isolated-driver.ts';
import { createScsiDriver } from '../scsi/index.ts';
import { createScsiSimulator } from '../simulator/index.ts';
import type { CheckName } from './run-checks.ts';
import { holdToContract } from './testing/hold-to-contract.ts';
import { inProcess, onSocket, type UsbTrial } from './testing/usb-on-trial.ts';

const trial: UsbTrial = {
  driverName: 'scsi',
  device: ({ directory }) => {
    const cardImagePath = join(directory, 'card.img');
    writeFileSync(cardImagePath, Buffer.alloc(64 * 512));
    return createScsiSimulator({ cardImagePath });
  },
};

/** In command mode a recorder shows no clips: these rules are those of the volume it becomes. */
const leftOut: CheckName[] = [
  'list-repeatable',
  'list-sound',
  'list-whole',
  'list-left-early',
  'list-aborted',
  'read-repeatable',
  'read-any-range',
  'read-at-end',
  'read-aborted',
  'read-side-by-side',
  'clip-missing',
  'clip-changed',
  'clock-bracketed',
  'hash-is-of-the-bytes',
  'erase-refuses-wrong-proof',
  'erase-frees-one-clip',
];

holdToContract(
  'SCSI command mode',
  () => inProcess(trial, (openUsb) => createScsiDriver({ openUsb })),
  leftOut,
);

holdToContract(
  'SCSI command mode on a socket, behind a driver process',
  () => onSocket(trial, (usb) => isolatedDriver({ choice: { driver: 'scsi', usb } })),
  leftOut,
);
