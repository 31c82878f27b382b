export type { ScsiFault, ScsiMishap, ScsiOccasion } from './faults.ts';
export {
  createDiskSimulator,
  createScsiSimulator,
  type DiskSimulatorOptions,
  type ScsiSimulator,
  type ScsiSimulatorOptions,
} from './scsi-simulator.ts';
