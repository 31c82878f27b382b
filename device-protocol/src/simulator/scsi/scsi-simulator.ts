/** Recorders over USB mass storage: one with a maker's commands that becomes a disk, and a plain disk. */

import type { IdentityBlock, IdentityTexts } from '../../scsi/identity-block.ts';
import { identityBlock, textsOf } from '../../scsi/identity-block.ts';
import { dv16, type VendorProfile } from '../../scsi/vendor-profile.ts';
import { SimulatedClock, type SimulatedClockOptions } from '../simulated-clock.ts';
import type { DevicePort, SimulatedDescriptors, SimulatedUsbDevice } from '../usb/simulated-usb-device.ts';
import { BulkOnlyTarget } from './bulk-only-target.ts';
import { CommandUnit, identityFrom } from './command-unit.ts';
import { DiskUnit } from './disk-unit.ts';
import type { ScsiFault } from './faults.ts';
import type { LogicalUnit } from './logical-unit.ts';

export interface DiskSimulatorOptions {
  /** A whole disk or one file system, a multiple of 512 bytes. */
  imagePath: string;
  isReadOnly?: boolean;
  vendorId?: number;
  productId?: number;
  /** USB's, and that of the unit. Default `DEMO-001`. */
  serialNumber?: string;
  faults?: readonly ScsiFault[];
  /** Every answer takes so long. Default 0. */
  exchangeMs?: number;
}

export interface ScsiSimulatorOptions {
  /** Default DV16. */
  profile?: VendorProfile;
  /** The card, as `DiskSimulatorOptions.imagePath`; `null` for a recorder without one. */
  cardImagePath: string | null;
  isCardReadOnly?: boolean;
  /** Default `000000`. */
  password?: string;
  /** Written as GBK. */
  identity?: Partial<Record<keyof IdentityBlock, string>>;
  /** Instead of `identity`: 94 bytes, whatever they are. */
  identityBytes?: Uint8Array;
  refusesIdentity?: boolean;
  refusesTime?: boolean;
  modelCode?: string;
  inquiry?: { vendor: string; product: string; revision: string };
  batteryPercent?: number;
  resolution?: { width: number; height: number };
  clock?: SimulatedClockOptions;
  serialNumber?: string;
  /** How long it stays after it took the password, for the host to ask how that went. Default 20. */
  leaveMs?: number;
  /** How long it is away before it comes back as a disk. Default 50. */
  switchMs?: number;
  /** Of command mode. */
  faults?: readonly ScsiFault[];
  /** Of the disk it becomes. */
  cardFaults?: readonly ScsiFault[];
  /** Every answer in command mode takes so long. Default 0; recorders that poll their answer take up to 2000. */
  exchangeMs?: number;
}

export interface ScsiSimulator extends SimulatedUsbDevice {
  readonly clock: SimulatedClock;
  /** What the recorder holds as its identity now. */
  identity(): IdentityTexts;
}

/** WellDVR's two identities (VID_0595 PID_4343 and PID_2002). */
const ids = { vendorId: 0x0595, command: 0x4343, storage: 0x2002 } as const;
const pipes = { bulkIn: 0x81, bulkOut: 0x02, maxPacketBytes: 512 } as const;
const maker = 'WellDVR';

/** A recorder in command mode; the right password makes it come back on the same port as a disk. */
export function createScsiSimulator(options: ScsiSimulatorOptions): ScsiSimulator {
  const { cardImagePath, serialNumber = 'DEMO-001', leaveMs = 20, switchMs = 50, identityBytes } = options;
  const clock = new SimulatedClock(options.clock);
  let port: DevicePort | null = null;
  let leaving: NodeJS.Timeout | undefined;
  const unit = new CommandUnit({
    profile: dv16,
    inquiry: { vendor: 'DV16', product: 'DEVICE V1.00', revision: '1.00' },
    modelCode: 'DV16A',
    refusesIdentity: false,
    refusesTime: false,
    password: '000000',
    batteryPercent: 87,
    resolution: { width: 1920, height: 1080 },
    ...options,
    identity:
      identityBytes === undefined
        ? identityFrom(options.identity ?? { serialNumber: 'DEMO001', officerNumber: '000001' })
        : identityBlock.decode(identityBytes),
    hasCard: cardImagePath !== null,
    clock,
    onStorage: () => {
      leaving = setTimeout(() => {
        if (cardImagePath !== null) port?.reenumerate(disk(cardImagePath), switchMs);
      }, leaveMs);
    },
  });
  const disk = (imagePath: string) =>
    createDiskSimulator({
      imagePath,
      isReadOnly: options.isCardReadOnly ?? false,
      serialNumber,
      faults: options.cardFaults ?? [],
    });
  const { faults = [], exchangeMs = 0 } = options;
  const target = new BulkOnlyTarget({ unit, faults, exchangeMs, pipes });
  const device = deviceOver(target, descriptorsOf(ids.vendorId, ids.command, 'DV16 recorder', serialNumber));
  return {
    ...device,
    attached: (given) => {
      port = given;
      device.attached(given);
    },
    detached: () => {
      clearTimeout(leaving);
      device.detached();
    },
    clock,
    identity: () => textsOf(identityBlock.decode(unit.identity)),
  };
}

/** A plain USB disk: what such a recorder becomes, or one that never was anything else. */
export function createDiskSimulator(options: DiskSimulatorOptions): SimulatedUsbDevice {
  const { vendorId = ids.vendorId, productId = ids.storage, serialNumber = 'DEMO-001' } = options;
  const { imagePath, isReadOnly = false, faults = [], exchangeMs = 0 } = options;
  const unit: LogicalUnit = new DiskUnit({
    imagePath,
    isReadOnly,
    vendor: maker,
    product: 'Recorder card',
    revision: '1.00',
    serialNumber,
  });
  const target = new BulkOnlyTarget({ unit, faults, exchangeMs, pipes });
  return deviceOver(target, descriptorsOf(vendorId, productId, 'Recorder card', serialNumber));
}

function deviceOver(target: BulkOnlyTarget, descriptors: SimulatedDescriptors): SimulatedUsbDevice {
  return {
    descriptors,
    attached: (port) => target.attached(port),
    detached: () => target.detached(),
    received: (endpoint, bytes) => target.received(endpoint, bytes),
    control: (setup) => target.control(setup),
    haltCleared: (endpoint) => target.haltCleared(endpoint),
  };
}

function descriptorsOf(
  vendorId: number,
  productId: number,
  product: string,
  serialNumber: string,
): SimulatedDescriptors {
  const { bulkIn, bulkOut, maxPacketBytes } = pipes;
  const endpoints = [
    { address: bulkIn, type: 'bulk', maxPacketBytes },
    { address: bulkOut, type: 'bulk', maxPacketBytes },
  ] as const;
  // Mass storage, SCSI transparent command set, bulk-only transport.
  const interfaces = [{ number: 0, class: 0x08, subclass: 0x06, protocol: 0x50, endpoints }];
  return { vendorId, productId, release: 0x0100, manufacturer: maker, product, serialNumber, interfaces };
}
