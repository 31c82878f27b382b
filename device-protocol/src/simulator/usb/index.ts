/** Wires for simulated USB devices. */
export { connectInProcess, type InProcessDevice, type InProcessOptions } from './in-process.ts';
export type { PluggedDevice } from './plugged-device.ts';
export {
  connectUsbRedir,
  type RedirAddress,
  type RedirPlug,
  startUsbRedirServer,
} from './redir/device-side.ts';
export { openUsbRedir, type UsbRedirOptions } from './redir/host-side.ts';
export type {
  DevicePort,
  SimulatedDescriptors,
  SimulatedEndpoint,
  SimulatedInterface,
  SimulatedUsbDevice,
} from './simulated-usb-device.ts';
