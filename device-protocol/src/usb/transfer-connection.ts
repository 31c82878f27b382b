/** A claimed interface over any carrier that can start and cancel transfers. */

import type { UsbEndpointFacts } from './parse-descriptors.ts';
import { finishTransfer, type RunningTransfer } from './transfer.ts';
import {
  type ControlSetup,
  type TransferOptions,
  type UsbConnection,
  UsbError,
  type UsbPipes,
} from './usb-connection.ts';
import type { UsbDeviceFacts } from './usb-device.ts';

/** What a carrier does for one claimed interface. */
export interface UsbCarrier {
  transferIn(endpoint: UsbEndpointFacts, lengthBytes: number): RunningTransfer;
  transferOut(endpoint: UsbEndpointFacts, bytes: Uint8Array): RunningTransfer;
  controlIn(setup: ControlSetup, lengthBytes: number): RunningTransfer;
  controlOut(setup: ControlSetup, bytes: Uint8Array): RunningTransfer;
  clearHalt(endpoint: number): RunningTransfer;
  reset(): RunningTransfer;
  /** Gives the interface back. */
  release(): Promise<void>;
}

/** Clearing a halt is one request on the control pipe; USB 2.0 §9.2.6.4 gives a device 5 s at most. */
const standardRequestTimeoutMs = 5_000;
/** A port reset with the enumeration after it. */
const resetTimeoutMs = 10_000;

/** Throws UsbError FAILED where the interface has no pair of bulk pipes. */
export function connectionOver(
  carrier: UsbCarrier,
  device: UsbDeviceFacts,
  interfaceNumber: number,
  endpoints: readonly UsbEndpointFacts[],
): UsbConnection {
  const chosen = choosePipes(interfaceNumber, endpoints);
  const { bulkIn, bulkOut, interruptIn } = chosen;
  const onTheirWay = new Set<RunningTransfer>();
  let closed: Promise<void> | null = null;

  const run = (start: () => RunningTransfer, options: TransferOptions): Promise<Uint8Array> =>
    finishTransfer(() => {
      if (closed !== null) throw new UsbError('GONE', 'the USB connection was closed');
      const transfer = start();
      const isOver = () => void onTheirWay.delete(transfer);
      onTheirWay.add(transfer);
      transfer.done.then(isOver, isOver);
      return transfer;
    }, options);
  const send = async (start: () => RunningTransfer, options: TransferOptions): Promise<void> => {
    await run(start, options);
  };

  return {
    device,
    interfaceNumber,
    pipes: pipesOf(chosen),
    bulkIn: (lengthBytes, options) => run(() => carrier.transferIn(bulkIn, lengthBytes), options),
    bulkOut: async (bytes, { endWithEmptyPacket = false, ...options }) => {
      await send(() => carrier.transferOut(bulkOut, bytes), options);
      if (!endWithEmptyPacket || bytes.length === 0 || bytes.length % bulkOut.maxPacketBytes !== 0) return;
      await send(() => carrier.transferOut(bulkOut, new Uint8Array(0)), options);
    },
    interruptIn: async (lengthBytes, options) => {
      if (interruptIn === null) throw new UsbError('FAILED', 'the interface has no interrupt pipe');
      return run(() => carrier.transferIn(interruptIn, lengthBytes), options);
    },
    controlIn: (setup, lengthBytes, options) => run(() => carrier.controlIn(setup, lengthBytes), options),
    controlOut: (setup, bytes, options) => send(() => carrier.controlOut(setup, bytes), options),
    clearHalt: (endpoint, signal) =>
      send(() => carrier.clearHalt(endpoint), { timeoutMs: standardRequestTimeoutMs, signal }),
    reset: (signal) => send(() => carrier.reset(), { timeoutMs: resetTimeoutMs, signal }),
    close: () => {
      closed ??= endAll(onTheirWay).then(() => carrier.release());
      return closed;
    },
  };
}

/** An interface is given back only when nothing is on its way on it. */
async function endAll(transfers: ReadonlySet<RunningTransfer>): Promise<void> {
  const all = Array.from(transfers, ({ done }) => done);
  for (const transfer of transfers) transfer.cancel();
  await Promise.allSettled(all);
}

interface ChosenPipes {
  bulkIn: UsbEndpointFacts;
  bulkOut: UsbEndpointFacts;
  interruptIn: UsbEndpointFacts | null;
}

/** The first of each kind, as every class with bulk pipes has it. */
function choosePipes(interfaceNumber: number, endpoints: readonly UsbEndpointFacts[]): ChosenPipes {
  const find = (type: UsbEndpointFacts['type'], isIn: boolean): UsbEndpointFacts | undefined =>
    endpoints.find((endpoint) => endpoint.type === type && endpoint.address >= 0x80 === isIn);
  const bulkIn = find('bulk', true);
  const bulkOut = find('bulk', false);
  if (bulkIn === undefined || bulkOut === undefined) {
    throw new UsbError('FAILED', `interface ${interfaceNumber} has no pair of bulk pipes`);
  }
  return { bulkIn, bulkOut, interruptIn: find('interrupt', true) ?? null };
}

function pipesOf({ bulkIn, bulkOut, interruptIn }: ChosenPipes): UsbPipes {
  return {
    bulkIn: bulkIn.address,
    bulkOut: bulkOut.address,
    interruptIn: interruptIn?.address ?? null,
    maxPacketBytes: bulkIn.maxPacketBytes,
  };
}
