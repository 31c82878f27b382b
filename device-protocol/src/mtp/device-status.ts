import type { RecorderStatus } from '../recorder.ts';
import { ByteReader } from './byte-cursor.ts';
import { deviceProperties } from './codes.ts';
import { devicePropertyDescription, storageInfo } from './datasets.ts';
import { listStorages } from './object-tree.ts';
import { operations } from './operations.ts';
import { decoded } from './recorder-fault.ts';
import { orRefused } from './response-error.ts';
import type { MtpSession } from './session.ts';
import { isWireError } from './wire-error.ts';

const unknown64 = 0xffff_ffff_ffff_ffffn;

/** Battery, and the room of all storages together. What the recorder does not tell is `null`. */
export async function readDeviceStatus(
  session: MtpSession,
  hasBattery: boolean,
  signal: AbortSignal,
): Promise<RecorderStatus> {
  return {
    batteryPercent: hasBattery ? await readBattery(session, signal) : null,
    ...(await readRoom(session, signal)),
  };
}

/** BatteryLevel, MTP 1.1 appendix C: percent, or a place between the lowest and highest value of its range. */
async function readBattery(session: MtpSession, signal: AbortSignal): Promise<number | null> {
  const property = deviceProperties.batteryLevel;
  const value = await orRefused(session.fetch(operations.getDevicePropertyValue, { property }, signal));
  if (value === null || value.length === 0) return null;
  const level = decoded(() => new ByteReader(value).unsigned(1));
  const range = await readBatteryRange(session, signal);
  const percent = ((level - range.minimum) / (range.maximum - range.minimum)) * 100;
  return percent >= 0 && percent <= 100 ? Math.round(percent) : null;
}

async function readBatteryRange(
  session: MtpSession,
  signal: AbortSignal,
): Promise<{ minimum: number; maximum: number }> {
  const percent = { minimum: 0, maximum: 100 };
  const asked = { property: deviceProperties.batteryLevel };
  const bytes = await orRefused(session.fetch(operations.getDevicePropertyDescription, asked, signal));
  if (bytes === null) return percent;
  try {
    const { form } = devicePropertyDescription.decode(bytes);
    if (form.kind !== 'range') return percent;
    const [minimum, maximum] = [Number(form.minimum), Number(form.maximum)];
    return maximum > minimum ? { minimum, maximum } : percent;
  } catch (error) {
    if (isWireError(error)) return percent;
    throw error;
  }
}

async function readRoom(
  session: MtpSession,
  signal: AbortSignal,
): Promise<Pick<RecorderStatus, 'capacityBytes' | 'freeBytes'>> {
  let capacity = 0n;
  let free = 0n;
  for (const storage of await listStorages(session, signal)) {
    const bytes = await orRefused(session.fetch(operations.getStorageInfo, { storage }, signal));
    if (bytes === null) return { capacityBytes: null, freeBytes: null };
    const info = decoded(() => storageInfo.decode(bytes));
    capacity = info.maxCapacityBytes === unknown64 ? unknown64 : capacity + info.maxCapacityBytes;
    free = info.freeSpaceBytes === unknown64 ? unknown64 : free + info.freeSpaceBytes;
  }
  // More free than there is at all is no answer (QEMU's usb-mtp multiplies the wrong numbers).
  return { capacityBytes: sizeOrNull(capacity), freeBytes: free > capacity ? null : sizeOrNull(free) };
}

/** `null` for what no card has: unknown, or more than a number holds exactly. */
function sizeOrNull(bytes: bigint): number | null {
  return bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : null;
}
