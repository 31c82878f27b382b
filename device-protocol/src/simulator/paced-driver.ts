import { setTimeout as delay } from 'node:timers/promises';
import type { RecorderDriver } from '../attachment.ts';
import type { ClipReader } from '../recorder.ts';
import { withReaders } from './wrapped-driver.ts';

/** Lets a driver's recorders give their bytes no faster than a real wire would. */
export function pacedDriver(driver: RecorderDriver, bytesPerSecond: number): RecorderDriver {
  return withReaders(driver, () => {
    const wire = new Wire(bytesPerSecond);
    return (reader) => pacedReader(reader, wire);
  });
}

/** Asked for at once, so that the copy is seen to move. */
const pieceBytes = 256 * 1024;

function pacedReader(reader: ClipReader, wire: Wire): ClipReader {
  return {
    sizeBytes: reader.sizeBytes,
    pieceBytes: Math.min(reader.pieceBytes, pieceBytes),
    read: async (into, positionBytes, signal) => {
      await wire.carry(into.length, signal);
      return reader.read(into, positionBytes, signal);
    },
    assertUnchanged: () => reader.assertUnchanged(),
    close: () => reader.close(),
  };
}

/** One wire shared by all that is read from a recorder. */
class Wire {
  readonly #bytesPerSecond: number;
  #freeAtMs = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Resolves when so many bytes would have come through. */
  async carry(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (bytes * 1000) / this.#bytesPerSecond;
    await delay(this.#freeAtMs - nowMs, undefined, { signal });
  }
}
