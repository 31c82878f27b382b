import type { Recorder } from './recorder.ts';
import type { UsbDeviceFacts } from './usb/usb-device.ts';

export interface VolumeTarget {
  type: 'volume';
  directory: string;
}

export interface SerialTarget {
  type: 'serial';
  devicePath: string;
  baudRate: number;
}

/** A USB interface that Docket drives itself. */
export interface UsbTarget {
  type: 'usb';
  device: UsbDeviceFacts;
  /** The driver that speaks to it, by its name. */
  driver: string;
  /** `bInterfaceNumber` of the interface to claim. */
  interfaceNumber: number;
  /** Key in the table of known models. */
  model: string;
}

/** How an attached recorder is reached. */
export type AttachmentTarget = VolumeTarget | SerialTarget | UsbTarget;

/** One recorder in one slot, from attach to detach. */
export interface Attachment {
  /** USB port path of the slot, e.g. `1-1.4.2`: the slot's identity. */
  portPath: string;
  /** Tells one attachment on the same port from the next, e.g. file system and inode of the mount. */
  instance: string;
  target: AttachmentTarget;
  /** A serial console of the same device, which knows identity and clock beside the clips of `target`. */
  console?: SerialTarget;
}

/**
 * Why a device in a slot is shown but not opened: it is in no row of the table of known models; it has an interface
 * that no recorder has any business with (keyboard, network, smart card); or it is a known one, but its card was never
 * mounted, or its serial line never came.
 */
export type RefusedDeviceReason = 'unknown-model' | 'foreign-interface' | 'no-volume' | 'no-serial-line';

export type AttachmentEvent =
  | { type: 'attached'; attachment: Attachment }
  | {
      type: 'refused';
      portPath: string;
      instance: string;
      device: UsbDeviceFacts;
      reason: RefusedDeviceReason;
    }
  | { type: 'detached'; portPath: string; instance: string };

/**
 * Watches for recorders. Yields what is there already, then every change, until the signal aborts. A source that looks
 * again and again says so after each look by `onLook`: one that falls silent hangs.
 */
export interface AttachmentSource {
  readonly name: string;
  watch(signal: AbortSignal, onLook?: () => void): AsyncIterable<AttachmentEvent>;
}

/** Opens an attached recorder. Throws RecorderError RECORDER_GONE, RECORDER_SILENT, PROTOCOL_VIOLATION. */
export interface RecorderDriver {
  readonly name: string;
  open(attachment: Attachment, signal: AbortSignal): Promise<Recorder>;
}
