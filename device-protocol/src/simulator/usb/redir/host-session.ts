/** The end with the computer: finds a device behind a usbredir connection and moves transfers to and from it. */

import type { Socket } from 'node:net';
import type { RunningTransfer } from '../../../usb/transfer.ts';
import { UsbError } from '../../../usb/usb-connection.ts';
import { usbErrorOf } from '../plugged-device.ts';
import type { SetupPacket } from '../setup-packet.ts';
import { HostInterrupts, statusNames } from './host-interrupts.ts';
import { RedirProtocolError } from './layout.ts';
import { maxTransferBytes, type RedirPacket } from './packet-stream.ts';
import {
  configuration,
  configurationStatus,
  control,
  decodeBulk,
  deviceConnect,
  encodeBulk,
  endpoint,
  packetTypes,
  statuses,
} from './packets.ts';
import { RedirPeer } from './peer.ts';

export interface HostEvents {
  /** A device is there. Its standard requests can be made. */
  connected(): void;
  /** The device left; another one may come on the same connection. */
  disconnected(): void;
  /** The connection is over. */
  closed(error: Error | null): void;
}

interface Waiting {
  type: number;
  lengthBytes: number;
  /** Throws RedirProtocolError where the packet is no answer to this. */
  answered(body: Uint8Array): void;
  failed(error: UsbError): void;
}

const nothing = new Uint8Array(0);
/** A peer that does not even say that it cancelled is of no use. */
const cancelGraceMs = 5_000;

export class HostSession {
  readonly #peer: RedirPeer;
  readonly #events: HostEvents;
  #isConnected = false;
  #lastId = 0n;
  readonly #waiting = new Map<bigint, Waiting>();
  readonly #interrupts = new HostInterrupts((address) => {
    const body = endpoint.encode({ endpoint: address });
    this.#peer.send(packetTypes.startInterruptReceiving, this.#nextId(), body);
  });

  constructor(socket: Socket, events: HostEvents) {
    this.#events = events;
    this.#peer = new RedirPeer(
      socket,
      {
        ready: () => undefined,
        packet: (packet) => this.#take(packet),
        closed: (error) => {
          this.#disconnect();
          events.closed(error);
        },
      },
      { pausesWhenFull: false },
    );
  }

  close(): void {
    this.#peer.close();
  }

  fail(error: Error): void {
    this.#peer.fail(error);
  }

  control(setup: SetupPacket, data: Uint8Array): RunningTransfer {
    const isIn = (setup.requestType & 0x80) !== 0;
    const { requestType, request, value, index, lengthBytes } = setup;
    const head = {
      endpoint: isIn ? 0x80 : 0,
      request,
      requestType,
      status: 0,
      value,
      index,
      length: lengthBytes,
    };
    return this.#ask(
      packetTypes.controlPacket,
      lengthBytes,
      Buffer.concat([control.encode(head), data]),
      (body) => {
        const { status, length } = control.decode(body);
        return { status, lengthBytes: length, data: body.subarray(control.sizeBytes), isIn };
      },
    );
  }

  bulk(address: number, lengthBytes: number, data: Uint8Array): RunningTransfer {
    const { capabilities } = this.#peer;
    const longest = capabilities.wideBulkLength ? maxTransferBytes : 0xffff;
    if (lengthBytes > longest)
      return failed(new UsbError('FAILED', `a transfer of more than ${longest} bytes`));
    const body = encodeBulk({ endpoint: address, status: 0, stream: 0, lengthBytes, data }, capabilities);
    return this.#ask(packetTypes.bulkPacket, lengthBytes, body, (answer) => {
      const packet = decodeBulk(answer, capabilities);
      return { ...packet, isIn: address >= 0x80 };
    });
  }

  /** Reads an interrupt endpoint; from the first time on its packets come unasked and are kept. */
  interruptIn(address: number, maxPacketBytes: number, lengthBytes: number): RunningTransfer {
    if (!this.#isConnected) return failed(usbErrorOf('gone'));
    return this.#interrupts.read(address, maxPacketBytes, lengthBytes);
  }

  configure(): RunningTransfer {
    const body = configuration.encode({ configuration: 1 });
    return this.#ask(packetTypes.setConfiguration, 0, body, (answer) => {
      const { status } = configurationStatus.decode(answer);
      return { status, lengthBytes: 0, data: nothing, isIn: false };
    });
  }

  reset(): RunningTransfer {
    if (!this.#isConnected) return failed(usbErrorOf('gone'));
    this.#peer.send(packetTypes.reset, 0n, nothing);
    this.#interrupts.drop('cancelled');
    const configured = this.configure();
    // What was on its way before the reset is not from the device as it is now.
    const done = configured.done.finally(() => this.#interrupts.drop('cancelled'));
    return { done, cancel: configured.cancel };
  }

  #nextId(): bigint {
    this.#lastId++;
    return this.#lastId;
  }

  #ask(
    type: number,
    lengthBytes: number,
    body: Uint8Array,
    read: (answer: Uint8Array) => { status: number; lengthBytes: number; data: Uint8Array; isIn: boolean },
  ): RunningTransfer {
    if (!this.#isConnected) return failed(usbErrorOf('gone'));
    const id = this.#nextId();
    let grace: NodeJS.Timeout | undefined;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      this.#waiting.set(id, {
        type: type === packetTypes.setConfiguration ? packetTypes.configurationStatus : type,
        lengthBytes,
        failed: reject,
        answered: (answer) => {
          const { status, lengthBytes: told, data, isIn } = read(answer);
          const dueBytes = isIn ? told : 0;
          if (data.length !== dueBytes || data.length > lengthBytes) {
            throw new RedirProtocolError(
              `an answer of ${data.length} bytes where ${lengthBytes} were asked for`,
            );
          }
          if (status === statuses.success) resolve(data);
          else reject(usbErrorOf(statusNames[status] ?? 'invalid'));
        },
      });
    }).finally(() => clearTimeout(grace));
    this.#peer.send(type, id, body);
    const cancel = () => {
      if (!this.#waiting.has(id)) return;
      this.#peer.send(packetTypes.cancelDataPacket, id, nothing);
      grace ??= setTimeout(
        () => this.#peer.fail(new RedirProtocolError('no answer to a cancel')),
        cancelGraceMs,
      );
    };
    return { done, cancel };
  }

  /** Throws RedirProtocolError on what no device may send. */
  #take({ type, id, body }: RedirPacket): void {
    switch (type) {
      case packetTypes.deviceConnect:
        deviceConnect.decode(body);
        if (this.#isConnected) throw new RedirProtocolError('a second device on one connection');
        this.#isConnected = true;
        this.#events.connected();
        break;
      case packetTypes.deviceDisconnect:
        this.#disconnect();
        if (this.#peer.capabilities.deviceDisconnectAck) {
          this.#peer.send(packetTypes.deviceDisconnectAck, 0n, nothing);
        }
        this.#events.disconnected();
        break;
      // The descriptors say it all, and say it once.
      case packetTypes.interfaceInfo:
      case packetTypes.endpointInfo:
      case packetTypes.filterFilter:
      case packetTypes.altSettingStatus:
        break;
      case packetTypes.interruptReceivingStatus:
        this.#interrupts.ended(body);
        break;
      case packetTypes.interruptPacket:
        this.#interrupts.came(body);
        break;
      case packetTypes.controlPacket:
      case packetTypes.bulkPacket:
      case packetTypes.configurationStatus:
        this.#answered(type, id, body);
        break;
      default:
        throw new RedirProtocolError(`the device's end sent a packet of type ${type}`);
    }
  }

  #answered(type: number, id: bigint, body: Uint8Array): void {
    const waiting = this.#waiting.get(id);
    // A device that came back may still hear answers to the one before.
    if (waiting === undefined) return;
    if (waiting.type !== type) throw new RedirProtocolError('an answer of another kind than what was asked');
    waiting.answered(body);
    this.#waiting.delete(id);
  }

  #disconnect(): void {
    this.#isConnected = false;
    this.#interrupts.drop('gone');
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { failed } of waiting) failed(usbErrorOf('gone'));
  }
}

function failed(error: UsbError): RunningTransfer {
  return { done: Promise.reject(error), cancel: () => undefined };
}
