/** Recorders that are not there: they speak real bytes on real seams, with faults on demand. */
export * from './mtp/index.ts';
export { pacedDriver } from './paced-driver.ts';
export * from './scsi/index.ts';
export type { SimulatedClock, SimulatedClockOptions } from './simulated-clock.ts';
export {
  type Behaviour,
  type Body,
  type Plug,
  type Reply,
  refusal,
  reply,
  type SimulatedRequest,
} from './smp/behaviour.ts';
export type { Alias } from './smp/card.ts';
export * as smpFaults from './smp/faults.ts';
export type { SimulatedRecorderOptions } from './smp/simulated-recorder.ts';
export {
  type SmpRecorderOptions,
  type SmpRecorderSimulator,
  startSmpRecorder,
} from './smp/smp-recorder-simulator.ts';
export {
  type SmpTcpRecorderOptions,
  type SmpTcpSimulator,
  startSmpTcpRecorder,
} from './smp/smp-tcp-simulator.ts';
export { createSmpUsbSimulator, type SmpUsbSimulatorOptions } from './smp/smp-usb-simulator.ts';
export * from './usb/index.ts';
export { type WrapReader, withReaders } from './wrapped-driver.ts';
