import { notSupported, RecorderError } from '../errors.ts';
import type {
  Capability,
  ClipReader,
  ClockReading,
  ClockSetting,
  EraseProof,
  ListedClip,
  Listing,
  Recorder,
  RecorderIdentity,
  RecorderStatus,
} from '../recorder.ts';
import type { UsbConnection } from '../usb/usb-connection.ts';
import { type ClipObject, listClipObjects, pathKey } from './clip-listing.ts';
import { events } from './codes.ts';
import type { Container } from './container.ts';
import { objectInfo } from './datasets.ts';
import { readDeviceClock, setDeviceClock } from './device-clock.ts';
import { readDeviceStatus } from './device-status.ts';
import { listenForEvents } from './event-listener.ts';
import { MtpClipReader, type ReadMethod } from './mtp-clip-reader.ts';
import { type SizeSource, sizeOfObject } from './object-size.ts';
import { operations } from './operations.ts';
import { clipFault, decoded, isObjectMissing } from './recorder-fault.ts';
import { ResponseError } from './response-error.ts';
import type { MtpSession, SessionStatistics } from './session.ts';

/** What was learned about a recorder when it was opened. */
export interface MtpRecorderFacts {
  identity: RecorderIdentity;
  capabilities: ReadonlySet<Capability>;
  methods: ReadonlySet<ReadMethod>;
  sizeSource: SizeSource;
  /** IANA zone taken for clocks that name none. */
  assumedZone: string;
}

/** A card that changes while it is listed is listed again so often; then what was found last counts. */
const maxListings = 3;

/** A recorder that speaks MTP, open. Calls are made one at a time. */
export class MtpRecorder implements Recorder {
  readonly driver = 'mtp';
  readonly capabilities: ReadonlySet<Capability>;
  readonly parallelReads = 1;
  readonly firmware = null;
  readonly #session: MtpSession;
  readonly #facts: MtpRecorderFacts;
  readonly #removedStores = new Set<number>();
  /** Objects of the last listing by path; `null` before it, and once another session may have given other handles. */
  #objects: { generation: number; byPath: Map<string, ClipObject> } | null = null;
  #changes = 0;
  readonly #closing = new AbortController();
  readonly #listening: Promise<void>;

  constructor(session: MtpSession, usb: UsbConnection, facts: MtpRecorderFacts) {
    this.#session = session;
    this.#facts = facts;
    this.capabilities = facts.capabilities;
    this.#listening = listenForEvents(usb, (event) => this.#heed(event), this.#closing.signal);
  }

  /** What had to be put right on the wire, since the recorder was opened. */
  get statistics(): SessionStatistics {
    return this.#session.statistics;
  }

  /** Events are hints, and change only what is checked again anyway. */
  #heed({ code, parameters }: Container): void {
    const [storageId] = parameters;
    if (code === events.deviceReset) {
      this.#session.lose(new RecorderError('RECORDER_GONE', 'the recorder has reset itself'));
    } else if (code === events.storeRemoved && storageId !== undefined) {
      this.#removedStores.add(storageId);
      this.#changes++;
    } else if (code === events.storeAdded && storageId !== undefined) {
      this.#removedStores.delete(storageId);
      this.#changes++;
    } else if (code === events.objectAdded || code === events.objectRemoved) {
      this.#changes++;
    }
  }

  async identify(): Promise<RecorderIdentity> {
    return this.#facts.identity;
  }

  async readClock(count: number, signal: AbortSignal): Promise<ClockReading[]> {
    if (!this.capabilities.has('readClock')) throw notSupported('show its clock');
    return readDeviceClock(this.#session, this.#facts.assumedZone, count, signal);
  }

  async setClock(signal: AbortSignal): Promise<ClockSetting> {
    if (!this.capabilities.has('setClock')) throw notSupported('be given the time');
    return setDeviceClock(this.#session, this.#facts.assumedZone, signal);
  }

  readStatus(signal: AbortSignal): Promise<RecorderStatus> {
    return readDeviceStatus(this.#session, this.capabilities.has('battery'), signal);
  }

  async *list(signal: AbortSignal): AsyncGenerator<Listing> {
    let listed = await this.#listOnce(signal);
    for (let time = 2; time <= maxListings && listed.hasChanged; time++)
      listed = await this.#listOnce(signal);
    for (const { listing } of listed.entries) yield listing;
  }

  async #listOnce(signal: AbortSignal) {
    const { generation } = this.#session;
    const changes = this.#changes;
    const entries = await listClipObjects(this.#session, this.#facts.sizeSource, signal);
    const byPath = new Map<string, ClipObject>();
    for (const { listing, object } of entries) {
      if (listing.type === 'clip' && object !== null) byPath.set(pathKey(listing.clip.pathBytes), object);
    }
    this.#objects = { generation, byPath };
    return { entries, hasChanged: changes !== this.#changes || generation !== this.#session.generation };
  }

  async open(clip: ListedClip, signal: AbortSignal): Promise<ClipReader> {
    const object = await this.#find(clip, signal);
    const source = {
      clip,
      handle: object.handle,
      methods: this.#facts.methods,
      isSizeCertain: this.#facts.sizeSource !== 'none',
      assertStoreThere: () => this.#assertStoreThere(clip, object),
      assertAsListed: (aborted: AbortSignal) => this.#assertAsListed(clip, object, aborted),
    };
    source.assertStoreThere();
    await source.assertAsListed(signal);
    return new MtpClipReader(this.#session, source);
  }

  /**
   * Frees the recorder's copy. ObjectInfo is compared once more before, and must be gone after. MTP has no hash: that
   * the bytes are those of the receipt was proved when they were read.
   */
  async erase(clip: ListedClip, proof: EraseProof, signal: AbortSignal): Promise<void> {
    if (!this.capabilities.has('erase')) throw notSupported('erase');
    const object = await this.#find(clip, signal);
    if (object.sizeBytes !== proof.sizeBytes) {
      throw changed(clip, `has ${object.sizeBytes} bytes, the receipt names ${proof.sizeBytes}`);
    }
    await this.#assertAsListed(clip, object, signal);
    try {
      await this.#session.request(operations.deleteObject, { object: object.handle, format: 0 }, { signal });
    } catch (error) {
      throw clipFault(error, 'ERASE_REFUSED', clip.name);
    }
    await this.#assertGone(clip, object, signal);
    this.#objects?.byPath.delete(pathKey(clip.pathBytes));
  }

  async #assertGone(clip: ListedClip, { handle, info }: ClipObject, signal: AbortSignal): Promise<void> {
    try {
      const bytes = await this.#session.fetch(operations.getObjectInfo, { object: handle }, signal);
      const now = decoded(() => objectInfo.decode(bytes));
      // The handle may belong to another object by now.
      if (now.fileName !== info.fileName || now.parent !== info.parent) return;
    } catch (error) {
      if (isObjectMissing(error)) return;
      throw clipFault(error, 'ERASE_REFUSED', clip.name);
    }
    throw new RecorderError('ERASE_REFUSED', `${clip.name} is still there after it was deleted`, {
      clipName: clip.name,
    });
  }

  async #find(clip: ListedClip, signal: AbortSignal): Promise<ClipObject> {
    if (this.#objects?.generation !== this.#session.generation) await this.#listOnce(signal);
    const object = this.#objects?.byPath.get(pathKey(clip.pathBytes));
    if (object !== undefined) return object;
    throw new RecorderError('CLIP_MISSING', `${clip.name} is no longer on the recorder`, {
      clipName: clip.name,
    });
  }

  #assertStoreThere(clip: ListedClip, { storageId }: ClipObject): void {
    // 0 stands for all of a physical store's logical ones (MTP 1.1 appendix G).
    const isRemoved =
      this.#removedStores.has(storageId) || this.#removedStores.has((storageId & 0xffff_0000) >>> 0);
    if (!isRemoved) return;
    throw new RecorderError('CLIP_READ_FAILED', `${clip.name}: its card was taken out of the recorder`, {
      clipName: clip.name,
    });
  }

  async #assertAsListed(
    clip: ListedClip,
    { handle, info, sizeBytes }: ClipObject,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const bytes = await this.#session.fetch(operations.getObjectInfo, { object: handle }, signal);
      const now = decoded(() => objectInfo.decode(bytes));
      const isSame =
        now.fileName === info.fileName &&
        now.storageId === info.storageId &&
        now.modificationDate === info.modificationDate &&
        now.captureDate === info.captureDate &&
        (await sizeOfObject(this.#session, handle, now, this.#facts.sizeSource, signal)) === sizeBytes;
      if (isSame && sizeBytes === clip.sizeBytes) return;
    } catch (error) {
      throw clipFault(error, 'CLIP_READ_FAILED', clip.name);
    }
    throw changed(clip, 'is not the clip that was listed');
  }

  async isPresent(): Promise<boolean> {
    try {
      await this.#session.fetch(operations.getStorageIds, {}, new AbortController().signal);
      return true;
    } catch (error) {
      // A refusal is an answer too.
      return error instanceof ResponseError;
    }
  }

  async hashOnDevice(): Promise<string> {
    throw notSupported('hash its clips');
  }

  async writeIdentity(): Promise<void> {
    throw notSupported('be given an identity');
  }

  async switchMode(): Promise<void> {
    throw notSupported('switch its mode');
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#listening;
    await this.#session.close();
  }
}

function changed(clip: ListedClip, what: string): RecorderError {
  return new RecorderError('CLIP_CHANGED', `${clip.name} ${what}`, { clipName: clip.name });
}
