import { realpath } from 'node:fs/promises';
import type { KnownModel } from '../models/known-model.ts';
import { matchModel } from '../models/match-model.ts';
import type { SerialPortSetting } from '../transport/serial-attachments.ts';
import type { DeviceFace } from './slot-faces.ts';
import type { UsbPresence } from './usb-presence.ts';

/** Where the configured ports lead to now, with the slots they are given to: those lines belong to no other. */
export async function claimedTerminals(
  ports: readonly SerialPortSetting[],
): Promise<ReadonlyMap<string, string>> {
  const claimed = await Promise.all(
    ports.map(async ({ devicePath, portPath }) => {
      const path = await realpath(devicePath).catch(() => devicePath);
      return [path, portPath] as const;
    }),
  );
  return new Map(claimed);
}

/** What a device is to its slot; `null` where all of it is a serial line that belongs to another slot. */
export function deviceFace(
  presence: UsbPresence,
  models: readonly KnownModel[],
  claimed: ReadonlyMap<string, string>,
): DeviceFace | null {
  const { portPath } = presence.device;
  const isFree = (path: string) => (claimed.get(path) ?? portPath) === portPath;
  const terminals = presence.terminals.filter(isFree);
  const match = matchModel(presence.device, models);
  const isLineOnly = match.known && match.model.way.by === 'tty';
  if (isLineOnly && terminals.length === 0 && presence.terminals.length > 0) return null;
  return { ...presence, terminals, match };
}
