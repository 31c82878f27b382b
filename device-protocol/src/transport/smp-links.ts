import type { SerialTarget, UsbTarget } from '../attachment.ts';
import { RecorderError } from '../errors.ts';
import {
  bulkPackets,
  consolePackets,
  createSmpDriver,
  type OpenSmpLink,
  type PacketLink,
  rawPackets,
} from '../smp/index.ts';
import { type OpenUsb, UsbError } from '../usb/usb-connection.ts';
import { openSerialLink } from './serial-link.ts';
import { openTcpLink, type TcpTarget } from './tcp-link.ts';

/** SMP in console frames on a serial port. Throws RecorderError RECORDER_GONE, RECORDER_SILENT. */
export async function openSmpSerial(target: SerialTarget, signal: AbortSignal): Promise<PacketLink> {
  return consolePackets(await openSerialLink(target, signal));
}

/** Bare SMP packets over TCP. Throws RecorderError RECORDER_GONE. */
export async function openSmpTcp(target: TcpTarget, signal: AbortSignal): Promise<PacketLink> {
  return rawPackets(await openTcpLink(target, signal));
}

/** Every real way to a recorder that speaks SMP: serial ports, and USB interfaces where `openUsb` is given. */
export function smpLinks(openUsb?: OpenUsb): OpenSmpLink {
  return async (target, signal) => {
    if (target.type === 'serial') return openSmpSerial(target, signal);
    if (openUsb === undefined) {
      throw new RecorderError('NOT_SUPPORTED', 'USB interfaces are not driven here');
    }
    return bulkPackets(await openInterface(openUsb, target, signal));
  };
}

async function openInterface(openUsb: OpenUsb, { device, interfaceNumber }: UsbTarget, signal: AbortSignal) {
  try {
    return await openUsb(device, interfaceNumber, signal);
  } catch (cause) {
    if (!(cause instanceof UsbError)) throw cause;
    const isThere = cause.code === 'BUSY' || cause.code === 'DENIED';
    const code = isThere ? 'RECORDER_SILENT' : 'RECORDER_GONE';
    throw new RecorderError(code, `${device.portPath} cannot be opened: ${cause.message}`, { cause });
  }
}

/** The smp driver on real serial ports, with default times and zone. */
export const smpDriver = createSmpDriver({ openLink: smpLinks() });
