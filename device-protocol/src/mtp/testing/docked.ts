import type { Attachment } from '../../attachment.ts';
import type { ClipReader, ListedClip, Listing } from '../../recorder.ts';
import {
  createMtpSimulator,
  type MtpSimulator,
  type MtpSimulatorOptions,
} from '../../simulator/mtp/index.ts';
import { connectInProcess } from '../../simulator/usb/in-process.ts';
import type { OpenUsb } from '../../usb/usb-connection.ts';
import type { UsbDeviceFacts } from '../../usb/usb-device.ts';
import { createMtpDriver } from '../mtp-driver.ts';
import type { MtpRecorder } from '../mtp-recorder.ts';
import type { SessionOptions } from '../session.ts';

export const never: AbortSignal = new AbortController().signal;

/** Waits that tests can afford; what answers at all answers at once. */
export const quickly: SessionOptions = { timeoutMs: 1000, controlTimeoutMs: 200, quietMs: 20, busyMs: 1000 };

export interface Docked {
  simulator: MtpSimulator;
  recorder: MtpRecorder;
  openUsb: OpenUsb;
  device: UsbDeviceFacts;
}

export function attachmentOf(device: UsbDeviceFacts): Attachment {
  return {
    portPath: device.portPath,
    instance: 'a',
    target: { type: 'usb', device, driver: 'mtp', interfaceNumber: 0, model: 'demo' },
  };
}

/** A simulated recorder, plugged in and opened. */
export async function dock(
  options: MtpSimulatorOptions,
  sessionOptions: Partial<SessionOptions> = {},
): Promise<Docked> {
  const simulator = createMtpSimulator(options);
  const { device, openUsb } = connectInProcess(simulator);
  const driver = createMtpDriver({ openUsb, ...quickly, ...sessionOptions });
  const recorder = (await driver.open(attachmentOf(device), never)) as MtpRecorder;
  return { simulator, recorder, openUsb, device };
}

export async function listAll({ recorder }: Pick<Docked, 'recorder'>): Promise<Listing[]> {
  const listings: Listing[] = [];
  for await (const listing of recorder.list(never)) listings.push(listing);
  return listings;
}

export async function clipsOf(docked: Pick<Docked, 'recorder'>): Promise<ListedClip[]> {
  const listings = await listAll(docked);
  return listings.flatMap((listing) => (listing.type === 'clip' ? [listing.clip] : []));
}

export async function onlyClip(docked: Pick<Docked, 'recorder'>): Promise<ListedClip> {
  const [clip, ...others] = await clipsOf(docked);
  if (clip === undefined || others.length > 0) throw new Error('not one clip is listed');
  return clip;
}

/** The whole clip, read in pieces as the gateway does. */
export async function pull(reader: ClipReader): Promise<Buffer> {
  const into = Buffer.alloc(reader.sizeBytes);
  for (let position = 0; position < into.length; ) {
    const end = Math.min(into.length, position + reader.pieceBytes);
    const readBytes = await reader.read(into.subarray(position, end), position, never);
    if (readBytes === 0) throw new Error(`the clip ends at ${position}`);
    position += readBytes;
  }
  await reader.assertUnchanged();
  return into;
}

export async function pullOf({ recorder }: Pick<Docked, 'recorder'>, clip: ListedClip): Promise<Buffer> {
  const reader = await recorder.open(clip, never);
  try {
    return await pull(reader);
  } finally {
    await reader.close();
  }
}
