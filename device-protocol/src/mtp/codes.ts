/** Codes of the standard, by their value, in the words of the standard. */

/** MTP 1.1 appendix F. */
export const responseNames: Readonly<Record<number, string>> = {
  8193: 'OK',
  8194: 'General Error',
  8195: 'Session Not Open',
  8196: 'Invalid TransactionID',
  8197: 'Operation Not Supported',
  8198: 'Parameter Not Supported',
  8199: 'Incomplete Transfer',
  8200: 'Invalid StorageID',
  8201: 'Invalid ObjectHandle',
  8202: 'DeviceProp Not Supported',
  8203: 'Invalid ObjectFormatCode',
  8204: 'Store Full',
  8205: 'Object WriteProtected',
  8206: 'Store Read-Only',
  8207: 'Access Denied',
  8208: 'No Thumbnail Present',
  8210: 'Partial Deletion',
  8211: 'Store Not Available',
  8212: 'Specification By Format Unsupported',
  8213: 'No Valid ObjectInfo',
  8217: 'Device Busy',
  8218: 'Invalid ParentObject',
  8219: 'Invalid DeviceProp Format',
  8220: 'Invalid DeviceProp Value',
  8221: 'Invalid Parameter',
  8222: 'Session Already Open',
  8223: 'Transaction Cancelled',
  43009: 'Invalid ObjectPropCode',
  43015: 'Specification By Group Unsupported',
  43016: 'Specification By Depth Unsupported',
  43018: 'ObjectProp Not Supported',
};

export const responses = {
  ok: 0x2001,
  generalError: 0x2002,
  sessionNotOpen: 0x2003,
  operationNotSupported: 0x2005,
  parameterNotSupported: 0x2006,
  incompleteTransfer: 0x2007,
  invalidStorageId: 0x2008,
  invalidObjectHandle: 0x2009,
  devicePropertyNotSupported: 0x200a,
  objectWriteProtected: 0x200d,
  storeReadOnly: 0x200e,
  accessDenied: 0x200f,
  storeNotAvailable: 0x2013,
  specificationByFormatUnsupported: 0x2014,
  deviceBusy: 0x2019,
  invalidParent: 0x201a,
  invalidPropertyFormat: 0x201b,
  invalidPropertyValue: 0x201c,
  invalidParameter: 0x201d,
  sessionAlreadyOpen: 0x201e,
  transactionCancelled: 0x201f,
  invalidObjectPropertyCode: 0xa801,
} as const;

/** MTP 1.1 appendix G. What Docket does with each that it heeds. */
export const eventNames: Readonly<Record<number, string>> = {
  16385: 'CancelTransaction',
  16386: 'ObjectAdded: a listing under way begins anew',
  16387: 'ObjectRemoved',
  16388: 'StoreAdded: a listing under way begins anew',
  16389: 'StoreRemoved: reads from that storage end with an error',
  16390: 'DevicePropChanged',
  16391: 'ObjectInfoChanged',
  16392: 'DeviceInfoChanged',
  16393: 'RequestObjectTransfer',
  16394: 'StoreFull',
  16395: 'DeviceReset: the session is over',
  16396: 'StorageInfoChanged',
  16397: 'CaptureComplete',
  16398: 'UnreportedStatus',
};

export const events = {
  cancelTransaction: 0x4001,
  objectAdded: 0x4002,
  objectRemoved: 0x4003,
  storeAdded: 0x4004,
  storeRemoved: 0x4005,
  devicePropertyChanged: 0x4006,
  deviceReset: 0x400b,
} as const;

export const deviceProperties = { batteryLevel: 0x5001, dateTime: 0x5011 } as const;

export const objectProperties = {
  storageId: 0xdc01,
  objectFormat: 0xdc02,
  protectionStatus: 0xdc03,
  objectSize: 0xdc04,
  objectFileName: 0xdc07,
  dateCreated: 0xdc08,
  dateModified: 0xdc09,
  parentObject: 0xdc0b,
  persistentUniqueObjectIdentifier: 0xdc41,
  name: 0xdc44,
} as const;

export const formats = { undefinedObject: 0x3000, association: 0x3001, mp4: 0xb982, jpeg: 0x3801 } as const;

export const handles = {
  /** Asks for the objects in the root of a storage (MTP 1.1 §D.2.7). */
  root: 0xffff_ffff,
  /** Asks for all objects of a storage. */
  all: 0,
} as const;

/** Requests of the class on the control pipe, USB Still Image Capture Device Definition 1.0 §5.2. */
export const classRequests = { cancel: 0x64, extendedEvent: 0x65, reset: 0x66, status: 0x67 } as const;

export const cancellationCode = 0x4001;
