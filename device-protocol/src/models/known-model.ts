import type { Capability } from '../recorder.ts';

/** An interface by its class triple; a part that is left out may be anything. */
export interface InterfaceRule {
  class: number;
  subclass?: number;
  protocol?: number;
}

/** What tells a model. Every part that is given must hold. */
export interface DeviceRule {
  vendorId?: number;
  productId?: number;
  /** `iProduct`, as the device gives it. */
  product?: string;
  /** The interface the recorder is reached by. */
  interface: InterfaceRule;
}

/**
 * How a model is reached: by the file system that the kernel mounts, by an interface that Docket claims, or by a
 * serial line that the kernel makes of it.
 */
export type ModelWay =
  | { by: 'mount' }
  | { by: 'interface'; driver: string }
  | { by: 'tty'; baudRate: number };

/** One row of the table of known models. */
export interface KnownModel {
  /** Stable name of the row; goes into attachments. */
  key: string;
  /** For people. */
  title: string;
  match: DeviceRule;
  way: ModelWay;
  /** A serial line of the same device knows identity and clock (CDC-ACM), beside a card that is mounted. */
  hasConsole: boolean;
  /** What a recorder of this model is expected to be able to do; each recorder says for itself. */
  capabilities: readonly Capability[];
  /** Key of the row the same recorder matches once its mode was switched. */
  becomes: string | null;
}
