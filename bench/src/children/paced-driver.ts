import { setTimeout as delay } from 'node:timers/promises';
import type { ClipReader, RecorderDriver } from '@docket/device-protocol';
import { withReaders } from '@docket/device-protocol/simulator';
import { volumeDriver } from '@docket/device-protocol/transport';

/** A recorder reads ahead this long while nobody takes its bytes; later than that, time is lost. */
const readAheadMs = 60;

/** A volume whose bytes come no faster than a recorder's. */
export function pacedDriver(bytesPerSecond: number): RecorderDriver {
  return withReaders(volumeDriver, () => (reader) => paceReader(reader, bytesPerSecond));
}

function paceReader(reader: ClipReader, bytesPerSecond: number): ClipReader {
  const pace = new Pace(bytesPerSecond);
  return {
    sizeBytes: reader.sizeBytes,
    pieceBytes: reader.pieceBytes,
    async read(into, positionBytes, signal) {
      await pace.wait(Math.min(into.length, reader.sizeBytes - positionBytes));
      return reader.read(into, positionBytes, signal);
    },
    assertUnchanged: () => reader.assertUnchanged(),
    close: () => reader.close(),
  };
}

/** Tells when the next bytes have arrived at a steady rate. */
export class Pace {
  readonly #bytesPerMs: number;
  #dueMs = performance.now();

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000;
  }

  async wait(bytes: number): Promise<void> {
    const nowMs = performance.now();
    this.#dueMs = Math.max(this.#dueMs, nowMs - readAheadMs) + bytes / this.#bytesPerMs;
    if (this.#dueMs > nowMs) await delay(this.#dueMs - nowMs);
  }
}
