import type { RecorderDriver } from '../attachment.ts';
import type { DriverChoice } from './driver-choice.ts';
import { openUsbBy } from './open-usb-by.ts';

/** Loads the chosen driver. Only a driver process calls this: native code is loaded there and nowhere else. */
export async function loadDriver(choice: DriverChoice): Promise<RecorderDriver> {
  switch (choice.driver) {
    case 'volume':
      return (await import('../volume/volume-recorder.ts')).volumeDriver;
    case 'smp': {
      const [{ createSmpDriver }, { openSmpTcp, smpLinks }] = await Promise.all([
        import('../smp/index.ts'),
        import('../transport/smp-links.ts'),
      ]);
      const { tcp, usb } = choice;
      const local = smpLinks(usb === undefined ? undefined : await openUsbBy(usb));
      return createSmpDriver({
        openLink: tcp === undefined ? local : (_, signal) => openSmpTcp(tcp, signal),
        ...zoneOf(choice),
      });
    }
    case 'mtp': {
      const { createMtpDriver } = await import('../mtp/index.ts');
      return createMtpDriver({ openUsb: await openUsbBy(choice.usb), ...zoneOf(choice) });
    }
    case 'scsi': {
      const { createScsiDriver } = await import('../scsi/index.ts');
      const { passwords = {} } = choice;
      return createScsiDriver({ openUsb: await openUsbBy(choice.usb), passwords, ...zoneOf(choice) });
    }
    case 'plugin':
      return (await import('../plugin/load-plugin.ts')).loadPlugin(choice);
  }
}

function zoneOf({ assumedZone }: { assumedZone?: string }): { assumedZone?: string } {
  return assumedZone === undefined ? {} : { assumedZone };
}
