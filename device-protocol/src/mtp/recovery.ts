import { setTimeout as delay } from 'node:timers/promises';
import {
  type ControlSetup,
  type TransferOptions,
  type UsbConnection,
  UsbError,
} from '../usb/usb-connection.ts';
import { cancellationCode, classRequests, responses } from './codes.ts';
import { cancelRequest, deviceStatus } from './datasets.ts';
import type { InPipe } from './in-pipe.ts';
import { isWireError } from './wire-error.ts';

/** How long recovery waits, in all its steps. */
export interface RecoveryPatience {
  /** A request on the control pipe. */
  controlTimeoutMs: number;
  /** The pipe is empty once nothing came for so long. */
  quietMs: number;
  /** A recorder that is busy cancelling. */
  busyMs: number;
}

/** How the recorder came out of it: its status code, `null` where it does not tell one. */
export interface Recovered {
  isReady: boolean;
  status: number | null;
}

const statusBytes = 64;
const statusPauseMs = 20;
/** More than any piece Docket asks for; what still comes then is a whole object, which only a reset stops. */
const maxDrainBytes = 16 * 1024 * 1024;
const drainStepBytes = 256 * 1024;
const maxDrainStalls = 4;

/**
 * Cancels a transaction (USB Still Image 1.0 §5.2.1), fetches what of it is on the way, and waits until the recorder
 * is ready. Recorders without the class requests are only drained. Throws UsbError GONE.
 */
export async function cancelTransaction(
  usb: UsbConnection,
  pipe: InPipe,
  transaction: number,
  patience: RecoveryPatience,
): Promise<Recovered> {
  const signal = new AbortController().signal;
  const control = { timeoutMs: patience.controlTimeoutMs, signal };
  const body = cancelRequest.encode({ code: cancellationCode, transaction });
  await orSilent(usb.controlOut(classSetup(usb, classRequests.cancel), body, control));
  const isEmpty = await drain(usb, pipe, patience, signal);
  const status = await readyStatus(usb, pipe, patience, signal);
  return { isReady: isEmpty && status !== responses.deviceBusy, status };
}

/** Puts the recorder back to where it has no session (USB Still Image 1.0 §5.2.3). Throws UsbError GONE. */
export async function resetDevice(
  usb: UsbConnection,
  pipe: InPipe,
  patience: RecoveryPatience,
): Promise<void> {
  const signal = new AbortController().signal;
  const control = { timeoutMs: patience.controlTimeoutMs, signal };
  await orSilent(usb.controlOut(classSetup(usb, classRequests.reset), new Uint8Array(0), control));
  await orSilent(usb.clearHalt(usb.pipes.bulkOut, signal));
  await orSilent(pipe.clearHalt(signal));
  await drain(usb, pipe, patience, signal);
}

/** Reads and drops what is on its way. False where more keeps coming than any piece is long. Throws UsbError GONE. */
export async function drain(
  usb: UsbConnection,
  pipe: InPipe,
  { quietMs }: RecoveryPatience,
  signal: AbortSignal,
): Promise<boolean> {
  pipe.forget();
  let stalls = 0;
  for (let drainedBytes = 0; drainedBytes < maxDrainBytes; ) {
    try {
      const { bytes } = await pipe.next(drainStepBytes, quietMs, signal);
      // An empty packet counts too, or a flood of them would never end.
      drainedBytes += Math.max(bytes.length, usb.pipes.maxPacketBytes);
    } catch (error) {
      if (!(error instanceof UsbError) || error.code === 'GONE') throw error;
      if (error.code !== 'STALL') return true;
      if (++stalls > maxDrainStalls) return false;
      await orSilent(pipe.clearHalt(signal));
    }
  }
  return false;
}

/** Asks for the status until the recorder is no longer busy. `null` where it has none to tell. */
async function readyStatus(
  usb: UsbConnection,
  pipe: InPipe,
  { controlTimeoutMs, busyMs }: RecoveryPatience,
  signal: AbortSignal,
): Promise<number | null> {
  const options = { timeoutMs: controlTimeoutMs, signal };
  const rounds = Math.max(1, Math.ceil(busyMs / statusPauseMs));
  let code: number | null = null;
  for (let round = 0; round < rounds; round++) {
    const status = await readStatus(usb, options);
    if (status === null) return code;
    code = status.code;
    await clearStalled(usb, pipe, status.stalledEndpoints, signal);
    if (code !== responses.deviceBusy) return code;
    await delay(statusPauseMs);
  }
  return code;
}

/** Get Device Status, USB Still Image 1.0 §5.2.4. `null` where the recorder does not know it or sends none. */
export async function readStatus(
  usb: UsbConnection,
  options: TransferOptions,
): Promise<{ code: number; stalledEndpoints: number[] } | null> {
  const bytes = await orSilent(usb.controlIn(classSetup(usb, classRequests.status), statusBytes, options));
  if (bytes === null) return null;
  try {
    const { code } = deviceStatus.decode(bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const stalledEndpoints: number[] = [];
    for (let at = 4; at + 4 <= bytes.length; at += 4) stalledEndpoints.push(view.getUint32(at, true));
    return { code, stalledEndpoints };
  } catch (error) {
    if (isWireError(error)) return null;
    throw error;
  }
}

async function clearStalled(
  usb: UsbConnection,
  pipe: InPipe,
  endpoints: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  if (endpoints.includes(usb.pipes.bulkOut)) await orSilent(usb.clearHalt(usb.pipes.bulkOut, signal));
  if (endpoints.includes(usb.pipes.bulkIn)) await orSilent(pipe.clearHalt(signal));
}

/** `null` where the recorder refuses or does not answer; one that went away is gone. */
async function orSilent<Answer>(request: Promise<Answer>): Promise<Answer | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof UsbError && error.code !== 'GONE') return null;
    throw error;
  }
}

function classSetup(usb: UsbConnection, request: number): ControlSetup {
  return { type: 'class', recipient: 'interface', request, value: 0, index: usb.interfaceNumber };
}
