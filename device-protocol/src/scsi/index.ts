export type { Passwords } from './mode-switch.ts';
export { createScsiDriver, type ScsiDriverOptions } from './scsi-driver.ts';
