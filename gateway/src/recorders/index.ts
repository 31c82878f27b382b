export { loadPlugins, type Plugin } from './plugins/load-plugins.ts';
export { type Drivers, recorderDrivers } from './recorder-drivers.ts';
export { recorderSources } from './recorder-sources.ts';
