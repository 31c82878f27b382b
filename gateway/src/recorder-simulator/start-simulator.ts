import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectUsbRedir,
  createDiskSimulator,
  createMtpSimulator,
  createScsiSimulator,
  createSmpUsbSimulator,
  type RedirAddress,
  type SimulatedClock,
  type SimulatedClockOptions,
  type SimulatedUsbDevice,
  startSmpRecorder,
  startSmpTcpRecorder,
  startUsbRedirServer,
} from '@docket/device-protocol/simulator';
import type { faultsFor } from './fault-table.ts';
import { makeImage } from './make-card.ts';

/** Where a simulated recorder can be reached. */
export type SimulatorPlace =
  | { by: 'pty'; path: string }
  | { by: 'tcp'; host: string; port: number }
  | { by: 'usb-redir'; address: RedirAddress; listens: boolean };

export interface SimulatorOptions {
  driver: 'volume' | 'smp' | 'mtp' | 'scsi';
  place: SimulatorPlace;
  /** Its clips. */
  folder: string;
  serialNumber: string;
  officerNumber: string;
  clock: SimulatedClockOptions;
  /** A step of the clock while the recorder runs. */
  clockStep: { byMs: number; afterMs: number } | null;
  batteryPercent: number;
  /** The card of a recorder that becomes a disk; without it one is made of the folder. */
  image: string | null;
  password: string;
  faults: ReturnType<typeof faultsFor>;
}

/** A simulated recorder that runs. */
export interface RunningSimulator {
  place: SimulatorPlace;
  /** Resolves when it was unplugged, by itself or by its host. */
  left: Promise<void>;
  unplug(): Promise<void>;
}

const imageBytes = 64 * 1024 * 1024;

/** Starts a recorder that is not there. Throws where its place cannot be had. */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { place } = options;
  if (place.by === 'pty') return startOnPty(options, place.path);
  if (place.by === 'tcp') return startOnTcp(options, place);
  const { device, clock } = await usbDevice(options);
  const stepping = stepLater(clock, options.clockStep);
  const plug = place.listens
    ? await startUsbRedirServer(device, place.address)
    : await connectUsbRedir(device, place.address);
  return {
    place: { ...place, address: plug.address },
    left: plug.left,
    unplug: async () => {
      clearTimeout(stepping);
      await plug.unplug();
    },
  };
}

async function startOnPty(options: SimulatorOptions, link: string): Promise<RunningSimulator> {
  const recorder = await startSmpRecorder({ ...smpOptions(options), link });
  const stepping = stepLater(recorder.clock, options.clockStep);
  return {
    place: { by: 'pty', path: recorder.path },
    left: new Promise(() => {}),
    unplug: async () => {
      clearTimeout(stepping);
      await recorder.close();
    },
  };
}

async function startOnTcp(
  options: SimulatorOptions,
  place: { host: string; port: number },
): Promise<RunningSimulator> {
  const recorder = await startSmpTcpRecorder({ ...smpOptions(options), ...place });
  const stepping = stepLater(recorder.clock, options.clockStep);
  return {
    place: { by: 'tcp', host: recorder.host, port: recorder.port },
    left: new Promise(() => {}),
    unplug: async () => {
      clearTimeout(stepping);
      await recorder.close();
    },
  };
}

async function usbDevice(
  options: SimulatorOptions,
): Promise<{ device: SimulatedUsbDevice; clock: SimulatedClock | null }> {
  const { driver, folder, serialNumber, officerNumber, clock, batteryPercent, faults, password } = options;
  switch (driver) {
    case 'smp': {
      const device = createSmpUsbSimulator(smpOptions(options));
      return { device, clock: device.clock };
    }
    case 'mtp': {
      const device = createMtpSimulator({
        folder,
        serialNumber,
        clock,
        battery: batteryPercent,
        faults: faults.mtp,
      });
      return { device, clock: device.clock };
    }
    case 'scsi': {
      const device = createScsiSimulator({
        cardImagePath: await imageOf(options),
        serialNumber,
        identity: { serialNumber: serialNumber.slice(0, 7), officerNumber: officerNumber.slice(0, 6) },
        password,
        clock,
        batteryPercent,
        faults: faults.scsi,
      });
      return { device, clock: device.clock };
    }
    case 'volume':
      return {
        device: createDiskSimulator({ imagePath: await imageOf(options), serialNumber }),
        clock: null,
      };
  }
}

async function imageOf({ image, folder }: SimulatorOptions): Promise<string> {
  if (image !== null) return image;
  const made = join(await mkdtemp(join(tmpdir(), 'docket-card-')), 'card.img');
  await makeImage(folder, made, imageBytes);
  return made;
}

function smpOptions({
  folder,
  serialNumber,
  officerNumber,
  clock,
  batteryPercent,
  faults,
}: SimulatorOptions) {
  return {
    folder,
    identity: { serial: serialNumber, officer: officerNumber },
    clock,
    batteryPercent,
    faults: faults.smp,
  };
}

function stepLater(
  clock: SimulatedClock | null,
  step: { byMs: number; afterMs: number } | null,
): NodeJS.Timeout | undefined {
  if (clock === null || step === null) return undefined;
  return setTimeout(() => clock.set(clock.nowMs() + step.byMs), step.afterMs);
}
