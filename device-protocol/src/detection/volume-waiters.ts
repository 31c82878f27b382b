import type { VolumeTarget } from '../attachment.ts';

type Give = (volume: VolumeTarget) => void;

/** Dockings that wait for the card of their recorder, by slot. */
export class VolumeWaiters {
  readonly #waiting = new Map<string, Set<Give>>();

  has(portPath: string): boolean {
    return this.#waiting.has(portPath);
  }

  give(portPath: string, volume: VolumeTarget): void {
    for (const give of this.#waiting.get(portPath) ?? []) give(volume);
  }

  /** Throws the signal's reason. */
  async wait(portPath: string, signal: AbortSignal): Promise<VolumeTarget> {
    const waiting = this.#waiting.get(portPath) ?? new Set();
    this.#waiting.set(portPath, waiting);
    let give: Give = () => {};
    let abort = () => {};
    try {
      return await new Promise<VolumeTarget>((resolve, reject) => {
        give = resolve;
        abort = () => reject(signal.reason);
        waiting.add(give);
        signal.addEventListener('abort', abort, { once: true });
      });
    } finally {
      signal.removeEventListener('abort', abort);
      waiting.delete(give);
      if (waiting.size === 0) this.#waiting.delete(portPath);
    }
  }
}
