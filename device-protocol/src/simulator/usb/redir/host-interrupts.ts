/** Interrupt endpoints as a host sees them over usbredir: once started, their packets come unasked. */

import type { RunningTransfer } from '../../../usb/transfer.ts';
import { InEndpoint, type TransferStatus } from '../in-endpoint.ts';
import { usbErrorOf } from '../plugged-device.ts';
import { RedirProtocolError } from './layout.ts';
import { endpointStatus, interrupt, statuses } from './packets.ts';

interface InterruptPipe {
  endpoint: InEndpoint;
  isReceiving: boolean;
}

export const statusNames: Readonly<Record<number, Exclude<TransferStatus, 'success'>>> = {
  [statuses.cancelled]: 'cancelled',
  [statuses.stall]: 'stall',
  [statuses.overflow]: 'overflow',
  [statuses.ioError]: 'gone',
};
/** What a device may say unasked before anybody listens. */
const maxUnreadBytes = 1024 * 1024;

export class HostInterrupts {
  readonly #start: (address: number) => void;
  readonly #pipes = new Map<number, InterruptPipe>();

  /** `start` asks the other end to send what an endpoint brings. */
  constructor(start: (address: number) => void) {
    this.#start = start;
  }

  read(address: number, maxPacketBytes: number, lengthBytes: number): RunningTransfer {
    const pipe = this.#pipes.get(address) ?? { endpoint: new InEndpoint(maxPacketBytes), isReceiving: false };
    this.#pipes.set(address, pipe);
    let cancel: () => void = () => undefined;
    const done = new Promise<Uint8Array>((resolve, reject) => {
      cancel = pipe.endpoint.fetch(lengthBytes, ({ status, bytes }) =>
        status === 'success' ? resolve(bytes) : reject(usbErrorOf(status)),
      );
    });
    if (!pipe.isReceiving) {
      pipe.isReceiving = true;
      this.#start(address);
    }
    return { done, cancel };
  }

  /** An interrupt packet. Throws RedirProtocolError. */
  came(body: Uint8Array): void {
    const { endpoint: address, length } = interrupt.decode(body);
    const data = body.subarray(interrupt.sizeBytes);
    if (data.length !== length) throw new RedirProtocolError('an interrupt packet without its data');
    const pipe = this.#pipes.get(address);
    if (pipe === undefined) return;
    if (pipe.endpoint.queuedBytes + length > maxUnreadBytes) {
      throw new RedirProtocolError('interrupt packets that nobody asked for');
    }
    pipe.endpoint.pushPacket(data);
  }

  /** A status: receiving goes on, or is over. Throws RedirProtocolError. */
  ended(body: Uint8Array): void {
    const { status, endpoint: address } = endpointStatus.decode(body);
    const pipe = this.#pipes.get(address);
    if (pipe === undefined || status === statuses.success) return;
    pipe.isReceiving = false;
    pipe.endpoint.endPending(statusNames[status] ?? 'invalid');
  }

  drop(status: 'cancelled' | 'gone'): void {
    const pipes = [...this.#pipes.values()];
    this.#pipes.clear();
    for (const { endpoint } of pipes) endpoint.endPending(status);
  }
}
