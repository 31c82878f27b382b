/** The end with the device: answers a host (QEMU's usb-redir, or our own) over one connection. */

import type { Socket } from 'node:net';
import { AttachedDevice } from '../attached-device.ts';
import { speedOf } from '../descriptors.ts';
import type { TransferResult, TransferStatus } from '../in-endpoint.ts';
import type { SetupPacket } from '../setup-packet.ts';
import type { SimulatedUsbDevice } from '../simulated-usb-device.ts';
import { standardRequests } from '../standard-requests.ts';
import { InterruptReceiver } from './interrupt-receiver.ts';
import { RedirProtocolError } from './layout.ts';
import { maxTransferBytes, type RedirPacket } from './packet-stream.ts';
import {
  altSetting,
  altSettingStatus,
  configuration,
  configurationStatus,
  control,
  decodeBulk,
  deviceConnect,
  deviceVersion,
  encodeBulk,
  encodeEndpointInfo,
  encodeInterfaceInfo,
  endpoint,
  endpointStatus,
  interfaceNumber,
  interrupt,
  packetTypes,
  statuses,
} from './packets.ts';
import { RedirPeer } from './peer.ts';

const redirStatus: Record<TransferStatus, number> = {
  success: statuses.success,
  cancelled: statuses.cancelled,
  stall: statuses.stall,
  overflow: statuses.overflow,
  gone: statuses.ioError,
  invalid: statuses.invalid,
};
const speeds = { full: 1, high: 2 } as const;
const endpointTypes = { bulk: 2, interrupt: 3 } as const;
const nothing = new Uint8Array(0);
/** What all waiting transfers together may reserve. */
const maxWaitingBytes = 4 * maxTransferBytes;

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
  #attached: AttachedDevice | null = null;
  #comingBack: NodeJS.Timeout | undefined;
  #hasLeft = false;
  #waitingBytes = 0;
  readonly #cancels = new Map<bigint, () => void>();
  readonly #receiving = new Map<number, InterruptReceiver>();

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
    const wasThere = this.#attached !== null;
    this.#leave();
    if (wasThere) this.#peer.send(packetTypes.deviceDisconnect, 0n, nothing);
    this.#peer.end();
  }

  #plug(): void {
    this.#attached = new AttachedDevice(this.#device, {
      left: () => {
        this.#peer.send(packetTypes.deviceDisconnect, 0n, nothing);
        this.unplug();
      },
      replaced: (device, pauseMs) => {
        this.#leave();
        this.#peer.send(packetTypes.deviceDisconnect, 0n, nothing);
        this.#device = device;
        this.#comingBack = setTimeout(() => this.#plug(), pauseMs);
      },
    });
    this.#announceEndpoints();
    const { descriptors } = this.#device;
    const { vendorId, productId, release } = descriptors;
    const speed = speeds[speedOf(descriptors)];
    const body = deviceConnect.encode({ speed, class: 0, subclass: 0, protocol: 0, vendorId, productId });
    const version = this.#peer.capabilities.connectDeviceVersion
      ? deviceVersion.encode({ release })
      : nothing;
    this.#peer.send(packetTypes.deviceConnect, 0n, Buffer.concat([body, version]));
  }

  #leave(): void {
    clearTimeout(this.#comingBack);
    this.#stopAllReceiving();
    // Before the device hears of it: nothing it does then may reach the host.
    const attached = this.#attached;
    this.#attached = null;
    attached?.detach();
    this.#cancels.clear();
  }

  #stopAllReceiving(): void {
    for (const receiver of this.#receiving.values()) receiver.stop();
    this.#receiving.clear();
  }

  #announceEndpoints(): void {
    const { interfaces } = this.#device.descriptors;
    const endpoints = interfaces.flatMap((one) =>
      one.endpoints.map(({ address, type, maxPacketBytes }) => ({
        address,
        type: endpointTypes[type],
        interval: type === 'interrupt' ? 1 : 0,
        interface: one.number,
        maxPacketBytes,
      })),
    );
    const controls = [0x00, 0x80].map((address) => ({
      address,
      type: 0,
      interval: 0,
      interface: 0,
      maxPacketBytes: 64,
    }));
    const withSize = this.#peer.capabilities.maxPacketSize;
    this.#peer.send(packetTypes.endpointInfo, 0n, encodeEndpointInfo([...controls, ...endpoints], withSize));
    this.#peer.send(packetTypes.interfaceInfo, 0n, encodeInterfaceInfo(interfaces));
  }

  /** Throws RedirProtocolError on what no host may send. */
  #take({ type, id, body }: RedirPacket): void {
    const attached = this.#attached;
    if (type === packetTypes.filterReject) {
      this.#peer.end();
      return;
    }
    if (type === packetTypes.deviceDisconnectAck || type === packetTypes.filterFilter) return;
    // The host may have asked before it heard that the device left.
    if (attached === null) return;
    switch (type) {
      case packetTypes.reset:
        this.#reset(attached);
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
        this.#startReceiving(attached, id, endpoint.decode(body).endpoint);
        break;
      case packetTypes.stopInterruptReceiving:
        this.#stopReceiving(id, endpoint.decode(body).endpoint);
        break;
      case packetTypes.cancelDataPacket:
        this.#cancels.get(id)?.();
        break;
      case packetTypes.controlPacket:
        this.#control(attached, id, body);
        break;
      case packetTypes.bulkPacket:
        this.#bulk(attached, id, body);
        break;
      case packetTypes.interruptPacket:
        this.#interruptOut(attached, id, body);
        break;
      default:
        throw new RedirProtocolError(`the host sent a packet of type ${type}`);
    }
  }

  #reset(attached: AttachedDevice): void {
    this.#stopAllReceiving();
    attached.reset();
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
    this.#announceEndpoints();
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

  /** From now on what the endpoint brings goes out unasked, packet by packet. */
  #startReceiving(attached: AttachedDevice, id: bigint, address: number): void {
    const found = this.#device.descriptors.interfaces
      .flatMap(({ endpoints }) => endpoints)
      .find((one) => one.address === address && one.type === 'interrupt' && address >= 0x80);
    if (found === undefined) {
      this.#tellReceiving(id, statuses.invalid, address);
      return;
    }
    if (attached.isHalted(address)) {
      this.#tellReceiving(id, statuses.stall, address);
      return;
    }
    this.#tellReceiving(id, statuses.success, address);
    if (this.#receiving.has(address)) return;
    const receiver = new InterruptReceiver(
      (finish) => attached.transferIn(address, found.maxPacketBytes, finish),
      (packet, number) => {
        const head = { endpoint: address, status: statuses.success, length: packet.length };
        this.#peer.send(packetTypes.interruptPacket, number, Buffer.concat([interrupt.encode(head), packet]));
      },
      (status) => {
        this.#receiving.delete(address);
        if (status === 'stall') this.#tellReceiving(0n, statuses.stall, address);
      },
    );
    this.#receiving.set(address, receiver);
  }

  #stopReceiving(id: bigint, address: number): void {
    this.#receiving.get(address)?.stop();
    this.#receiving.delete(address);
    this.#tellReceiving(id, statuses.success, address);
  }

  #tellReceiving(id: bigint, status: number, address: number): void {
    const body = endpointStatus.encode({ status, endpoint: address });
    this.#peer.send(packetTypes.interruptReceivingStatus, id, body);
  }

  #control(attached: AttachedDevice, id: bigint, body: Uint8Array): void {
    const head = control.decode(body);
    const { requestType, request, value, index, length } = head;
    const data = body.subarray(control.sizeBytes);
    const isIn = (requestType & 0x80) !== 0;
    if (!isIn && data.length !== length) throw new RedirProtocolError('a control request without its data');
    const result = attached.control({ requestType, request, value, index, lengthBytes: length }, data);
    const answer = {
      ...head,
      status: redirStatus[result.status],
      length: isIn ? result.bytes.length : length,
    };
    this.#peer.send(packetTypes.controlPacket, id, Buffer.concat([control.encode(answer), result.bytes]));
  }

  #bulk(attached: AttachedDevice, id: bigint, body: Uint8Array): void {
    const { capabilities } = this.#peer;
    const asked = decodeBulk(body, capabilities);
    const answer = (status: TransferStatus, lengthBytes: number, data: Uint8Array): void => {
      const packet = { ...asked, status: redirStatus[status], lengthBytes, data };
      this.#peer.send(packetTypes.bulkPacket, id, encodeBulk(packet, capabilities));
    };
    if (asked.endpoint < 0x80) {
      if (asked.data.length !== asked.lengthBytes)
        throw new RedirProtocolError('a bulk transfer without its data');
      answer(attached.transferOut(asked.endpoint, asked.data), asked.lengthBytes, nothing);
      return;
    }
    if (asked.lengthBytes > maxTransferBytes || this.#waitingBytes + asked.lengthBytes > maxWaitingBytes) {
      answer('invalid', 0, nothing);
      return;
    }
    this.#waitingBytes += asked.lengthBytes + 1;
    let isOver = false;
    const cancel = attached.transferIn(asked.endpoint, asked.lengthBytes, ({ status, bytes }) => {
      isOver = true;
      this.#waitingBytes -= asked.lengthBytes + 1;
      this.#cancels.delete(id);
      answer(status, bytes.length, bytes);
    });
    if (!isOver) this.#cancels.set(id, cancel);
  }

  #interruptOut(attached: AttachedDevice, id: bigint, body: Uint8Array): void {
    const head = interrupt.decode(body);
    const data = body.subarray(interrupt.sizeBytes);
    if (head.endpoint >= 0x80 || data.length !== head.length) {
      throw new RedirProtocolError('an interrupt transfer without its data');
    }
    const status = redirStatus[attached.transferOut(head.endpoint, data)];
    this.#peer.send(packetTypes.interruptPacket, id, interrupt.encode({ ...head, status }));
  }
}
