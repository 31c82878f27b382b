import type { VolumeTarget } from '../attachment.ts';

/** What a docking asks of whoever watches its slot while its recorder switches its mode. */
export interface FaceWatch {
  /**
   * The docking in a slot outlives its device from now on, until the hold ends or takes too long: then the recorder
   * counts as detached after all.
   */
  holdDetach(portPath: string): DetachHold;
  /**
   * The card that appears on the port, of the same recorder in its other mode; the docking stands on it from then on.
   * Throws the signal's reason. Waits for as long as the docking lasts.
   */
  nextVolume(portPath: string, signal: AbortSignal): Promise<VolumeTarget>;
}

export interface DetachHold {
  end(): void;
}
