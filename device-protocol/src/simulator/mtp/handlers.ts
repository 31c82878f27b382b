import { ByteReader } from '../../mtp/byte-cursor.ts';
import { deviceProperties, events, formats, handles, responses } from '../../mtp/codes.ts';
import {
  deviceInfo,
  objectHandles,
  objectInfo,
  objectPropertyCodes,
  storageIds,
  storageInfo,
} from '../../mtp/datasets.ts';
import { parsePtpDateTime } from '../../mtp/date-time.ts';
import { type Operation, operations } from '../../mtp/operations.ts';
import { readString } from '../../mtp/value.ts';
import type { SimulatedClock } from '../simulated-clock.ts';
import { type Payload, type Reply, reply, replyWith, type SimulatedCommand } from './behaviour.ts';
import type { MtpCard, SimulatedObject } from './card.ts';
import {
  describeBattery,
  describeDateTime,
  describeObjectProperty,
  listProperties,
  objectPropertyCodesKnown,
  objectPropertyValue,
  stringValue,
} from './properties.ts';

/** The recorder behind the protocol. */
export interface RecorderState {
  manufacturer: string;
  model: string;
  firmware: string;
  serialNumber: string;
  /** Percent; `null` for one that does not tell. */
  battery: number | null;
  card: MtpCard;
  clock: SimulatedClock | null;
  isClockSettable: boolean;
  truncatesSizes: boolean;
  /** Operations it knows. */
  operations: readonly Operation[];
  session: number | null;
}

const everywhere = 0xffff_ffff;
const sizeTooLarge = 0xffff_ffff;
const mtpExtension = 6;

/** What the recorder says to a command in the way the standard has it. */
export async function answerCommand(state: RecorderState, command: SimulatedCommand): Promise<Reply> {
  const { operation, parameters } = command;
  const [first = 0, second = 0, third = 0, fourth = 0] = parameters;
  if (!state.operations.includes(operation)) return reply(responses.operationNotSupported);
  const needsSession = operation !== operations.getDeviceInfo && operation !== operations.openSession;
  if (needsSession && state.session === null) return reply(responses.sessionNotOpen);
  switch (operation) {
    case operations.getDeviceInfo:
      return replyWith(describeDevice(state));
    case operations.openSession:
      return openSession(state, first);
    case operations.closeSession:
      state.session = null;
      return reply();
    case operations.getStorageIds:
      return replyWith(storageIds.encode({ ids: state.card.storages.map(({ id }) => id) }));
    case operations.getStorageInfo:
      return describeStorage(state, first);
    case operations.getNumberOfObjects:
      return withObjectsIn(state, first, second, third, (found) => reply(responses.ok, found.length));
    case operations.getObjectHandles:
      return withObjectsIn(state, first, second, third, (found) =>
        replyWith(objectHandles.encode({ handles: found.map(({ handle }) => handle) })),
      );
    case operations.getObjectInfo:
      return withObject(state, first, (object) => replyWith(describeObject(object, state.truncatesSizes)));
    case operations.getObject:
      return withClip(state, first, (object) => sending(state, object, 0, object.sizeBytes, false));
    case operations.getPartialObject:
      return withClip(state, first, (object) => sending(state, object, second, third, true));
    case operations.getPartialObject64:
      return withClip(state, first, (object) =>
        sending(state, object, third * 2 ** 32 + second, fourth, true),
      );
    case operations.deleteObject:
      return withClip(state, first, async (object) => {
        await state.card.erase(object);
        return reply();
      });
    case operations.getObjectPropertiesSupported:
      return replyWith(objectPropertyCodes.encode({ properties: objectPropertyCodesKnown }));
    case operations.getObjectPropertyDescription:
      return orRefused(describeObjectProperty(first), responses.invalidObjectPropertyCode);
    case operations.getObjectPropertyValue:
      return withObject(state, first, (object) =>
        orRefused(objectPropertyValue(object, second), responses.invalidObjectPropertyCode),
      );
    case operations.getObjectPropertyList:
      return listObjectProperties(state, parameters);
    case operations.getDevicePropertyDescription:
      return orRefused(describeDeviceProperty(state, first), responses.devicePropertyNotSupported);
    case operations.getDevicePropertyValue:
      return orRefused(deviceProperty(state, first), responses.devicePropertyNotSupported);
    case operations.setDevicePropertyValue:
      return setDeviceProperty(state, first, command.payload);
    default:
      return reply(responses.operationNotSupported);
  }
}

function describeDevice(state: RecorderState): Uint8Array {
  const properties: number[] = [];
  if (state.battery !== null) properties.push(deviceProperties.batteryLevel);
  if (state.clock !== null) properties.push(deviceProperties.dateTime);
  return deviceInfo.encode({
    standardVersion: 100,
    vendorExtensionId: mtpExtension,
    vendorExtensionVersion: 100,
    vendorExtensionDescription: 'microsoft.com: 1.0; android.com: 1.0;',
    functionalMode: 0,
    operations: state.operations.map(({ code }) => code),
    events: Object.values(events),
    deviceProperties: properties,
    captureFormats: [],
    objectFormats: Object.values(formats),
    manufacturer: state.manufacturer,
    model: state.model,
    deviceVersion: state.firmware,
    serialNumber: state.serialNumber,
  });
}

async function openSession(state: RecorderState, session: number): Promise<Reply> {
  if (session === 0) return reply(responses.invalidParameter);
  if (state.session !== null) return reply(responses.sessionAlreadyOpen, state.session);
  await state.card.scan();
  state.session = session;
  return reply();
}

function describeStorage({ card }: RecorderState, id: number): Reply {
  const storage = card.storages.find((one) => one.id === id);
  if (storage === undefined) return reply(responses.invalidStorageId);
  const bytes = storageInfo.encode({
    storageType: 4,
    filesystemType: 2,
    accessCapability: 2,
    maxCapacityBytes: BigInt(storage.capacityBytes),
    freeSpaceBytes: BigInt(storage.freeBytes),
    freeSpaceImages: 0xffff_ffff,
    description: storage.description,
    volumeIdentifier: '',
  });
  return replyWith(bytes);
}

/** Objects by storage, format and folder, as GetObjectHandles asks for them (MTP 1.1 §D.2.7). */
async function withObjectsIn(
  { card }: RecorderState,
  storage: number,
  format: number,
  folder: number,
  answer: (found: SimulatedObject[]) => Reply,
): Promise<Reply> {
  if (folder === handles.root || folder === handles.all) await card.scan();
  if (storage !== everywhere && !card.storages.some(({ id }) => id === storage)) {
    return reply(responses.invalidStorageId);
  }
  const parent = folder === handles.root ? 0 : folder;
  if (parent !== 0 && card.get(parent)?.format !== formats.association) return reply(responses.invalidParent);
  const found = [...card.objects].filter(
    (object) =>
      (storage === everywhere || object.storageId === storage) &&
      (format === 0 || object.format === format) &&
      (folder === handles.all || object.parent === parent),
  );
  return answer(found);
}

async function withObject(
  { card }: RecorderState,
  handle: number,
  answer: (object: SimulatedObject) => Reply | Promise<Reply>,
): Promise<Reply> {
  const object = await card.refresh(handle);
  return object === undefined ? reply(responses.invalidObjectHandle) : answer(object);
}

function withClip(
  state: RecorderState,
  handle: number,
  answer: (object: SimulatedObject) => Reply | Promise<Reply>,
): Promise<Reply> {
  return withObject(state, handle, (object) =>
    object.format === formats.association ? reply(responses.accessDenied) : answer(object),
  );
}

function describeObject(object: SimulatedObject, truncatesSizes: boolean): Uint8Array {
  return objectInfo.encode({
    storageId: object.storageId,
    format: object.format,
    protection: 0,
    sizeBytes: truncatesSizes ? object.sizeBytes % 2 ** 32 : Math.min(object.sizeBytes, sizeTooLarge),
    thumbFormat: 0,
    thumbSizeBytes: 0,
    thumbWidth: 0,
    thumbHeight: 0,
    imageWidth: 0,
    imageHeight: 0,
    imageBitDepth: 0,
    parent: object.parent,
    associationType: object.format === formats.association ? 1 : 0,
    associationDescription: 0,
    sequenceNumber: 0,
    fileName: object.name,
    captureDate: object.modified,
    modificationDate: object.modified,
    keywords: '',
  });
}

function sending(
  { card }: RecorderState,
  object: SimulatedObject,
  positionBytes: number,
  lengthBytes: number,
  tellsLength: boolean,
): Reply {
  if (positionBytes > object.sizeBytes) return reply(responses.invalidParameter);
  const sizeBytes = Math.min(lengthBytes, object.sizeBytes - positionBytes);
  const data: Payload = {
    sizeBytes,
    positionBytes,
    read: (from, length) => card.read(object, positionBytes + from, Math.min(length, sizeBytes - from)),
  };
  return { ...reply(responses.ok, ...(tellsLength ? [sizeBytes] : [])), data };
}

/** GetObjPropList for one object, or for everything below one (depth 0xFFFFFFFF, or object 0xFFFFFFFF). */
function listObjectProperties({ card }: RecorderState, parameters: readonly number[]): Reply {
  const [object = 0, format = 0, property = 0, group = 0, depth = 0] = parameters;
  if (property === 0 && group === 0) return reply(responses.parameterNotSupported);
  if (property === 0) return reply(0xa807);
  if (depth !== 0 && depth !== 1 && depth !== everywhere) return reply(0xa808);
  const isWhole = object === everywhere || (object === 0 && depth === everywhere);
  const chosen = [...card.objects].filter(
    ({ handle, parent, format: own }) =>
      (format === 0 || own === format) &&
      (isWhole || (depth === 0 && handle === object) || (depth !== 0 && parent === object)),
  );
  if (!isWhole && object !== 0 && card.get(object) === undefined) return reply(responses.invalidObjectHandle);
  return orRefused(listProperties(chosen, property), responses.invalidObjectPropertyCode);
}

function describeDeviceProperty(state: RecorderState, property: number): Uint8Array | null {
  if (property === deviceProperties.batteryLevel && state.battery !== null)
    return describeBattery(state.battery);
  if (property === deviceProperties.dateTime && state.clock !== null) {
    return describeDateTime(shownTime(state.clock), state.isClockSettable);
  }
  return null;
}

function deviceProperty(state: RecorderState, property: number): Uint8Array | null {
  if (property === deviceProperties.batteryLevel && state.battery !== null)
    return Uint8Array.of(state.battery);
  if (property === deviceProperties.dateTime && state.clock !== null)
    return stringValue(shownTime(state.clock));
  return null;
}

function setDeviceProperty(state: RecorderState, property: number, payload: Uint8Array): Reply {
  if (property !== deviceProperties.dateTime || state.clock === null) {
    return reply(responses.devicePropertyNotSupported);
  }
  if (!state.isClockSettable) return reply(responses.accessDenied);
  const parsed = parsePtpDateTime(readString(new ByteReader(payload)));
  if (parsed === null) return reply(responses.invalidPropertyValue);
  state.clock.set(parsed.wallMs - (parsed.zoneOffsetMs ?? state.clock.zoneOffsetMs));
  return reply();
}

/** `2026-08-04T10:00:00.5+08:00` as MTP writes it: `20260804T100000.5+0800`. */
function shownTime(clock: SimulatedClock): string {
  const [date = '', time = ''] = clock.text().split('T');
  const [, clockTime = '', fraction = '', zone = ''] = /^([\d:]{8})(\.\d)?\d*(.*)$/u.exec(time) ?? [];
  return `${date.replaceAll('-', '')}T${clockTime.replaceAll(':', '')}${fraction}${zone.replace(':', '')}`;
}

function orRefused(bytes: Uint8Array | null, response: number): Reply {
  return bytes === null ? reply(response) : replyWith(bytes);
}
