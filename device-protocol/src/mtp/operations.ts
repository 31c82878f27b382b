/** One operation, declared once: driver, simulator and document use the same row. */
export interface Operation<Parameter extends string = string> {
  readonly name: string;
  readonly code: number;
  /** What the parameters of the command are, in their order. */
  readonly parameters: readonly Parameter[];
  /** Which way its data goes. */
  readonly data: 'none' | 'to-host' | 'to-recorder';
  /** True where doing it twice does no more than doing it once: it is asked again after a disturbance. */
  readonly isRepeatable: boolean;
  /** Where the standard has it. */
  readonly source: string;
  readonly doc: string;
}

export type ParametersOf<Row> = Row extends Operation<infer Parameter> ? Record<Parameter, number> : never;

function operation<const Parameter extends string>(row: Operation<Parameter>): Operation<Parameter> {
  return row;
}

function read<const Parameter extends string>(
  name: string,
  code: number,
  parameters: readonly Parameter[],
  source: string,
  doc: string,
): Operation<Parameter> {
  return operation({ name, code, parameters, data: 'to-host', isRepeatable: true, source, doc });
}

export const operations = {
  getDeviceInfo: read(
    'GetDeviceInfo',
    0x1001,
    [],
    'MTP 1.1 §D.2.1',
    'DeviceInfo. Docket asks inside the session, although it may be asked before: some recorders refuse that.',
  ),
  openSession: operation({
    name: 'OpenSession',
    code: 0x1002,
    parameters: ['session'],
    data: 'none',
    isRepeatable: true,
    source: 'MTP 1.1 §D.2.2',
    doc: 'Transaction 0. Where a session is open already (0x201E), Docket closes it and opens its own.',
  }),
  closeSession: operation({
    name: 'CloseSession',
    code: 0x1003,
    parameters: [],
    data: 'none',
    isRepeatable: true,
    source: 'MTP 1.1 §D.2.3',
    doc: 'At the end of a docking.',
  }),
  getStorageIds: read('GetStorageIDs', 0x1004, [], 'MTP 1.1 §D.2.4', 'StorageIDs; also: is it still there?'),
  getStorageInfo: read('GetStorageInfo', 0x1005, ['storage'], 'MTP 1.1 §D.2.5', 'StorageInfo.'),
  getNumberOfObjects: read(
    'GetNumObjects',
    0x1006,
    ['storage', 'format', 'folder'],
    'MTP 1.1 §D.2.6',
    'Not used by Docket; other hosts ask it.',
  ),
  getObjectHandles: read(
    'GetObjectHandles',
    0x1007,
    ['storage', 'format', 'folder'],
    'MTP 1.1 §D.2.7',
    'ObjectHandles. Docket asks folder by folder (0xFFFFFFFF is the root), and for all of a storage (0) only where that is refused; never for all storages at once.',
  ),
  getObjectInfo: read('GetObjectInfo', 0x1008, ['object'], 'MTP 1.1 §D.2.8', 'ObjectInfo.'),
  getObject: read(
    'GetObject',
    0x1009,
    ['object'],
    'MTP 1.1 §D.2.9',
    'The whole object; used where the recorder has no partial reads.',
  ),
  deleteObject: operation({
    name: 'DeleteObject',
    code: 0x100b,
    parameters: ['object', 'format'],
    data: 'none',
    isRepeatable: false,
    source: 'MTP 1.1 §D.2.11',
    doc: 'Only with a receipt, and after ObjectInfo was compared again.',
  }),
  getDevicePropertyDescription: read(
    'GetDevicePropDesc',
    0x1014,
    ['property'],
    'MTP 1.1 §D.2.20',
    'DevicePropDesc; says whether the clock can be set.',
  ),
  getDevicePropertyValue: read(
    'GetDevicePropValue',
    0x1015,
    ['property'],
    'MTP 1.1 §D.2.21',
    'A value of the type its description names.',
  ),
  setDevicePropertyValue: operation({
    name: 'SetDevicePropValue',
    code: 0x1016,
    parameters: ['property'],
    data: 'to-recorder',
    isRepeatable: false,
    source: 'MTP 1.1 §D.2.22',
    doc: 'Sets the clock.',
  }),
  getPartialObject: read(
    'GetPartialObject',
    0x101b,
    ['object', 'offset', 'length'],
    'MTP 1.1 §D.2.27',
    'A piece of an object; the response tells its length.',
  ),
  getObjectPropertiesSupported: read(
    'GetObjectPropsSupported',
    0x9801,
    ['format'],
    'MTP 1.1 appendices D and E',
    'ObjectPropCodes. Not used by Docket; other hosts ask it.',
  ),
  getObjectPropertyDescription: read(
    'GetObjectPropDesc',
    0x9802,
    ['property', 'format'],
    'MTP 1.1 appendices D and E',
    'ObjectPropDesc. Not used by Docket; other hosts ask it.',
  ),
  getObjectPropertyValue: read(
    'GetObjectPropValue',
    0x9803,
    ['object', 'property'],
    'MTP 1.1 appendices D and E',
    'ObjectSize (0xDC04), 64 bits, of every object.',
  ),
  getObjectPropertyList: read(
    'GetObjPropList',
    0x9805,
    ['object', 'format', 'property', 'group', 'depth'],
    'MTP 1.1 appendices D and E',
    'ObjectPropList; the same where the recorder has no 0x9803.',
  ),
  getPartialObject64: read(
    'GetPartialObject64',
    0x95c1,
    ['object', 'offset', 'offsetUpper', 'length'],
    'Android extension of MTP',
    'A piece at a position past 4 GiB.',
  ),
} as const;
