export type { DetachHold, FaceWatch } from './face-watch.ts';
export {
  type MergedAttachments,
  type MergeOptions,
  mergeAttachments,
  type UsbBus,
} from './merge-attachments.ts';
export type { FaceTimes } from './slot-faces.ts';
export { SysfsUsb, type SysfsUsbOptions } from './sysfs-usb.ts';
export { type UsbBusOptions, usbBus } from './usb-bus.ts';
export { UsbPlaces, type UsbPlacesOptions } from './usb-places.ts';
export type { UsbPresence } from './usb-presence.ts';
