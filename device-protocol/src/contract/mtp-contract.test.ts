import { isolatedDriver } from '../isolation/isolated-driver.ts';
import { createMtpDriver } from '../mtp/index.ts';
import { createMtpSimulator } from '../simulator/index.ts';
import { holdToContract } from './testing/hold-to-contract.ts';
import { inProcess, onSocket, type UsbTrial } from './testing/usb-on-trial.ts';

const trial: UsbTrial = {
  driverName: 'mtp',
  device: ({ directory }) => createMtpSimulator({ folder: directory }),
};

holdToContract('MTP', () => inProcess(trial, (openUsb) => createMtpDriver({ openUsb })), [
  'hash-is-of-the-bytes',
]);

holdToContract(
  'MTP on a socket, behind a driver process',
  () => onSocket(trial, (usb) => isolatedDriver({ choice: { driver: 'mtp', usb } })),
  ['hash-is-of-the-bytes'],
);
