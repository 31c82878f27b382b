export * from './attachment.ts';
export { parseDateTime } from './clock/date-time.ts';
export { wallClockInZone } from './clock/wall-clock.ts';
export * from './contract/index.ts';
export { deriveRecorder } from './derived-recorder.ts';
export * from './errors.ts';
export {
  hashOfImage,
  ImageFormatError,
  type ImageTlv,
  imageTlvTypes,
  type McubootImage,
  parseMcubootImage,
  plainVersion,
} from './firmware/mcuboot-image.ts';
export { createMtpDriver, type MtpDriverOptions, MtpRecorder } from './mtp/index.ts';
export { type DecodedName, decodeName } from './names/decode-name.ts';
export { type NameProfile, nameProfiles } from './names/name-profiles.ts';
export * from './recorder.ts';
export { createScsiDriver, type Passwords, type ScsiDriverOptions } from './scsi/index.ts';
export {
  createSmpDriver,
  type OpenSmpLink,
  type PacketLink,
  type SmpDriverOptions,
  SmpRecorder,
} from './smp/index.ts';
export * from './usb/usb-device.ts';
