/** What crosses between the gateway and a driver process, as schemas: a driver process is believed no more than a recorder. */

import type {
  Capability,
  ClipKind,
  ClockMethod,
  DeviceTime,
  IdentitySource,
  ListedClip,
  ListingConcern,
  RefusedReason,
} from '../recorder.ts';
import { type TProperties, type TSchema, Type } from '../schema.ts';

/** One of a union's words; a word added to the union and not here does not compile. */
function word<Word extends string>(words: Record<Word, true>) {
  return Type.Unsafe<Word>({ type: 'string', enum: Object.keys(words) });
}

/** Nothing crosses but what is named here. */
function closed<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

const Text = Type.String({ maxLength: 65_536 });
const Instant = Type.Number({ minimum: -8.64e15, maximum: 8.64e15 });
const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Bytes of a path, Base64. */
const PathText = Type.String({ maxLength: 65_536, pattern: '^[A-Za-z0-9+/]*={0,2}$' });

export const WireCapability = word<Capability>({
  readClock: true,
  setClock: true,
  battery: true,
  capacity: true,
  hashOnDevice: true,
  erase: true,
  modeSwitch: true,
  writeIdentity: true,
  firmware: true,
});

export const WireIdentity = closed({
  serialNumber: nullable(Text),
  vendor: nullable(Text),
  model: nullable(Text),
  firmware: nullable(Text),
  officerNumber: nullable(Text),
  source: word<IdentitySource>({ device: true, 'identity-file': true, 'file-names': true, none: true }),
});

export const WireClockReading = closed({
  deviceText: Text,
  deviceMs: Instant,
  resolutionMs: Type.Number({ exclusiveMinimum: 0, maximum: 86_400_000 }),
  hostBeforeMs: Instant,
  hostAfterMs: Instant,
  assumedZone: nullable(Text),
  method: word<ClockMethod>({ 'smp-datetime': true, 'ptp-datetime': true, plugin: true }),
});

export const WireClockSetting = closed({
  deviceText: Text,
  hostBeforeMs: Instant,
  hostAfterMs: Instant,
});

export const WireStatus = closed({
  batteryPercent: nullable(Type.Number({ minimum: 0, maximum: 100 })),
  capacityBytes: nullable(Bytes),
  freeBytes: nullable(Bytes),
});

export const WireIdentityToWrite = closed({
  serialNumber: nullable(Text),
  officerNumber: nullable(Text),
  officerName: nullable(Text),
  unitCode: nullable(Text),
  unitName: nullable(Text),
});

export const WireFirmwareImage = closed({
  image: Bytes,
  slot: Bytes,
  version: Text,
  hash: nullable(Text),
  bootable: Type.Boolean(),
  pending: Type.Boolean(),
  confirmed: Type.Boolean(),
  active: Type.Boolean(),
});

const WireDeviceTime = closed({
  text: Text,
  source: word<DeviceTime['source']>({ name: true, 'file-time': true }),
  assumedZone: nullable(Text),
});

export const WireClip = closed({
  path: PathText,
  name: Text,
  nameEncoding: word<ListedClip['nameEncoding']>({ 'utf-8': true, gbk: true, bytes: true }),
  kind: word<ClipKind>({ video: true, audio: true, photo: true, sidecar: true }),
  sizeBytes: Bytes,
  modifiedAt: nullable(WireDeviceTime),
  startedAt: nullable(WireDeviceTime),
  marked: Type.Boolean(),
  markedSource: nullable(
    word<NonNullable<ListedClip['markedSource']>>({ name: true, folder: true, device: true }),
  ),
  deviceNumberInName: nullable(Text),
  officerNumberInName: nullable(Text),
  concern: nullable(
    word<ListingConcern>({ 'unsafe-name': true, 'unreadable-name': true, 'empty-file': true }),
  ),
});

const WireRefusedEntry = closed({
  path: PathText,
  name: Text,
  reason: word<RefusedReason>({
    'symbolic-link': true,
    'named-pipe': true,
    'device-node': true,
    socket: true,
    'folder-unreadable': true,
    'folder-too-deep': true,
    'path-too-long': true,
    'entry-unreadable': true,
    'impossible-size': true,
  }),
});

export const WireListing = Type.Union([
  closed({ type: Type.Literal('clip'), clip: WireClip }),
  closed({ type: Type.Literal('refused'), entry: WireRefusedEntry }),
]);
