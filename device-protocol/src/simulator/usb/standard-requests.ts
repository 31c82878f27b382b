/** The requests every device answers (USB 2.0 §9.4), so that no simulator has to. */

import type { ControlSetup } from '../../usb/usb-connection.ts';
import { descriptorOf } from './descriptors.ts';
import type { SimulatedDescriptors } from './simulated-usb-device.ts';

/** What standard requests read and change. */
export interface DeviceState {
  readonly descriptors: SimulatedDescriptors;
  configuration: number;
  isHalted(endpoint: number): boolean;
  /** False where there is no such endpoint. */
  setHalted(endpoint: number, halted: boolean): boolean;
  /** Clears every halt, as a new configuration does. */
  clearHalts(): void;
}

export const standardRequests = {
  getStatus: 0,
  clearFeature: 1,
  setFeature: 3,
  setAddress: 5,
  getDescriptor: 6,
  getConfiguration: 8,
  setConfiguration: 9,
  getInterface: 10,
  setInterface: 11,
} as const;

export const endpointHaltFeature = 0;
const remoteWakeupFeature = 1;
const done = new Uint8Array(0);

/** The answer, uncut; `null` to stall. */
export function answerStandardRequest(setup: ControlSetup, state: DeviceState): Uint8Array | null {
  switch (setup.request) {
    case standardRequests.getStatus:
      return statusOf(setup, state);
    case standardRequests.clearFeature:
      return setFeature(setup, state, false);
    case standardRequests.setFeature:
      return setFeature(setup, state, true);
    case standardRequests.setAddress:
      return done;
    case standardRequests.getDescriptor:
      if (setup.recipient !== 'device') return null;
      return descriptorOf(state.descriptors, setup.value >> 8, setup.value & 0xff);
    case standardRequests.getConfiguration:
      return Uint8Array.of(state.configuration);
    case standardRequests.setConfiguration:
      if (setup.value > 1) return null;
      state.configuration = setup.value;
      state.clearHalts();
      return done;
    case standardRequests.getInterface:
      return hasInterface(setup, state) ? Uint8Array.of(0) : null;
    case standardRequests.setInterface:
      return hasInterface(setup, state) && setup.value === 0 ? done : null;
    default:
      return null;
  }
}

function hasInterface({ recipient, index }: ControlSetup, { descriptors }: DeviceState): boolean {
  return recipient === 'interface' && descriptors.interfaces.some(({ number }) => number === (index & 0xff));
}

function statusOf(setup: ControlSetup, state: DeviceState): Uint8Array | null {
  if (setup.recipient === 'device') return Uint8Array.of(1, 0);
  if (setup.recipient === 'interface') return hasInterface(setup, state) ? Uint8Array.of(0, 0) : null;
  return Uint8Array.of(state.isHalted(setup.index & 0xff) ? 1 : 0, 0);
}

function setFeature(setup: ControlSetup, state: DeviceState, isSet: boolean): Uint8Array | null {
  if (setup.recipient === 'device') return setup.value === remoteWakeupFeature ? done : null;
  if (setup.recipient !== 'endpoint' || setup.value !== endpointHaltFeature) return null;
  const endpoint = setup.index & 0xff;
  if ((endpoint & 0x0f) === 0) return done;
  return state.setHalted(endpoint, isSet) ? done : null;
}
