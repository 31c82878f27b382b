import type { InterfaceRule, KnownModel } from './known-model.ts';

/** USB mass storage by bulk-only transport, and by UAS. */
const massStorage: InterfaceRule = { class: 0x08, subclass: 0x06, protocol: 0x50 };
const attachedScsi: InterfaceRule = { class: 0x08, subclass: 0x06, protocol: 0x62 };
/** USB still image class: PTP, and MTP over it. */
const stillImage: InterfaceRule = { class: 0x06, subclass: 0x01, protocol: 0x01 };
/** USB CDC 1.2, abstract control model. */
const serialConsole: InterfaceRule = { class: 0x02, subclass: 0x02 };
const vendorSpecific: InterfaceRule = { class: 0xff };

const plainRow = { hasConsole: false, becomes: null } as const;
const volumeRow = {
  ...plainRow,
  way: { by: 'mount' },
  hasConsole: true,
  capabilities: ['capacity', 'erase'],
} as const;
const mtpRow = {
  ...plainRow,
  way: { by: 'interface', driver: 'mtp' },
  capabilities: ['readClock', 'setClock', 'battery', 'capacity', 'erase'],
} as const;
const smpCapabilities = [
  'readClock',
  'setClock',
  'battery',
  'capacity',
  'hashOnDevice',
  'erase',
  'writeIdentity',
  'firmware',
] as const;

/**
 * The table of known models, first match wins: exact ones before those known by their class alone. udev rules and
 * the USBGuard policy are made from it.
 */
export const knownModels: readonly KnownModel[] = [
  {
    ...plainRow,
    key: 'dv16-command',
    title: 'DV16 / WellDVR recorder, command mode',
    match: { vendorId: 0x0595, productId: 0x4343, interface: { class: 0x08 } },
    way: { by: 'interface', driver: 'scsi' },
    capabilities: ['setClock', 'battery', 'writeIdentity', 'modeSwitch'],
    becomes: 'dv16-storage',
  },
  {
    ...volumeRow,
    key: 'dv16-storage',
    title: 'DV16 / WellDVR recorder, storage mode',
    match: { vendorId: 0x0595, productId: 0x2002, interface: massStorage },
  },
  {
    ...plainRow,
    key: 'smp-bulk',
    title: 'SMP recorder over USB bulk',
    match: {
      vendorId: 0x1209,
      productId: 0x0001,
      interface: { class: 0xff, subclass: 0x42, protocol: 0x01 },
    },
    way: { by: 'interface', driver: 'smp' },
    capabilities: smpCapabilities,
  },
  {
    ...plainRow,
    key: 'qemu-serial',
    title: 'QEMU serial adapter',
    match: { vendorId: 0x0403, productId: 0x6001, product: 'QEMU USB SERIAL', interface: vendorSpecific },
    way: { by: 'tty', baudRate: 115_200 },
    capabilities: smpCapabilities,
  },
  {
    ...mtpRow,
    key: 'qemu-mtp',
    title: 'QEMU MTP device',
    capabilities: ['capacity', 'erase'],
    match: { vendorId: 0x46f4, productId: 0x0004, interface: stillImage },
  },
  {
    ...mtpRow,
    key: 'umtp-responder',
    title: 'uMTP-Responder gadget',
    capabilities: ['battery', 'capacity', 'erase'],
    match: { vendorId: 0x1d6b, productId: 0x0100, interface: stillImage },
  },
  {
    ...volumeRow,
    key: 'qemu-storage',
    title: 'QEMU USB disk',
    match: { vendorId: 0x46f4, productId: 0x0001, interface: { class: 0x08, subclass: 0x06 } },
  },
  {
    ...volumeRow,
    key: 'linux-gadget',
    title: 'Linux composite gadget',
    match: { vendorId: 0x1d6b, productId: 0x0104, interface: massStorage },
  },
  { ...mtpRow, key: 'ptp', title: 'PTP or MTP recorder', match: { interface: stillImage } },
  { ...volumeRow, key: 'mass-storage', title: 'Mass-storage recorder', match: { interface: massStorage } },
  { ...volumeRow, key: 'uas', title: 'Mass-storage recorder (UAS)', match: { interface: attachedScsi } },
  {
    ...plainRow,
    key: 'cdc-acm',
    title: 'Recorder with a serial console',
    match: { interface: serialConsole },
    way: { by: 'tty', baudRate: 115_200 },
    capabilities: smpCapabilities,
  },
];
