import { setTimeout as delay } from 'node:timers/promises';
import type { Attachment, RecorderDriver } from '../attachment.ts';
import type { ClipReader, ListedClip, Recorder } from '../recorder.ts';

/** Lets a driver's recorders give their bytes no faster than a real wire would. */
export function pacedDriver(driver: RecorderDriver, bytesPerSecond: number): RecorderDriver {
  return {
    name: driver.name,
    open: async (attachment: Attachment, signal: AbortSignal) =>
      pacedRecorder(await driver.open(attachment, signal), bytesPerSecond),
  };
}

function pacedRecorder(recorder: Recorder, bytesPerSecond: number): Recorder {
  const wire = new Wire(bytesPerSecond);
  return {
    driver: recorder.driver,
    capabilities: recorder.capabilities,
    parallelReads: recorder.parallelReads,
    identify: (signal) => recorder.identify(signal),
    readClock: (count, signal) => recorder.readClock(count, signal),
    list: (signal) => recorder.list(signal),
    open: async (clip: ListedClip, signal: AbortSignal) =>
      pacedReader(await recorder.open(clip, signal), wire),
    erase: (clip, proof, signal) => recorder.erase(clip, proof, signal),
    isPresent: () => recorder.isPresent(),
    close: () => recorder.close(),
  };
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
