/** The end with the device: answers a host (QEMU's usb-redir, or our own) over one connection. */

import type { Socket } from 'node:net';
import { AttachedDevice } from '../attached-device.ts';
import type { TransferResult } from '../in-endpoint.ts';
import type { SetupPacket } from '../setup-packet.ts';
import type { SimulatedUsbDevice } from '../simulated-usb-device.ts';
import { standardRequests } from '../standard-requests.ts';
import { announceDevice, announceEndpoints } from './announcement.ts';
import { DeviceTransfers, redirStatus } from './device-transfers.ts';
import { RedirProtocolError } from './layout.ts';
import type { RedirPacket } from './packet-stream.ts';
import {
  altSetting,
  altSettingStatus,
  configuration,
  configurationStatus,
  endpoint,
  interfaceNumber,
  packetTypes,
  statuses,
} from './packets.ts';
import { RedirPeer } from './peer.ts';

/** A device that is there, and what is asked of it. */
interface Plugged {
  attached: AttachedDevice;
  transfers: DeviceTransfers;
}

const nothing = new Uint8Array(0);

export interface SessionEnds {
  /** The connection is closed, by the host or because it broke the protocol. */
  hostLeft(): void;
  /** The connection is closed because the device was unplugged, or unplugged itself. */
  deviceLeft(): void;
}

/** A device that is plugged in as soon as the host has said hello, and out when either end closes. */
export class DeviceSession {
  readonly #peer: RedirPeer;
  #device: SimulatedUsbDevice;
  #plugged: Plugged | null = null;
  #comingBack: NodeJS.Timeout | undefined;
  #hasLeft = false;

  constructor(socket: Socket, device: SimulatedUsbDevice, ends: SessionEnds) {
    this.#device = device;
    this.#peer = new RedirPeer(
      socket,
      {
        ready: () => this.#plug(),
        packet: (packet) => this.#take(packet),
        closed: () => {
          this.#leave();
          if (this.#hasLeft) ends.deviceLeft();
          else ends.hostLeft();
        },
      },
      { pausesWhenFull: true },
    );
  }

  /** Pulls the plug. */
  unplug(): void {
    this.#hasLeft = true;
    const wasThere = this.#plugged !== null;
    this.#leave();
    if (wasThere) this.#peer.send(packetTypes.deviceDisconnect, 0n, nothing);
    this.#peer.end();
  }

  #plug(): void {
    const { descriptors } = this.#device;
    const attached = new AttachedDevice(this.#device, {
      left: () => this.unplug(),
      replaced: (device, pauseMs) => {
        this.#leave();
        this.#peer.send(packetTypes.deviceDisconnect, 0n, nothing);
        this.#device = device;
        this.#comingBack = setTimeout(() => this.#plug(), pauseMs);
      },
    });
    this.#plugged = {
      attached,
      transfers: new DeviceTransfers(this.#peer, attached, descriptors.interfaces),
    };
    announceEndpoints(this.#peer, descriptors);
    announceDevice(this.#peer, descriptors);
  }

  #leave(): void {
    clearTimeout(this.#comingBack);
    const plugged = this.#plugged;
    this.#plugged = null;
    plugged?.transfers.stop();
    plugged?.attached.detach();
  }

  /** Throws RedirProtocolError on what no host may send. */
  #take({ type, id, body }: RedirPacket): void {
    if (type === packetTypes.filterReject) {
      this.#peer.end();
      return;
    }
    if (type === packetTypes.deviceDisconnectAck || type === packetTypes.filterFilter) return;
    // The host may have asked before it heard that the device left.
    if (this.#plugged === null) return;
    const { attached, transfers } = this.#plugged;
    switch (type) {
      case packetTypes.reset:
        transfers.stop();
        attached.reset();
        break;
      case packetTypes.setConfiguration:
        this.#setConfiguration(attached, id, configuration.decode(body).configuration);
        break;
      case packetTypes.getConfiguration:
        this.#tellConfiguration(attached, id, statuses.success);
        break;
      case packetTypes.setAltSetting:
        this.#setAltSetting(attached, id, body);
        break;
      case packetTypes.getAltSetting:
        this.#tellAltSetting(id, statuses.success, interfaceNumber.decode(body).interface);
        break;
      case packetTypes.startInterruptReceiving:
        transfers.startReceiving(id, endpoint.decode(body).endpoint);
        break;
      case packetTypes.stopInterruptReceiving:
        transfers.stopReceiving(id, endpoint.decode(body).endpoint);
        break;
      case packetTypes.cancelDataPacket:
        transfers.cancel(id);
        break;
      case packetTypes.controlPacket:
        transfers.control(id, body);
        break;
      case packetTypes.bulkPacket:
        transfers.bulk(id, body);
        break;
      case packetTypes.interruptPacket:
        transfers.interruptOut(id, body);
        break;
      default:
        throw new RedirProtocolError(`the host sent a packet of type ${type}`);
    }
  }

  #standard(
    attached: AttachedDevice,
    fields: Pick<SetupPacket, 'requestType' | 'request'> & Partial<SetupPacket>,
  ): TransferResult {
    return attached.control({ value: 0, index: 0, lengthBytes: 0, ...fields }, nothing);
  }

  #setConfiguration(attached: AttachedDevice, id: bigint, value: number): void {
    const request = standardRequests.setConfiguration;
    const { status } = this.#standard(attached, { requestType: 0x00, request, value });
    announceEndpoints(this.#peer, this.#device.descriptors);
    this.#tellConfiguration(attached, id, redirStatus[status]);
  }

  #tellConfiguration(attached: AttachedDevice, id: bigint, status: number): void {
    const request = standardRequests.getConfiguration;
    const [value = 0] = this.#standard(attached, { requestType: 0x80, request, lengthBytes: 1 }).bytes;
    const body = configurationStatus.encode({ status, configuration: value });
    this.#peer.send(packetTypes.configurationStatus, id, body);
  }

  #setAltSetting(attached: AttachedDevice, id: bigint, body: Uint8Array): void {
    const { interface: number, alternate } = altSetting.decode(body);
    const request = standardRequests.setInterface;
    const { status } = this.#standard(attached, {
      requestType: 0x01,
      request,
      value: alternate,
      index: number,
    });
    this.#tellAltSetting(id, redirStatus[status], number);
  }

  #tellAltSetting(id: bigint, status: number, number: number): void {
    const body = altSettingStatus.encode({ status, interface: number, alternate: 0 });
    this.#peer.send(packetTypes.altSettingStatus, id, body);
  }
}
