/** Real ways to recorders. Only a composition root imports these; everything else sees the seam. */
export * from '../composite/index.ts';
export * from '../detection/index.ts';
export type { DriverChoice, PluginChoice, SocketAddress, UsbWay } from '../isolation/driver-choice.ts';
export { type IsolatedDriverOptions, isolatedDriver } from '../isolation/isolated-driver.ts';
export * from '../models/index.ts';
export { inspectPlugin } from '../plugin/inspect-plugin.ts';
export type { PluginFacts, RecorderPlugin, ServeRule } from '../plugin/plugin.ts';
export { pluginModels } from '../plugin/plugin-models.ts';
export { unmountPhantom } from '../volume/phantom-mount.ts';
export { createVolumeDriver, type VolumeDriverOptions, volumeDriver } from '../volume/volume-recorder.ts';
export { type VolumeWatchOptions, watchVolumes } from '../volume/volume-watch.ts';
export { type WritableVolume, type WriteAccess, writeAccessBySocket } from '../volume/write-access.ts';
export type { Link } from './link.ts';
export {
  type SerialAttachmentOptions,
  type SerialPortSetting,
  serialAttachments,
} from './serial-attachments.ts';
export { openSerialLink, type SerialTarget } from './serial-link.ts';
export { openSmpSerial, openSmpTcp, smpDriver, smpLinks } from './smp-links.ts';
export { openTcpLink, type TcpTarget } from './tcp-link.ts';
