/** The daemon for programs that run it: the command line, and tests. */
export { type GatewayOptions, runGateway } from './app.ts';
export { type Config, ConfigError, type ConfigSources, loadConfig } from './config/index.ts';
export { createLog, type Log } from './log.ts';
