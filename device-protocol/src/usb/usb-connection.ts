/** The host's side of an open USB device: what drivers over bulk pipes speak through, whatever carries it. */

import type { UsbDeviceFacts } from './usb-device.ts';

/** USB 2.0 §9.3: a request on the control pipe, without its data. */
export interface ControlSetup {
  /** `bmRequestType` without the direction bit. */
  type: 'standard' | 'class' | 'vendor';
  recipient: 'device' | 'interface' | 'endpoint';
  request: number;
  value: number;
  index: number;
}

export interface TransferOptions {
  timeoutMs: number;
  signal: AbortSignal;
}

/** Endpoints of the claimed interface, by `bEndpointAddress` (0x80 set on those towards the host). */
export interface UsbPipes {
  bulkIn: number;
  bulkOut: number;
  interruptIn: number | null;
  /** `wMaxPacketSize` of `bulkIn`: a transfer that ends in a shorter packet, or an empty one, is over. */
  maxPacketBytes: number;
}

/**
 * One claimed interface. Transfers throw UsbError. A transfer that was aborted or timed out may have taken bytes;
 * the protocol above has to find its step again (cancel, clear halt, reset).
 */
export interface UsbConnection {
  readonly device: UsbDeviceFacts;
  readonly interfaceNumber: number;
  readonly pipes: UsbPipes;
  /** Up to `lengthBytes` (a multiple of the packet size, or the last of a transfer); fewer or none where the device ended it. */
  bulkIn(lengthBytes: number, options: TransferOptions): Promise<Uint8Array>;
  /** Sends all bytes as one transfer. `endWithEmptyPacket` where the length is a multiple of the packet size and the protocol wants an end. */
  bulkOut(bytes: Uint8Array, options: TransferOptions & { endWithEmptyPacket?: boolean }): Promise<void>;
  interruptIn(lengthBytes: number, options: TransferOptions): Promise<Uint8Array>;
  controlIn(setup: ControlSetup, lengthBytes: number, options: TransferOptions): Promise<Uint8Array>;
  controlOut(setup: ControlSetup, bytes: Uint8Array, options: TransferOptions): Promise<void>;
  /** CLEAR_FEATURE(ENDPOINT_HALT) on an endpoint of `pipes`. */
  clearHalt(endpoint: number, signal: AbortSignal): Promise<void>;
  /** Port reset. The device may come back as another one: then UsbError GONE. */
  reset(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** What can go wrong with a transfer. */
export type UsbErrorCode = 'STALL' | 'TIMEOUT' | 'GONE' | 'OVERFLOW' | 'BUSY' | 'DENIED' | 'FAILED';

/** Thrown by UsbConnection; an aborted signal throws its own reason instead. */
export class UsbError extends Error {
  readonly code: UsbErrorCode;

  constructor(code: UsbErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'UsbError';
    this.code = code;
  }
}

/** Opens an attached device and claims an interface. Throws UsbError GONE, BUSY, DENIED. */
export type OpenUsb = (
  device: UsbDeviceFacts,
  interfaceNumber: number,
  signal: AbortSignal,
) => Promise<UsbConnection>;
