export { type ServiceManagerOptions, serviceManager } from './service-manager.ts';
