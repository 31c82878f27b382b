import { join } from 'node:path';
import type { RecorderDriver } from '../attachment.ts';
import { isolatedDriver } from '../isolation/isolated-driver.ts';
import {
  connectInProcess,
  createSmpUsbSimulator,
  openUsbRedir,
  startUsbRedirServer,
} from '../simulator/index.ts';
import { createSmpDriver } from '../smp/index.ts';
import { smpLinks } from '../transport/smp-links.ts';
import type { UsbDeviceFacts } from '../usb/usb-device.ts';
import { holdToContract, type TestSubject } from './testing/hold-to-contract.ts';
import { type SampleCard, sampleCard } from './testing/sample-card.ts';

const attachmentOf = (device: UsbDeviceFacts) =>
  ({
    portPath: device.portPath,
    instance: 'a',
    target: { type: 'usb', device, driver: 'smp', interfaceNumber: 0, model: 'smp-bulk' },
  }) as const;

function onTrial(
  card: SampleCard,
  driver: RecorderDriver,
  device: UsbDeviceFacts,
  unplug: () => Promise<void>,
): TestSubject {
  return {
    open: (signal) => driver.open(attachmentOf(device), signal),
    known: card.known,
    allows: { erase: true, setClock: true },
    longestReadBytes: 1_500_000,
    unplug,
    end: async () => {
      await unplug();
      await card.remove();
    },
  };
}

holdToContract('SMP over USB bulk', async () => {
  const card = await sampleCard(1_000_000);
  const plugged = connectInProcess(createSmpUsbSimulator({ folder: card.directory }));
  const driver = createSmpDriver({ openLink: smpLinks(plugged.openUsb) });
  return onTrial(card, driver, plugged.device, async () => plugged.unplug());
});

holdToContract('SMP over USB bulk on a socket, behind a driver process', async () => {
  const card = await sampleCard(1_000_000);
  const path = join(card.directory, '..', `usb-${process.hrtime.bigint()}`);
  const plug = await startUsbRedirServer(createSmpUsbSimulator({ folder: card.directory }), { path });
  const signal = AbortSignal.timeout(20_000);
  const looked = await openUsbRedir({ path }, { signal });
  looked.unplug();
  const driver = isolatedDriver({ choice: { driver: 'smp', usb: { via: 'usb-redir', path } } });
  return onTrial(card, driver, looked.device, () => plug.unplug());
});
