import { ByteWriter } from '../../mtp/byte-cursor.ts';
import { deviceProperties, objectProperties } from '../../mtp/codes.ts';
import {
  devicePropertyDescription,
  objectPropertyDescription,
  objectPropertyList,
} from '../../mtp/datasets.ts';
import type { Form, PropertyRow } from '../../mtp/field.ts';
import { type MtpValue, typeCodes, writeValue } from '../../mtp/value.ts';
import type { SimulatedObject } from './card.ts';

interface ObjectProperty {
  dataType: number;
  empty: MtpValue;
  form: Form;
  of(object: SimulatedObject): MtpValue;
}

const anyValue: Form = { kind: 'none' };
const dateTimeForm: Form = { kind: 'other', flag: 3 };

/** Object properties the recorder has, by code (MTP 1.1 appendix B). */
const table: Readonly<Record<number, ObjectProperty>> = {
  [objectProperties.storageId]: number32((object) => object.storageId),
  [objectProperties.objectFormat]: number16((object) => object.format),
  [objectProperties.protectionStatus]: number16(() => 0),
  [objectProperties.objectSize]: {
    dataType: typeCodes.uint64,
    empty: 0n,
    form: anyValue,
    of: ({ sizeBytes }) => BigInt(sizeBytes),
  },
  [objectProperties.objectFileName]: text((object) => object.name),
  [objectProperties.dateModified]: { ...text((object) => object.modified), form: dateTimeForm },
  [objectProperties.parentObject]: number32((object) => object.parent),
  [objectProperties.persistentUniqueObjectIdentifier]: {
    dataType: typeCodes.uint128,
    empty: 0n,
    form: anyValue,
    of: ({ storageId, handle }) => (BigInt(storageId) << 64n) | BigInt(handle),
  },
  [objectProperties.name]: text((object) => object.name),
};

function number16(of: (object: SimulatedObject) => number): ObjectProperty {
  return { dataType: typeCodes.uint16, empty: 0, form: anyValue, of };
}

function number32(of: (object: SimulatedObject) => number): ObjectProperty {
  return { dataType: typeCodes.uint32, empty: 0, form: anyValue, of };
}

function text(of: (object: SimulatedObject) => string): ObjectProperty {
  return { dataType: typeCodes.string, empty: '', form: anyValue, of };
}

export const objectPropertyCodesKnown = Object.keys(table).map(Number);

/** `null` for a property the recorder does not have. */
export function describeObjectProperty(property: number): Uint8Array | null {
  const row = table[property];
  if (row === undefined) return null;
  const { dataType, empty, form } = row;
  const description = { property, dataType, access: 0, factoryDefault: empty, groupCode: 0, form };
  return objectPropertyDescription.encode(description);
}

export function objectPropertyValue(object: SimulatedObject, property: number): Uint8Array | null {
  const row = table[property];
  if (row === undefined) return null;
  const writer = new ByteWriter();
  writeValue(writer, row.dataType, row.of(object));
  return writer.bytes();
}

/** One property of many objects, or all of them (`property` 0xFFFFFFFF). `null` for one the recorder does not have. */
export function listProperties(objects: readonly SimulatedObject[], property: number): Uint8Array | null {
  const codes = property === 0xffff_ffff ? objectPropertyCodesKnown : [property];
  const rows: PropertyRow[] = [];
  for (const object of objects) {
    for (const code of codes) {
      const row = table[code];
      if (row === undefined) return null;
      rows.push({ handle: object.handle, property: code, dataType: row.dataType, value: row.of(object) });
    }
  }
  return objectPropertyList.encode({ rows });
}

export function describeBattery(percent: number): Uint8Array {
  return devicePropertyDescription.encode({
    property: deviceProperties.batteryLevel,
    dataType: typeCodes.uint8,
    access: 0,
    factoryDefault: 100,
    current: percent,
    form: { kind: 'range', minimum: 0, maximum: 100, step: 1 },
  });
}

export function describeDateTime(shown: string, isSettable: boolean): Uint8Array {
  return devicePropertyDescription.encode({
    property: deviceProperties.dateTime,
    dataType: typeCodes.string,
    access: isSettable ? 1 : 0,
    factoryDefault: '',
    current: shown,
    form: anyValue,
  });
}

export function stringValue(value: string): Uint8Array {
  const writer = new ByteWriter();
  writeValue(writer, typeCodes.string, value);
  return writer.bytes();
}
