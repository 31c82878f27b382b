import { isolatedDriver } from '../isolation/isolated-driver.ts';
import { createSmpUsbSimulator } from '../simulator/index.ts';
import { createSmpDriver } from '../smp/index.ts';
import { smpLinks } from '../transport/smp-links.ts';
import { holdToContract } from './testing/hold-to-contract.ts';
import { inProcess, onSocket, type UsbTrial } from './testing/usb-on-trial.ts';

const trial: UsbTrial = {
  driverName: 'smp',
  device: ({ directory }) => createSmpUsbSimulator({ folder: directory }),
};

holdToContract('SMP over USB bulk', () =>
  inProcess(trial, (openUsb) => createSmpDriver({ openLink: smpLinks(openUsb) })),
);

holdToContract('SMP over USB bulk on a socket, behind a driver process', () =>
  onSocket(trial, (usb) => isolatedDriver({ choice: { driver: 'smp', usb } })),
);
