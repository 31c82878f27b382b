/** What a host is told of a device before it is there, and again once it is configured. */

import { speedOf } from '../descriptors.ts';
import type { SimulatedDescriptors } from '../simulated-usb-device.ts';
import {
  deviceConnect,
  deviceVersion,
  encodeEndpointInfo,
  encodeInterfaceInfo,
  packetTypes,
  type RedirEndpoint,
} from './packets.ts';
import type { RedirPeer } from './peer.ts';

const speeds = { full: 1, high: 2 } as const;
const endpointTypes = { bulk: 2, interrupt: 3 } as const;
const controlPipes: readonly RedirEndpoint[] = [0x00, 0x80].map((address) => ({
  address,
  type: 0,
  interval: 0,
  interface: 0,
  maxPacketBytes: 64,
}));

export function announceEndpoints(peer: RedirPeer, { interfaces }: SimulatedDescriptors): void {
  const endpoints = interfaces.flatMap((one) =>
    one.endpoints.map(({ address, type, maxPacketBytes }) => ({
      address,
      type: endpointTypes[type],
      interval: type === 'interrupt' ? 1 : 0,
      interface: one.number,
      maxPacketBytes,
    })),
  );
  const all = [...controlPipes, ...endpoints];
  peer.send(packetTypes.endpointInfo, 0n, encodeEndpointInfo(all, peer.capabilities.maxPacketSize));
  peer.send(packetTypes.interfaceInfo, 0n, encodeInterfaceInfo(interfaces));
}

export function announceDevice(peer: RedirPeer, descriptors: SimulatedDescriptors): void {
  const { vendorId, productId, release } = descriptors;
  const speed = speeds[speedOf(descriptors)];
  const body = deviceConnect.encode({ speed, class: 0, subclass: 0, protocol: 0, vendorId, productId });
  const version = peer.capabilities.connectDeviceVersion ? [deviceVersion.encode({ release })] : [];
  peer.send(packetTypes.deviceConnect, 0n, Buffer.concat([body, ...version]));
}
