import { type BodyOf, dataset } from './dataset.ts';
import { array, dataTypeCode, form, propertyRows, text, typed, u8, u16, u32, u64 } from './field.ts';

export const deviceInfo = dataset('DeviceInfo', 'MTP 1.1 §5.1.1', {
  standardVersion: u16('hundredths: 100 is version 1.00'),
  vendorExtensionId: u32('6 is MTP'),
  vendorExtensionVersion: u16('hundredths'),
  vendorExtensionDescription: text('MTP recorders name their extensions here'),
  functionalMode: u16('0 is the standard mode'),
  operations: array(2, 'operation codes it knows'),
  events: array(2, 'event codes it sends'),
  deviceProperties: array(2, 'device properties it has'),
  captureFormats: array(2, 'formats it records in'),
  objectFormats: array(2, 'formats it stores'),
  manufacturer: text('for people'),
  model: text('for people'),
  deviceVersion: text('firmware'),
  serialNumber: text('16 hexadecimal digits or more in MTP; some recorders send a constant'),
});

export const storageIds = dataset('StorageIDs', 'MTP 1.1 §D.2.4', {
  ids: array(
    4,
    'physical store in the upper half, logical one in the lower; a lower half of 0 is an empty bay',
  ),
});

export const storageInfo = dataset('StorageInfo', 'MTP 1.1 §5.2.2', {
  storageType: u16('3 fixed RAM, 4 removable RAM'),
  filesystemType: u16('2 hierarchical, 3 DCF'),
  accessCapability: u16('0 read and write, 1 read only, 2 read and delete'),
  maxCapacityBytes: u64('all ones where the recorder cannot tell'),
  freeSpaceBytes: u64('all ones where the recorder cannot tell'),
  freeSpaceImages: u32('all ones where the recorder cannot tell'),
  description: text('for people'),
  volumeIdentifier: text('for machines'),
});

export const objectHandles = dataset('ObjectHandles', 'MTP 1.1 §D.2.7', {
  handles: array(4, 'objects, in no order'),
});

export const objectInfo = dataset('ObjectInfo', 'MTP 1.1 §5.3.1', {
  storageId: u32('where it lies'),
  format: u16('0x3001 is an association: a folder'),
  protection: u16('0 none, 1 read only'),
  sizeBytes: u32('0xFFFFFFFF for 4 GiB and more: then the property 0xDC04 tells it'),
  thumbFormat: u16('not used'),
  thumbSizeBytes: u32('not used'),
  thumbWidth: u32('not used'),
  thumbHeight: u32('not used'),
  imageWidth: u32('not used'),
  imageHeight: u32('not used'),
  imageBitDepth: u32('not used'),
  parent: u32('handle of its folder, 0 in the root'),
  associationType: u16('1 is a folder'),
  associationDescription: u32('not used'),
  sequenceNumber: u32('not used'),
  fileName: text('without its folder'),
  captureDate: text('`YYYYMMDDThhmmss[.s][Z|±hhmm]`, or empty'),
  modificationDate: text('the same; taken before the capture date'),
  keywords: text('not used'),
});
export type ObjectInfo = BodyOf<typeof objectInfo>;

export const devicePropertyDescription = dataset('DevicePropDesc', 'MTP 1.1 §5.1.2.1', {
  property: u16('code of the property'),
  dataType: dataTypeCode('code of its type'),
  access: u8('0 get, 1 get and set'),
  factoryDefault: typed('not used'),
  current: typed('its value'),
  form: form('which values it takes: 0 any, 1 minimum, maximum and step, 2 a list with a UINT16 count'),
});

export const objectPropertyDescription = dataset('ObjectPropDesc', 'MTP 1.1 §5.3.2.3', {
  property: u16('code of the property'),
  dataType: dataTypeCode('code of its type'),
  access: u8('0 get, 1 get and set'),
  factoryDefault: typed('not used'),
  groupCode: u32('not used'),
  form: form('as in DevicePropDesc; other forms are kept as their code'),
});

export const objectPropertyCodes = dataset('ObjectPropCodes', 'MTP 1.1 appendices D and E', {
  properties: array(2, 'object properties of a format'),
});

export const objectPropertyList = dataset('ObjectPropList', 'MTP 1.1 §E.2.1.1', {
  rows: propertyRows('one value of one object each'),
});

/** Class request 0x67, USB Still Image Capture Device Definition 1.0 §5.2.4. */
export const deviceStatus = dataset('DeviceStatus', 'USB Still Image 1.0 §5.2.4', {
  lengthBytes: u16('of all of it; endpoints that are stalled follow as UINT32 each'),
  code: u16('a response code: 0x2001 ready, 0x2019 busy, 0x201F the transaction was cancelled'),
});

/** Class request 0x64, USB Still Image Capture Device Definition 1.0 §5.2.1. */
export const cancelRequest = dataset('CancelRequest', 'USB Still Image 1.0 §5.2.1', {
  code: u16('0x4001'),
  transaction: u32('the one to cancel'),
});

/** Every dataset Docket reads or writes. */
export const datasets = [
  deviceInfo,
  storageIds,
  storageInfo,
  objectHandles,
  objectInfo,
  devicePropertyDescription,
  objectPropertyDescription,
  objectPropertyCodes,
  objectPropertyList,
  deviceStatus,
  cancelRequest,
] as const;
