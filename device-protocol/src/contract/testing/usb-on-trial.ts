import { join } from 'node:path';
import type { Attachment, RecorderDriver } from '../../attachment.ts';
import type { UsbWay } from '../../isolation/driver-choice.ts';
import {
  connectInProcess,
  openUsbRedir,
  type SimulatedUsbDevice,
  startUsbRedirServer,
} from '../../simulator/usb/index.ts';
import type { OpenUsb } from '../../usb/usb-connection.ts';
import type { UsbDeviceFacts } from '../../usb/usb-device.ts';
import type { TestSubject } from './hold-to-contract.ts';
import { type SampleCard, sampleCard } from './sample-card.ts';

export interface UsbTrial {
  driverName: string;
  /** The device whose clips are those of the card. */
  device(card: SampleCard): SimulatedUsbDevice;
  /** How a card's clips are called on the recorder, where that is not as in the folder. */
  known?(card: SampleCard): ReadonlyMap<string, Uint8Array>;
}

const longestBytes = 1_000_000;

/** A simulated USB device with the driver in this process. */
export async function inProcess(
  trial: UsbTrial,
  driver: (openUsb: OpenUsb) => RecorderDriver,
): Promise<TestSubject> {
  const card = await sampleCard(longestBytes);
  const plugged = connectInProcess(trial.device(card));
  return onTrial(trial, card, driver(plugged.openUsb), plugged.device, async () => plugged.unplug());
}

/** The same device on a socket, with the driver in a process of its own. */
export async function onSocket(
  trial: UsbTrial,
  driver: (usb: UsbWay) => RecorderDriver,
): Promise<TestSubject> {
  const card = await sampleCard(longestBytes);
  const path = join(card.directory, '..', `usb-${process.hrtime.bigint()}`);
  const plug = await startUsbRedirServer(trial.device(card), { path });
  const looked = await openUsbRedir({ path }, { signal: AbortSignal.timeout(20_000) });
  looked.unplug();
  return onTrial(trial, card, driver({ via: 'usb-redir', path }), looked.device, () => plug.unplug());
}

function onTrial(
  trial: UsbTrial,
  card: SampleCard,
  driver: RecorderDriver,
  device: UsbDeviceFacts,
  unplug: () => Promise<void>,
): TestSubject {
  const attachment: Attachment = {
    portPath: device.portPath,
    instance: 'a',
    target: { type: 'usb', device, driver: trial.driverName, interfaceNumber: 0, model: 'simulated' },
  };
  return {
    open: (signal) => driver.open(attachment, signal),
    known: trial.known?.(card) ?? card.known,
    allows: { erase: true, setClock: true },
    longestReadBytes: 1_500_000,
    unplug,
    end: async () => {
      await unplug();
      await card.remove();
    },
  };
}
