import type { InterfaceRule } from './known-model.ts';

/**
 * Interfaces that no recorder has any business with: a device that has one of them is not opened, whatever else it
 * claims to be. USB class codes as assigned by the USB-IF.
 */
export const foreignInterfaces: readonly (InterfaceRule & { title: string })[] = [
  { class: 0x03, title: 'keyboard, mouse or other human interface' },
  { class: 0x07, title: 'printer' },
  { class: 0x0b, title: 'smart card reader' },
  { class: 0x02, subclass: 0x02, protocol: 0xff, title: 'network (RNDIS)' },
  { class: 0x02, subclass: 0x06, title: 'network (Ethernet)' },
  { class: 0x02, subclass: 0x08, title: 'wireless handset' },
  { class: 0x02, subclass: 0x0a, title: 'mobile direct line' },
  { class: 0x02, subclass: 0x0c, title: 'network (EEM)' },
  { class: 0x02, subclass: 0x0d, title: 'network (NCM)' },
  { class: 0x02, subclass: 0x0e, title: 'network (MBIM)' },
  { class: 0xe0, title: 'wireless controller' },
  { class: 0xef, subclass: 0x04, title: 'network (RNDIS)' },
];
