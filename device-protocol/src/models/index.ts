export { foreignInterfaces } from './foreign-interfaces.ts';
export type { DeviceRule, InterfaceRule, KnownModel, ModelWay } from './known-model.ts';
export { knownModels } from './known-models.ts';
export { hasSerialConsole, isHub, type ModelMatch, matchModel } from './match-model.ts';
export { type SerialAdapter, serialAdapterModel } from './serial-adapter.ts';
