import type {
  Capability,
  ClipReader,
  ClockReading,
  ClockSetting,
  EraseProof,
  FirmwareAccess,
  IdentityToWrite,
  ListedClip,
  Listing,
  Recorder,
  RecorderIdentity,
  RecorderStatus,
} from '../recorder.ts';
import type { DriverProcess } from './driver-process.ts';
import { type AnswerOf, maxAnswerPayloadBytes } from './operations.ts';
import { listingOfWire, wireClip } from './wire-listing.ts';

/** The slowest a recorder is taken to hash by itself. */
const slowestHashBytesPerMs = 128;

/** A recorder whose driver runs in another process. */
export class IsolatedRecorder implements Recorder {
  readonly driver: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly parallelReads: number;
  readonly firmware: FirmwareAccess | null;
  readonly #process: DriverProcess;

  constructor(process: DriverProcess, opened: AnswerOf<'open'>) {
    this.#process = process;
    this.driver = opened.driver;
    this.capabilities = new Set(opened.capabilities);
    this.parallelReads = opened.parallelReads;
    this.firmware = opened.hasFirmware ? isolatedFirmware(process) : null;
  }

  async identify(signal: AbortSignal): Promise<RecorderIdentity> {
    return (await this.#process.ask('identify', {}, { signal })).body.identity;
  }

  async readClock(count: number, signal: AbortSignal): Promise<ClockReading[]> {
    // Readings wait for the recorder's next tick, each of them.
    const extraMs = count * 2_000;
    return (await this.#process.ask('readClock', { count }, { signal, extraMs })).body.readings;
  }

  async setClock(signal: AbortSignal): Promise<ClockSetting> {
    return (await this.#process.ask('setClock', {}, { signal })).body.setting;
  }

  async readStatus(signal: AbortSignal): Promise<RecorderStatus> {
    return (await this.#process.ask('readStatus', {}, { signal })).body.status;
  }

  async hashOnDevice(clip: ListedClip, signal: AbortSignal): Promise<string> {
    const extraMs = clip.sizeBytes / slowestHashBytesPerMs;
    return (await this.#process.ask('hashOnDevice', { clip: wireClip(clip) }, { signal, extraMs })).body
      .sha256;
  }

  async writeIdentity(identity: IdentityToWrite, signal: AbortSignal): Promise<void> {
    await this.#process.ask('writeIdentity', { identity }, { signal });
  }

  async switchMode(signal: AbortSignal): Promise<void> {
    await this.#process.ask('switchMode', {}, { signal });
  }

  async *list(signal: AbortSignal): AsyncGenerator<Listing> {
    const { list } = (await this.#process.ask('startList', {}, { signal })).body;
    try {
      for (let isLast = false; !isLast; ) {
        const { body } = await this.#process.ask('nextListings', { list }, { signal });
        for (const listing of body.listings) yield listingOfWire(listing);
        isLast = body.isLast;
      }
    } finally {
      // What ended the listing, if anything did, is thrown; that its end could not be said is no news then.
      await this.#process.ask('endList', { list }).catch(() => {});
    }
  }

  async open(clip: ListedClip, signal: AbortSignal): Promise<ClipReader> {
    const { body } = await this.#process.ask('openClip', { clip: wireClip(clip) }, { signal });
    return new IsolatedClipReader(this.#process, body);
  }

  async erase(clip: ListedClip, proof: EraseProof, signal: AbortSignal): Promise<void> {
    const extraMs = proof.sizeBytes / slowestHashBytesPerMs;
    await this.#process.ask('erase', { clip: wireClip(clip), proof }, { signal, extraMs });
  }

  async isPresent(): Promise<boolean> {
    try {
      return (await this.#process.ask('isPresent', {})).body.isPresent;
    } catch {
      // Without its driver it does not answer, whether or not it still stands in its slot.
      return false;
    }
  }

  close(): Promise<void> {
    return this.#process.stop();
  }
}

class IsolatedClipReader implements ClipReader {
  readonly sizeBytes: number;
  readonly pieceBytes: number;
  readonly #process: DriverProcess;
  readonly #reader: number;

  constructor(process: DriverProcess, { reader, sizeBytes, pieceBytes }: AnswerOf<'openClip'>) {
    this.#process = process;
    this.#reader = reader;
    this.sizeBytes = sizeBytes;
    this.pieceBytes = pieceBytes;
  }

  async read(into: Uint8Array, positionBytes: number, signal: AbortSignal): Promise<number> {
    let filledBytes = 0;
    while (filledBytes < into.length) {
      const piece = into.subarray(filledBytes, filledBytes + maxAnswerPayloadBytes);
      const question = {
        reader: this.#reader,
        positionBytes: positionBytes + filledBytes,
        lengthBytes: piece.length,
      };
      const { receivedBytes } = await this.#process.ask('read', question, { signal, into: piece });
      filledBytes += receivedBytes;
      if (receivedBytes < piece.length) break;
    }
    return filledBytes;
  }

  async assertUnchanged(): Promise<void> {
    await this.#process.ask('assertUnchanged', { reader: this.#reader });
  }

  async close(): Promise<void> {
    // With the process its readers are gone too.
    if (!this.#process.hasEnded) await this.#process.ask('closeClip', { reader: this.#reader });
  }
}

function isolatedFirmware(process: DriverProcess): FirmwareAccess {
  return {
    list: async (signal) => (await process.ask('firmwareList', {}, { signal })).body.images,
    upload: async (image, onProgress, signal) => {
      await process.ask('firmwareUpload', {}, { signal, payload: image, onProgress });
    },
    test: async (hash, signal) => {
      await process.ask('firmwareTest', { hash }, { signal });
    },
    confirm: async (signal) => {
      await process.ask('firmwareConfirm', {}, { signal });
    },
    reset: async (signal) => {
      await process.ask('firmwareReset', {}, { signal });
    },
  };
}
