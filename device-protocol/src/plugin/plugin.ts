import type { RecorderDriver } from '../attachment.ts';
import type { DeviceRule } from '../models/known-model.ts';

/** Attachments a plugin opens. A USB device is named exactly: no plugin takes what another driver knows. */
export type ServeRule =
  | { by: 'volume' }
  | { by: 'serial' }
  | { by: 'usb'; title: string; match: DeviceRule & { vendorId: number; productId: number } };

/**
 * What a driver plugin exports as `recorderPlugin`. It runs in a driver process of its own for each recorder, is
 * written in whatever compiles to an ECMAScript module, and needs nothing of Docket at run time: errors are plain
 * `Error`s whose `code` is one of `recorderErrorCodes`.
 */
export interface RecorderPlugin {
  /** The version of this shape. */
  apiVersion: 1;
  /** What the driver is called on screens and in records: lower-case letters, digits and dashes. */
  name: string;
  serves: readonly ServeRule[];
  /** Called once in each driver process. Throws an Error that says what is wrong with the options. */
  createDriver(options: unknown): RecorderDriver | Promise<RecorderDriver>;
}

/** What a plugin says of itself, and its place. */
export interface PluginFacts {
  name: string;
  serves: readonly ServeRule[];
}
