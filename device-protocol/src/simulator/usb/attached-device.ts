/** A simulated device while it hangs on a bus: its endpoints, halts and configuration. Carriers drive it. */

import { type Fetch, PacketQueue } from './packet-queue.ts';
import { controlSetupOf, type SetupPacket } from './setup-packet.ts';
import type { DevicePort, SimulatedEndpoint, SimulatedUsbDevice } from './simulated-usb-device.ts';
import { answerStandardRequest, standardRequests } from './standard-requests.ts';

export type TransferStatus = 'success' | 'cancelled' | 'stall' | 'overflow' | 'gone' | 'invalid';

export interface TransferResult {
  status: TransferStatus;
  bytes: Uint8Array;
}

/** What a device does to the bus it hangs on. */
export interface Bus {
  left(): void;
  replaced(device: SimulatedUsbDevice, pauseMs: number): void;
}

interface PendingIn extends Fetch {
  finish(result: TransferResult): void;
}

interface EndpointState extends SimulatedEndpoint {
  queue: PacketQueue;
  isHalted: boolean;
  pending: PendingIn[];
}

const nothing = new Uint8Array(0);

export class AttachedDevice {
  readonly #device: SimulatedUsbDevice;
  readonly #bus: Bus;
  #endpoints = new Map<number, EndpointState>();
  #configuration = 0;
  #isAttached = true;
  /** Calls into the device that wait for one that is going on. */
  #calls: (() => void)[] = [];
  #isCalling = false;

  constructor(device: SimulatedUsbDevice, bus: Bus) {
    this.#device = device;
    this.#bus = bus;
    this.#start();
  }

  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** Starts a transfer towards the host; returns what cancels it. `finish` is called once, at once where bytes wait. */
  transferIn(address: number, lengthBytes: number, finish: (result: TransferResult) => void): () => void {
    const endpoint = this.#endpoints.get(address);
    if (!this.#isAttached) finish({ status: 'gone', bytes: nothing });
    else if (endpoint === undefined || address < 0x80) finish({ status: 'invalid', bytes: nothing });
    else {
      const pending: PendingIn = { into: new Uint8Array(lengthBytes), filledBytes: 0, finish };
      endpoint.pending.push(pending);
      pump(endpoint);
      return () => cancelIn(endpoint, pending);
    }
    return () => undefined;
  }

  transferOut(address: number, bytes: Uint8Array): TransferStatus {
    const endpoint = this.#endpoints.get(address);
    if (!this.#isAttached) return 'gone';
    if (endpoint === undefined || address >= 0x80) return 'invalid';
    if (endpoint.isHalted) return 'stall';
    this.#call(() => this.#device.received(address, Uint8Array.from(bytes)));
    return 'success';
  }

  control(packet: SetupPacket, data: Uint8Array): TransferResult {
    if (!this.#isAttached) return { status: 'gone', bytes: nothing };
    const setup = controlSetupOf(packet);
    const answer = setup === null ? null : this.#answer(setup, data);
    if (answer === null || setup === null) return { status: 'stall', bytes: nothing };
    const bytes = setup.direction === 'in' ? Uint8Array.from(answer.subarray(0, setup.lengthBytes)) : nothing;
    return { status: 'success', bytes };
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
    const endpoints = this.#device.descriptors.interfaces.flatMap((one) => one.endpoints);
    this.#endpoints = new Map(endpoints.map((endpoint) => [endpoint.address, freshState(endpoint)]));
    this.#configuration = 0;
    const port = this.#portOver(this.#endpoints);
    this.#call(() => this.#device.attached(port));
  }

  #answer(setup: NonNullable<ReturnType<typeof controlSetupOf>>, data: Uint8Array): Uint8Array | null {
    if (setup.type === 'standard') return this.#answerStandard(setup);
    let answer: Uint8Array | null = null;
    this.#call(() => {
      answer = this.#device.control(setup, Uint8Array.from(data));
    });
    return answer;
  }

  #answerStandard(setup: NonNullable<ReturnType<typeof controlSetupOf>>): Uint8Array | null {
    const cleared: number[] = [];
    const state = {
      descriptors: this.#device.descriptors,
      configuration: this.#configuration,
      isHalted: (address: number) => this.#endpoints.get(address)?.isHalted ?? false,
      setHalted: (address: number, halted: boolean) => {
        const endpoint = this.#endpoints.get(address);
        if (endpoint === undefined) return false;
        if (halted) halt(endpoint);
        else cleared.push(address);
        return true;
      },
      clearHalts: () => {
        for (const endpoint of this.#endpoints.values()) endpoint.isHalted = false;
      },
    };
    const answer = answerStandardRequest(setup, state);
    if (setup.request === standardRequests.setConfiguration) this.#configuration = state.configuration;
    for (const address of cleared) this.#clearHalt(address);
    return answer;
  }

  #clearHalt(address: number): void {
    const endpoint = this.#endpoints.get(address);
    if (endpoint === undefined) return;
    endpoint.isHalted = false;
    this.#call(() => this.#device.haltCleared?.(address));
    pump(endpoint);
  }

  /** The device's view of the bus. One from before a reset does nothing any more. */
  #portOver(endpoints: Map<number, EndpointState>): DevicePort {
    const isLive = () => this.#isAttached && this.#endpoints === endpoints;
    const withEndpoint = (address: number, work: (endpoint: EndpointState) => void) => {
      const endpoint = endpoints.get(address);
      if (endpoint === undefined) throw new Error(`the device has no endpoint ${address}`);
      if (isLive()) work(endpoint);
    };
    return {
      send: (address, bytes, { isEnd = true } = {}) =>
        withEndpoint(address, (endpoint) => {
          endpoint.queue.push(bytes, isEnd);
          pump(endpoint);
        }),
      queuedBytes: (address) => (isLive() ? (endpoints.get(address)?.queue.bytes ?? 0) : 0),
      flush: (address) => withEndpoint(address, ({ queue }) => queue.clear()),
      halt: (address) => withEndpoint(address, halt),
      isHalted: (address) => isLive() && (endpoints.get(address)?.isHalted ?? false),
      unplug: () => {
        if (!isLive()) return;
        this.detach();
        this.#bus.left();
      },
      reenumerate: (device, pauseMs) => {
        if (!isLive()) return;
        this.detach();
        this.#bus.replaced(device, pauseMs);
      },
    };
  }

  #endPending(status: 'gone' | 'cancelled'): void {
    for (const endpoint of this.#endpoints.values()) {
      for (const { finish } of endpoint.pending.splice(0)) finish({ status, bytes: nothing });
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

function freshState(endpoint: SimulatedEndpoint): EndpointState {
  return { ...endpoint, queue: new PacketQueue(endpoint.maxPacketBytes), isHalted: false, pending: [] };
}

function halt(endpoint: EndpointState): void {
  endpoint.isHalted = true;
  pump(endpoint);
}

/** Serves the transfers that wait, oldest first. */
function pump(endpoint: EndpointState): void {
  for (let next = endpoint.pending[0]; next !== undefined; next = endpoint.pending[0]) {
    const outcome = endpoint.isHalted ? 'stall' : endpoint.queue.fill(next);
    if (outcome === 'more') return;
    endpoint.pending.shift();
    if (outcome === 'stall' || outcome === 'overflow') next.finish({ status: outcome, bytes: nothing });
    else next.finish({ status: 'success', bytes: next.into.subarray(0, next.filledBytes) });
  }
}

function cancelIn(endpoint: EndpointState, pending: PendingIn): void {
  const place = endpoint.pending.indexOf(pending);
  if (place < 0) return;
  endpoint.pending.splice(place, 1);
  pending.finish({ status: 'cancelled', bytes: pending.into.subarray(0, pending.filledBytes) });
}
