/** Transfers that a host asks of one attached device: each is answered once, by the id it was asked with. */

import type { AttachedDevice } from '../attached-device.ts';
import type { TransferStatus } from '../in-endpoint.ts';
import type { SimulatedInterface } from '../simulated-usb-device.ts';
import { InterruptReceiver } from './interrupt-receiver.ts';
import { RedirProtocolError } from './layout.ts';
import { maxTransferBytes } from './packet-stream.ts';
import {
  control,
  decodeBulk,
  encodeBulk,
  endpointStatus,
  interrupt,
  packetTypes,
  statuses,
} from './packets.ts';
import type { RedirPeer } from './peer.ts';

export const redirStatus: Record<TransferStatus, number> = {
  success: statuses.success,
  cancelled: statuses.cancelled,
  stall: statuses.stall,
  overflow: statuses.overflow,
  gone: statuses.ioError,
  invalid: statuses.invalid,
};
const nothing = new Uint8Array(0);
/** What all waiting transfers together may reserve. */
const maxWaitingBytes = 4 * maxTransferBytes;
const maxWaitingTransfers = 1024;

/** Every function throws RedirProtocolError on what no host may send. */
export class DeviceTransfers {
  readonly #peer: RedirPeer;
  readonly #attached: AttachedDevice;
  readonly #interfaces: readonly SimulatedInterface[];
  #waitingBytes = 0;
  readonly #cancels = new Map<bigint, () => void>();
  readonly #receiving = new Map<number, InterruptReceiver>();

  constructor(peer: RedirPeer, attached: AttachedDevice, interfaces: readonly SimulatedInterface[]) {
    this.#peer = peer;
    this.#attached = attached;
    this.#interfaces = interfaces;
  }

  /** From now on what the endpoint brings goes out unasked, packet by packet. */
  startReceiving(id: bigint, address: number): void {
    const found = this.#interfaces
      .flatMap(({ endpoints }) => endpoints)
      .find((one) => one.address === address && one.type === 'interrupt' && address >= 0x80);
    if (found === undefined) {
      this.#tellReceiving(id, statuses.invalid, address);
      return;
    }
    if (this.#attached.isHalted(address)) {
      this.#tellReceiving(id, statuses.stall, address);
      return;
    }
    this.#tellReceiving(id, statuses.success, address);
    if (this.#receiving.has(address)) return;
    const receiver = new InterruptReceiver(
      (finish) => this.#attached.transferIn(address, found.maxPacketBytes, finish),
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

  stopReceiving(id: bigint, address: number): void {
    this.#receiving.get(address)?.stop();
    this.#receiving.delete(address);
    this.#tellReceiving(id, statuses.success, address);
  }

  cancel(id: bigint): void {
    this.#cancels.get(id)?.();
  }

  /** Before the device hears of its leaving, or of a reset: nothing it does then may reach the host. */
  stop(): void {
    for (const receiver of this.#receiving.values()) receiver.stop();
    this.#receiving.clear();
  }

  #hasRoomFor(lengthBytes: number): boolean {
    const isWithin = lengthBytes <= maxTransferBytes && this.#waitingBytes + lengthBytes <= maxWaitingBytes;
    return isWithin && this.#cancels.size < maxWaitingTransfers;
  }

  #tellReceiving(id: bigint, status: number, address: number): void {
    const body = endpointStatus.encode({ status, endpoint: address });
    this.#peer.send(packetTypes.interruptReceivingStatus, id, body);
  }

  control(id: bigint, body: Uint8Array): void {
    const head = control.decode(body);
    const { requestType, request, value, index, length } = head;
    const data = body.subarray(control.sizeBytes);
    const isIn = (requestType & 0x80) !== 0;
    if (!isIn && data.length !== length) throw new RedirProtocolError('a control request without its data');
    const result = this.#attached.control({ requestType, request, value, index, lengthBytes: length }, data);
    const answer = {
      ...head,
      status: redirStatus[result.status],
      length: isIn ? result.bytes.length : length,
    };
    this.#peer.send(packetTypes.controlPacket, id, Buffer.concat([control.encode(answer), result.bytes]));
  }

  bulk(id: bigint, body: Uint8Array): void {
    const { capabilities } = this.#peer;
    const asked = decodeBulk(body, capabilities);
    const answer = (status: TransferStatus, lengthBytes: number, data: Uint8Array): void => {
      const packet = { ...asked, status: redirStatus[status], lengthBytes, data };
      this.#peer.send(packetTypes.bulkPacket, id, encodeBulk(packet, capabilities));
    };
    if (asked.endpoint < 0x80) {
      if (asked.data.length !== asked.lengthBytes)
        throw new RedirProtocolError('a bulk transfer without its data');
      answer(this.#attached.transferOut(asked.endpoint, asked.data), asked.lengthBytes, nothing);
      return;
    }
    if (!this.#hasRoomFor(asked.lengthBytes)) {
      answer('invalid', 0, nothing);
      return;
    }
    this.#waitingBytes += asked.lengthBytes;
    let isOver = false;
    const cancel = this.#attached.transferIn(asked.endpoint, asked.lengthBytes, ({ status, bytes }) => {
      isOver = true;
      this.#waitingBytes -= asked.lengthBytes;
      this.#cancels.delete(id);
      answer(status, bytes.length, bytes);
    });
    if (!isOver) this.#cancels.set(id, cancel);
  }

  interruptOut(id: bigint, body: Uint8Array): void {
    const head = interrupt.decode(body);
    const data = body.subarray(interrupt.sizeBytes);
    if (head.endpoint >= 0x80 || data.length !== head.length) {
      throw new RedirProtocolError('an interrupt transfer without its data');
    }
    const status = redirStatus[this.#attached.transferOut(head.endpoint, data)];
    this.#peer.send(packetTypes.interruptPacket, id, interrupt.encode({ ...head, status }));
  }
}
