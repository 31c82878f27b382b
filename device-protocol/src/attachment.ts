import type { Recorder } from './recorder.ts';

/** How an attached recorder is reached. */
export type AttachmentTarget =
  | { type: 'volume'; directory: string }
  | { type: 'serial'; devicePath: string; baudRate: number };

/** One recorder in one slot, from attach to detach. */
export interface Attachment {
  /** USB port path of the slot, e.g. `1-1.4.2`: the slot's identity. */
  portPath: string;
  /** Tells one attachment on the same port from the next, e.g. file system and inode of the mount. */
  instance: string;
  target: AttachmentTarget;
}

export type AttachmentEvent =
  | { type: 'attached'; attachment: Attachment }
  | { type: 'detached'; portPath: string; instance: string };

/** Watches for recorders. Yields what is there already, then every change, until the signal aborts. */
export interface AttachmentSource {
  readonly name: string;
  watch(signal: AbortSignal): AsyncIterable<AttachmentEvent>;
}

/** Opens an attached recorder. Throws RecorderError RECORDER_GONE, RECORDER_SILENT, PROTOCOL_VIOLATION. */
export interface RecorderDriver {
  readonly name: string;
  open(attachment: Attachment, signal: AbortSignal): Promise<Recorder>;
}
