import type { Attachment, RecorderDriver } from '../attachment.ts';
import { notSupported } from '../errors.ts';
import type { Capability } from '../recorder.ts';
import type { OpenUsb, UsbConnection } from '../usb/usb-connection.ts';
import { deviceProperties } from './codes.ts';
import { deviceInfo, devicePropertyDescription } from './datasets.ts';
import { identityOf } from './identity.ts';
import type { ReadMethod } from './mtp-clip-reader.ts';
import { MtpRecorder, type MtpRecorderFacts } from './mtp-recorder.ts';
import { operations } from './operations.ts';
import { decoded, recorderFault } from './recorder-fault.ts';
import { orRefused } from './response-error.ts';
import { MtpSession, type SessionOptions } from './session.ts';

export interface MtpDriverOptions extends Partial<SessionOptions> {
  /** Opens the interface of an attached recorder. */
  openUsb: OpenUsb;
  /** IANA zone taken for recorders whose clock names none. Default `Asia/Shanghai`. */
  assumedZone?: string;
}

/** Driver for recorders that speak PTP or MTP over USB (`spec/mtp.md`). */
export function createMtpDriver({
  openUsb,
  assumedZone = 'Asia/Shanghai',
  ...sessionOptions
}: MtpDriverOptions): RecorderDriver {
  return {
    name: 'mtp',
    async open({ target }: Attachment, signal: AbortSignal): Promise<MtpRecorder> {
      if (target.type !== 'usb') throw notSupported('be reached by MTP other than over USB');
      const usb = await openUsb(target.device, target.interfaceNumber, signal).catch((error: unknown) => {
        throw recorderFault(error);
      });
      const session = new MtpSession(usb, sessionOptions);
      try {
        await session.open(signal);
        return new MtpRecorder(session, usb, await learn(session, usb, assumedZone, signal));
      } catch (error) {
        await session.close();
        throw error;
      }
    },
  };
}

async function learn(
  session: MtpSession,
  usb: UsbConnection,
  assumedZone: string,
  signal: AbortSignal,
): Promise<MtpRecorderFacts> {
  const bytes = await session.fetch(operations.getDeviceInfo, {}, signal);
  const info = decoded(() => deviceInfo.decode(bytes));
  const has = ({ code }: { code: number }): boolean => info.operations.includes(code);

  const methods = new Set<ReadMethod>(['whole']);
  if (has(operations.getPartialObject)) methods.add('partial');
  if (has(operations.getPartialObject64)) methods.add('partial-64');

  const capabilities = new Set<Capability>(['capacity']);
  if (has(operations.deleteObject)) capabilities.add('erase');
  if (info.deviceProperties.includes(deviceProperties.batteryLevel)) capabilities.add('battery');
  if (info.deviceProperties.includes(deviceProperties.dateTime)) {
    capabilities.add('readClock');
    if (await isClockSettable(session, signal)) capabilities.add('setClock');
  }
  const sizeSource = has(operations.getObjectPropertyValue)
    ? 'value'
    : has(operations.getObjectPropertyList)
      ? 'list'
      : 'none';
  const identity = identityOf(info, usb.device.serialNumber);
  return { identity, capabilities, methods, sizeSource, assumedZone };
}

/** Only a description that says get and set counts: nothing is written to a recorder to find out. */
async function isClockSettable(session: MtpSession, signal: AbortSignal): Promise<boolean> {
  const asked = { property: deviceProperties.dateTime };
  const bytes = await orRefused(session.fetch(operations.getDevicePropertyDescription, asked, signal));
  return bytes !== null && decoded(() => devicePropertyDescription.decode(bytes)).access === 1;
}
