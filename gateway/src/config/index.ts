export { type Allowed, ConfigError, type ConfigFault } from './config-fault.ts';
export { type Config, configSchema, type TokenEntry } from './config-schema.ts';
export { type ConfigSources, loadConfig } from './load-config.ts';
export { isLoopbackName } from './loopback.ts';
export { configuredNameProfiles } from './name-profile.ts';
