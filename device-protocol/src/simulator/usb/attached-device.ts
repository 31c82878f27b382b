/** A simulated device while it hangs on a bus: its endpoints, halts and configuration. Carriers drive it. */

import { InEndpoint, type TransferResult, type TransferStatus } from './in-endpoint.ts';
import { controlSetupOf, type SetupPacket } from './setup-packet.ts';
import type { DevicePort, SimulatedUsbDevice } from './simulated-usb-device.ts';
import { answerStandardRequest, standardRequests } from './standard-requests.ts';

/** What a device does to the bus it hangs on. */
export interface Bus {
  left(): void;
  replaced(device: SimulatedUsbDevice, pauseMs: number): void;
}

/** Towards the device bytes pass at once; all there is to know is whether it is halted. */
interface OutEndpoint {
  isHalted: boolean;
}

type Endpoints = ReadonlyMap<number, InEndpoint | OutEndpoint>;
type RequestSetup = NonNullable<ReturnType<typeof controlSetupOf>>;

const nothing = new Uint8Array(0);

export class AttachedDevice {
  readonly #device: SimulatedUsbDevice;
  readonly #bus: Bus;
  #endpoints: Endpoints = new Map();
  #configuration = 0;
  #isAttached = true;
  /** It asked to leave in the middle of a call, whose outcome the host still gets. */
  #isLeaving = false;
  /** Calls into the device that wait for one that is going on. */
  #calls: (() => void)[] = [];
  #isCalling = false;

  constructor(device: SimulatedUsbDevice, bus: Bus) {
    this.#device = device;
    this.#bus = bus;
    this.#start();
  }

  get isAttached(): boolean {
    return this.#isAttached && !this.#isLeaving;
  }

  isHalted(address: number): boolean {
    return this.#endpoints.get(address)?.isHalted ?? false;
  }

  /** Starts a transfer towards the host; returns what cancels it. `finish` is called once, at once where bytes wait. */
  transferIn(address: number, lengthBytes: number, finish: (result: TransferResult) => void): () => void {
    const endpoint = this.#endpoints.get(address);
    if (this.isAttached && endpoint instanceof InEndpoint) return endpoint.fetch(lengthBytes, finish);
    finish({ status: this.isAttached ? 'invalid' : 'gone', bytes: nothing });
    return () => undefined;
  }

  transferOut(address: number, bytes: Uint8Array): TransferStatus {
    const endpoint = this.#endpoints.get(address);
    if (!this.isAttached) return 'gone';
    if (endpoint === undefined || endpoint instanceof InEndpoint) return 'invalid';
    if (endpoint.isHalted) return 'stall';
    this.#call(() => this.#device.received(address, Uint8Array.from(bytes)));
    return 'success';
  }

  control(packet: SetupPacket, data: Uint8Array): TransferResult {
    if (!this.isAttached) return { status: 'gone', bytes: nothing };
    const setup = controlSetupOf(packet);
    const answer = setup === null ? null : this.#answer(setup, data);
    if (answer === null || setup === null) return { status: 'stall', bytes: nothing };
    const isIn = setup.direction === 'in';
    return {
      status: 'success',
      bytes: isIn ? Uint8Array.from(answer.subarray(0, setup.lengthBytes)) : nothing,
    };
  }

  /** A port reset: the device starts anew; the host has to configure it again. */
  reset(): void {
    if (!this.#isAttached) return;
    this.#endPending('cancelled');
    this.#start();
  }

  /** The plug is pulled. */
  detach(): void {
    if (!this.#isAttached) return;
    this.#isAttached = false;
    this.#endPending('gone');
    this.#call(() => this.#device.detached());
  }

  #start(): void {
    const endpoints = new Map<number, InEndpoint | OutEndpoint>();
    for (const { address, maxPacketBytes } of this.#device.descriptors.interfaces.flatMap(
      (one) => one.endpoints,
    )) {
      endpoints.set(address, address < 0x80 ? { isHalted: false } : new InEndpoint(maxPacketBytes));
    }
    this.#endpoints = endpoints;
    this.#configuration = 0;
    const port = this.#portOver(endpoints);
    this.#call(() => this.#device.attached(port));
  }

  #answer(setup: RequestSetup, data: Uint8Array): Uint8Array | null {
    if (setup.type === 'standard') return this.#answerStandard(setup);
    let answer: Uint8Array | null = null;
    this.#call(() => {
      answer = this.#device.control(setup, Uint8Array.from(data));
    });
    return answer;
  }

  #answerStandard(setup: RequestSetup): Uint8Array | null {
    const state = {
      descriptors: this.#device.descriptors,
      configuration: this.#configuration,
      isHalted: (address: number) => this.isHalted(address),
      setHalted: (address: number, isHalted: boolean) => this.#setHalted(address, isHalted),
      clearHalts: () => {
        for (const endpoint of this.#endpoints.values()) endpoint.isHalted = false;
      },
    };
    const answer = answerStandardRequest(setup, state);
    if (setup.request === standardRequests.setConfiguration) this.#configuration = state.configuration;
    return answer;
  }

  #setHalted(address: number, isHalted: boolean): boolean {
    const endpoint = this.#endpoints.get(address);
    if (endpoint === undefined) return false;
    endpoint.isHalted = isHalted;
    if (!isHalted) this.#call(() => this.#device.haltCleared?.(address));
    return true;
  }

  /** The device's view of the bus. One from before a reset does nothing any more. */
  #portOver(endpoints: Endpoints): DevicePort {
    const isLive = () => this.isAttached && this.#endpoints === endpoints;
    const endpointAt = (address: number): InEndpoint | OutEndpoint => {
      const endpoint = endpoints.get(address);
      if (endpoint === undefined) throw new Error(`the device has no endpoint ${address}`);
      return endpoint;
    };
    const inEndpointAt = (address: number): InEndpoint => {
      const endpoint = endpointAt(address);
      if (!(endpoint instanceof InEndpoint)) throw new Error(`endpoint ${address} is not towards the host`);
      return endpoint;
    };
    return {
      send: (address, bytes, { isEnd = true } = {}) => {
        const endpoint = inEndpointAt(address);
        if (isLive()) endpoint.push(bytes, isEnd);
      },
      queuedBytes: (address) => (isLive() ? inEndpointAt(address).queuedBytes : 0),
      flush: (address) => inEndpointAt(address).flush(),
      halt: (address) => {
        endpointAt(address).isHalted = true;
      },
      isHalted: (address) => endpointAt(address).isHalted,
      unplug: () => {
        if (isLive()) this.#leave(() => this.#bus.left());
      },
      reenumerate: (device, pauseMs) => {
        if (isLive()) this.#leave(() => this.#bus.replaced(device, pauseMs));
      },
    };
  }

  #leave(tell: () => void): void {
    this.#isLeaving = true;
    queueMicrotask(() => {
      if (!this.#isAttached) return;
      this.detach();
      tell();
    });
  }

  #endPending(status: 'gone' | 'cancelled'): void {
    for (const endpoint of this.#endpoints.values()) {
      if (endpoint instanceof InEndpoint) endpoint.endPending(status);
    }
  }

  /** Calls into the device come one after the other, also where it unplugs itself in the middle of one. */
  #call(call: () => void): void {
    this.#calls.push(call);
    if (this.#isCalling) return;
    this.#isCalling = true;
    try {
      for (let next = this.#calls.shift(); next !== undefined; next = this.#calls.shift()) next();
    } finally {
      this.#isCalling = false;
    }
  }
}
