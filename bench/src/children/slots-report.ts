/** How the bytes of many slots are handled. `hash-on-main` and `idle` are controls. */
export const slotsModes = ['docket', 'hash-on-main', 'idle'] as const;
export type SlotsMode = (typeof slotsModes)[number];

/** What the slots process is told, as one JSON argument. */
export interface SlotsOrder {
  mode: SlotsMode;
  slots: number;
  bytesPerSecond: number;
  /** A folder with one clip, read by every slot. */
  source: string;
  store: string;
}

/** What the slots process prints, as one line of JSON. */
export interface SlotsReport {
  /** From the docking of all to the last byte written, hashed and made durable. */
  pullSeconds: number;
  /** To the last slot safe to undock, read-back included. */
  safeSeconds: number;
  /** CPU seconds used while pulling. */
  pullCpuSeconds: number;
  maxRssMib: number;
  /** Delay of the event loop over the whole docking, the monitor's own interval included. */
  loopDelayMs: { p50: number; p99: number; max: number };
}
