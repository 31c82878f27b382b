/** A simulated MTP recorder. */
export type { Behaviour as MtpBehaviour, Delivery, Plug as MtpPlug, SimulatedCommand } from './behaviour.ts';
export { type GeneratedClip, generatedBytes, type NameAlias, type SimulatedStorage } from './card.ts';
export * as mtpFaults from './faults.ts';
export { createMtpSimulator, type MtpSimulator, type MtpSimulatorOptions } from './mtp-simulator.ts';
