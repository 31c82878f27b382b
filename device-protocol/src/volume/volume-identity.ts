import { constants } from 'node:fs';
import { decodeName } from '../names/decode-name.ts';
import type { Listing, RecorderIdentity } from '../recorder.ts';
import { Check, Type } from '../schema.ts';
import { openBelow } from './volume-path.ts';

const maxIdentityFileBytes = 64 * 1024;
const maxNamesLooked = 2000;

/** `DCAM_FACTORY/device_identity.json`, as Android body cameras of the DCAM family carry it. */
const DeviceIdentityFile = Type.Object({
  device_id: Type.String(),
  vendor: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  firmware: Type.Optional(Type.String()),
  user_id: Type.Optional(Type.String()),
});

const unknownIdentity: RecorderIdentity = {
  serialNumber: null,
  vendor: null,
  model: null,
  firmware: null,
  officerNumber: null,
  source: 'none',
};

/** Files that say who a recorder is. They belong to the recorder, are no footage, and are never pulled or freed. */
const identityFiles = [
  'DCAM_FACTORY/device_identity.json',
  'DCIM/DCAM_FACTORY/device_identity.json',
  'station_bind.ini',
];

export function isIdentityFile(pathBytes: Uint8Array): boolean {
  return identityFiles.includes(Buffer.from(pathBytes).toString('latin1'));
}

/** Identity of a volume: its identity file, else the device number on which its clip names agree, else none. */
export async function identifyVolume(
  root: string,
  listings: AsyncIterable<Listing>,
): Promise<RecorderIdentity> {
  return (await fromDcamFile(root)) ?? (await fromBindingFile(root)) ?? (await fromNames(listings));
}

async function fromDcamFile(root: string): Promise<RecorderIdentity | null> {
  const text =
    (await readSmallFile(root, ['DCAM_FACTORY', 'device_identity.json'])) ??
    (await readSmallFile(root, ['DCIM', 'DCAM_FACTORY', 'device_identity.json']));
  if (text === null) return null;
  const value = parseJson(text);
  if (!Check(DeviceIdentityFile, value) || clean(value.device_id) === null) return null;
  return {
    serialNumber: clean(value.device_id),
    vendor: clean(value.vendor),
    model: clean(value.model),
    firmware: clean(value.firmware),
    officerNumber: clean(value.user_id),
    source: 'identity-file',
  };
}

/** `station_bind.ini`, written by docks that bind a recorder to an officer: `key=value` lines. */
async function fromBindingFile(root: string): Promise<RecorderIdentity | null> {
  const text = await readSmallFile(root, ['station_bind.ini']);
  if (text === null) return null;
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/u)) {
    const [key, ...rest] = line.split('=');
    if (key !== undefined && rest.length > 0) fields.set(key.trim(), rest.join('=').trim());
  }
  const serialNumber = clean(fields.get('recorder_serial'));
  if (serialNumber === null) return null;
  return {
    ...unknownIdentity,
    serialNumber,
    model: clean(fields.get('recorder_model')),
    officerNumber: clean(fields.get('user_no')),
    source: 'identity-file',
  };
}

async function fromNames(listings: AsyncIterable<Listing>): Promise<RecorderIdentity> {
  const devices = new Set<string>();
  const officers = new Set<string>();
  let looked = 0;
  for await (const listing of listings) {
    if (listing.type !== 'clip') continue;
    if (listing.clip.deviceNumberInName !== null) devices.add(listing.clip.deviceNumberInName);
    if (listing.clip.officerNumberInName !== null) officers.add(listing.clip.officerNumberInName);
    looked += 1;
    if (looked >= maxNamesLooked || devices.size > 1) break;
  }
  const [serialNumber] = devices;
  if (devices.size !== 1 || serialNumber === undefined) return unknownIdentity;
  const [officerNumber] = officers;
  return {
    ...unknownIdentity,
    serialNumber,
    officerNumber: officers.size === 1 && officerNumber !== undefined ? officerNumber : null,
    source: 'file-names',
  };
}

async function readSmallFile(root: string, parts: readonly string[]): Promise<string | null> {
  try {
    const handle = await openBelow(
      root,
      parts.map((part) => Buffer.from(part)),
      constants.O_RDONLY,
    );
    try {
      const stats = await handle.stat();
      if (!stats.isFile() || stats.size > maxIdentityFileBytes) return null;
      return decodeText(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch {
    // An identity file that is missing or unreadable is no error: weaker sources follow.
    return null;
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gbk').decode(bytes);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function clean(value: string | undefined): string | null {
  if (value === undefined) return null;
  const shown = decodeName(Buffer.from(value.slice(0, 64))).name.trim();
  return shown === '' ? null : shown;
}
