import type { OpenUsb } from '../usb/usb-connection.ts';
import type { UsbWay } from './driver-choice.ts';

/** Opens USB devices the chosen way. Only a driver process calls this. */
export async function openUsbBy(way: UsbWay): Promise<OpenUsb> {
  if (way.via === 'libusb') return (await import('../usb/libusb-connection.ts')).openLibusb;
  const { openUsbRedir } = await import('../simulator/usb/redir/host-side.ts');
  return async (device, interfaceNumber, signal) => {
    const plugged = await openUsbRedir(way, { signal, portPath: device.portPath });
    // On a socket there is one device; its address may be another than it was when it was looked at.
    const connection = await plugged.openUsb(plugged.device, interfaceNumber, signal);
    const close = connection.close.bind(connection);
    return Object.assign(connection, {
      close: async () => {
        await close();
        plugged.unplug();
      },
    });
  };
}
