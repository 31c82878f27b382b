/** The device's side of a simulated USB device: written once per recorder, carried by usb-redir, USB/IP or in process. */

import type { ControlSetup } from '../../usb/usb-connection.ts';

export interface SimulatedEndpoint {
  /** `bEndpointAddress`. */
  address: number;
  type: 'bulk' | 'interrupt';
  maxPacketBytes: number;
}

export interface SimulatedInterface {
  number: number;
  class: number;
  subclass: number;
  protocol: number;
  /** `iInterface`: by the name `MTP` clients know MTP from plain PTP. */
  name?: string;
  endpoints: readonly SimulatedEndpoint[];
}

export interface SimulatedDescriptors {
  vendorId: number;
  productId: number;
  /** `bcdDevice`. */
  release: number;
  manufacturer: string;
  product: string;
  serialNumber: string;
  interfaces: readonly SimulatedInterface[];
}

/** What a device can do on the wire it hangs on; given to it when it is plugged in. */
export interface DevicePort {
  /**
   * Queues bytes on an endpoint towards the host; they go out as the host asks for them. `isEnd` (default) ends the
   * transfer: with a short packet, or an empty one where the length is a multiple of the packet size.
   */
  send(endpoint: number, bytes: Uint8Array, options?: { isEnd?: boolean }): void;
  /** Bytes of `send` that no host asked for yet. */
  queuedBytes(endpoint: number): number;
  /** Drops what is queued on an endpoint. */
  flush(endpoint: number): void;
  /** Halts an endpoint until the host clears it (USB 2.0 §9.4.5). */
  halt(endpoint: number): void;
  isHalted(endpoint: number): boolean;
  /** Leaves the bus. */
  unplug(): void;
  /** Leaves the bus and comes back, after a pause, as another device on the same port. */
  reenumerate(device: SimulatedUsbDevice, pauseMs: number): void;
}

/** One simulated device. Calls come one after the other. */
export interface SimulatedUsbDevice {
  readonly descriptors: SimulatedDescriptors;
  /** Called at each plug-in and after each port reset; what an earlier port queued is gone. */
  attached(port: DevicePort): void;
  detached(): void;
  /**
   * Bytes from the host on an endpoint, in order; an empty array is an empty packet. A host may cut a long transfer
   * where a packet is full: bytes that are whole packets long may go on in the next call, any other length ends it.
   */
  received(endpoint: number, bytes: Uint8Array): void;
  /** A class or vendor request; the answer's bytes (empty for one without data), or `null` to stall. Standard ones are answered by the carrier. */
  control(
    setup: ControlSetup & { direction: 'in' | 'out'; lengthBytes: number },
    data: Uint8Array,
  ): Uint8Array | null;
  /** The host cleared a halt (after the carrier did). */
  haltCleared?(endpoint: number): void;
}
