import type { Attachment, RecorderDriver, UsbTarget } from '../attachment.ts';
import { RecorderError } from '../errors.ts';
import type { OpenUsb, UsbConnection } from '../usb/usb-connection.ts';
import { BulkOnlyTransport } from './bulk-only-transport.ts';
import type { Passwords } from './mode-switch.ts';
import { scsiFault } from './scsi-fault.ts';
import { ScsiRecorder } from './scsi-recorder.ts';
import { profileFor, vendorProfiles } from './vendor-profile.ts';
import { inquire, VendorSession } from './vendor-session.ts';

export interface ScsiDriverOptions {
  openUsb: OpenUsb;
  /** What a recorder wants to hear before it shows its card, by key in the table of known models, or `default`. */
  passwords?: Passwords;
  /** IANA zone the recorders' wall clocks are set to. Default `Asia/Shanghai`. */
  assumedZone?: string;
}

/** A phase waits for the slowest exchange there is, and then some. */
const patience = 2.5;
const phaseTimeoutMs = Math.max(...vendorProfiles.map(({ exchangeMs }) => exchangeMs)) * patience;

/** Driver for recorders that take a maker's SCSI commands over USB bulk-only transport (`spec/scsi.md`). */
export function createScsiDriver(options: ScsiDriverOptions): RecorderDriver {
  return {
    name: 'scsi',
    async open({ target }: Attachment, signal: AbortSignal): Promise<ScsiRecorder> {
      if (target.type !== 'usb') {
        throw new RecorderError('NOT_SUPPORTED', 'the scsi driver opens USB interfaces only');
      }
      const usb = await openTarget(options.openUsb, target, signal);
      try {
        return await greet(usb, target, options, signal);
      } catch (error) {
        await usb.close();
        throw error;
      }
    },
  };
}

async function openTarget(openUsb: OpenUsb, target: UsbTarget, signal: AbortSignal): Promise<UsbConnection> {
  try {
    return await openUsb(target.device, target.interfaceNumber, signal);
  } catch (error) {
    throw scsiFault(error, 'open the USB interface');
  }
}

async function greet(
  usb: UsbConnection,
  target: UsbTarget,
  { passwords = {}, assumedZone = 'Asia/Shanghai' }: ScsiDriverOptions,
  signal: AbortSignal,
): Promise<ScsiRecorder> {
  const transport = new BulkOnlyTransport(usb, { phaseTimeoutMs });
  await readMaxLun(transport, signal);
  const inquiry = await inquire(transport, signal);
  const profile = profileFor(inquiry);
  if (profile === null) {
    const { vendor, product, revision } = inquiry;
    throw new RecorderError(
      'PROTOCOL_VIOLATION',
      `no known recorder calls itself "${vendor} ${product} ${revision}"`,
    );
  }
  const session = new VendorSession(transport, profile);
  const status = await session.connect(signal);
  if (!session.is(status, 'connected')) {
    throw new RecorderError(
      'PROTOCOL_VIOLATION',
      `the recorder did not connect: ${session.meaningOf(status)}`,
    );
  }
  const password = passwordFor(passwords, target.model);
  return new ScsiRecorder({ usb, transport, session, inquiry, zone: assumedZone, password });
}

/** Asked as every host asks it, since firmware may wait for it; all commands go to unit 0 anyway. */
async function readMaxLun(transport: BulkOnlyTransport, signal: AbortSignal): Promise<void> {
  try {
    await transport.readMaxLun(signal);
  } catch (error) {
    throw scsiFault(error, 'count its units');
  }
}

function passwordFor(passwords: Passwords, model: string): string | undefined {
  return Object.hasOwn(passwords, model) ? passwords[model] : passwords.default;
}
