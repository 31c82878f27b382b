import { notSupported, RecorderError } from '../errors.ts';
import { shown } from '../names/shown.ts';
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
import { fileTimeOf, listDeviceClips } from './clip-listing.ts';
import { fileNameOfClip } from './clip-name.ts';
import { readDeviceClock } from './clock-reading.ts';
import { setDeviceClock } from './clock-setting.ts';
import { DeviceError } from './device-error.ts';
import { writeDeviceIdentity } from './identity-writing.ts';
import type { ResponseOf } from './message.ts';
import { fileHash, fileStatus } from './messages/fs.ts';
import { echo, readInfo } from './messages/os.ts';
import {
  type ClipEntry,
  eraseClip,
  markClip,
  readClip,
  type readIdentity,
  readStatus,
} from './messages/recorder.ts';
import { clipFault, isClipMissing, isProofMismatch } from './recorder-fault.ts';
import type { SessionStatistics, SmpSession } from './session.ts';
import { SmpClipReader } from './smp-clip-reader.ts';
import { smpFirmware } from './smp-firmware.ts';

/** What was learned about a recorder when it was opened. */
export interface SmpRecorderFacts {
  identity: ResponseOf<typeof readIdentity>;
  capabilities: ReadonlySet<Capability>;
  /** Requests that may wait at once. */
  window: number;
  /** The longest packet it takes. */
  packetBytes: number;
  /** IANA zone taken for clocks that name none. */
  assumedZone: string;
}

const longestTimerMs = 2 ** 31 - 1;
/** A recorder reads its card at no less than this while it hashes. */
const slowestHashBytesPerMs = 500;
/** Hashing waits this many times longer than any other answer, beside the time its bytes take. */
const hashPatience = 5;

/** A recorder that speaks SMP, open. Calls are made one at a time. */
export class SmpRecorder implements Recorder {
  readonly driver = 'smp';
  readonly capabilities: ReadonlySet<Capability>;
  readonly parallelReads = 1;
  readonly firmware: FirmwareAccess | null;
  readonly #session: SmpSession;
  readonly #facts: SmpRecorderFacts;
  #identity: ResponseOf<typeof readIdentity>;

  constructor(session: SmpSession, facts: SmpRecorderFacts) {
    this.#session = session;
    this.#facts = facts;
    this.#identity = facts.identity;
    this.capabilities = facts.capabilities;
    this.firmware = facts.capabilities.has('firmware') ? smpFirmware(session, facts.packetBytes) : null;
  }

  /** What the line lost and what was sent again, since the recorder was opened. */
  get statistics(): SessionStatistics {
    return this.#session.statistics;
  }

  async identify(signal: AbortSignal): Promise<RecorderIdentity> {
    const { serial, vendor, model, firmware, officer } = this.#identity;
    const saysNothing = [serial, vendor, model, firmware, officer].every((claim) => claim === undefined);
    return {
      serialNumber: shown(serial),
      vendor: shown(vendor),
      model: shown(model),
      firmware: shown(firmware ?? (await this.#firmwareInfo(signal))),
      officerNumber: shown(officer),
      source: saysNothing ? 'none' : 'device',
    };
  }

  async #firmwareInfo(signal: AbortSignal): Promise<string | undefined> {
    try {
      return (await this.#session.request(readInfo, { format: 'sv' }, { signal })).output;
    } catch (error) {
      if (error instanceof DeviceError) return undefined;
      throw error;
    }
  }

  async readClock(count: number, signal: AbortSignal): Promise<ClockReading[]> {
    if (!this.capabilities.has('readClock')) {
      throw new RecorderError(
        'NOT_SUPPORTED',
        'this recorder has no clock that can be read, or it was never set',
      );
    }
    return readDeviceClock(this.#session, this.#facts.assumedZone, count, signal);
  }

  async setClock(signal: AbortSignal): Promise<ClockSetting> {
    if (!this.capabilities.has('setClock')) throw notSupported('be given the time');
    return setDeviceClock(this.#session, this.#facts.assumedZone, signal);
  }

  async readStatus(signal: AbortSignal): Promise<RecorderStatus> {
    const status = this.#identity.status ? await this.#readStatus(signal) : {};
    return {
      batteryPercent: status.battery ?? null,
      capacityBytes: status.capacity ?? null,
      freeBytes: status.free ?? null,
    };
  }

  async #readStatus(signal: AbortSignal): Promise<ResponseOf<typeof readStatus>> {
    try {
      return await this.#session.request(readStatus, {}, { signal });
    } catch (error) {
      if (error instanceof DeviceError) return {};
      throw error;
    }
  }

  async writeIdentity(identity: IdentityToWrite, signal: AbortSignal): Promise<void> {
    if (!this.capabilities.has('writeIdentity')) throw notSupported('be given an identity');
    this.#identity = await writeDeviceIdentity(this.#session, identity, signal);
  }

  /**
   * Marks a clip as important on the recorder, or takes the mark away. Throws RecorderError NOT_SUPPORTED,
   * CLIP_MISSING, CLIP_CHANGED where the recorder does not keep the mark.
   */
  async markClip(clip: ListedClip, marked: boolean, signal: AbortSignal): Promise<void> {
    if (this.#identity.mark !== true) throw notSupported('mark clips');
    try {
      await this.#session.request(markClip, { path: clip.pathBytes, marked }, { signal });
      const entry = await this.#readEntry(clip, signal);
      if ((entry.marked ?? false) === marked) return;
    } catch (error) {
      throw clipFault(error, 'CLIP_CHANGED', clip.name);
    }
    throw new RecorderError('CLIP_CHANGED', `${clip.name} did not keep its mark`, { clipName: clip.name });
  }

  async switchMode(): Promise<void> {
    throw notSupported('switch its mode');
  }

  list(signal: AbortSignal): AsyncIterable<Listing> {
    return listDeviceClips(this.#session, signal);
  }

  async open(clip: ListedClip, signal: AbortSignal): Promise<ClipReader> {
    const fileName = this.#fileName(clip);
    try {
      const entry = await this.#readEntry(clip, signal);
      const status = await this.#session.request(fileStatus, { name: fileName }, { signal });
      if (status.len !== clip.sizeBytes || !isAsListed(clip, entry)) {
        throw new RecorderError('CLIP_CHANGED', `${clip.name} is not the clip that was listed`, {
          clipName: clip.name,
        });
      }
      return new SmpClipReader(this.#session, {
        clip,
        fileName,
        sizeBytes: status.len,
        window: this.#facts.window,
        isEntryUnchanged: async () => isAsListed(clip, await this.#readEntry(clip)),
      });
    } catch (error) {
      throw clipFault(error, 'CLIP_READ_FAILED', clip.name, 0);
    }
  }

  async erase(clip: ListedClip, proof: EraseProof, signal: AbortSignal): Promise<void> {
    if (!this.capabilities.has('erase')) {
      throw new RecorderError('NOT_SUPPORTED', 'this recorder does not erase over SMP', {
        clipName: clip.name,
      });
    }
    const request = { path: clip.pathBytes, size: proof.sizeBytes, sha256: Buffer.from(proof.sha256, 'hex') };
    try {
      const timeoutMs = this.#hashTimeoutMs(proof.sizeBytes);
      await this.#session.request(eraseClip, request, { signal, timeoutMs });
    } catch (error) {
      if (isProofMismatch(error)) {
        throw new RecorderError(
          'CLIP_CHANGED',
          `${clip.name} on the recorder is not what the archive holds`,
          {
            clipName: clip.name,
            cause: error,
          },
        );
      }
      throw clipFault(error, 'ERASE_REFUSED', clip.name);
    }
    await this.#assertGone(clip, signal);
  }

  async #assertGone(clip: ListedClip, signal: AbortSignal): Promise<void> {
    try {
      await this.#readEntry(clip, signal);
    } catch (error) {
      if (isClipMissing(error)) return;
      throw clipFault(error, 'ERASE_REFUSED', clip.name);
    }
    throw new RecorderError('ERASE_REFUSED', `${clip.name} is still listed after it was erased`, {
      clipName: clip.name,
    });
  }

  /**
   * SHA-256 of the clip as the recorder reads it, lower-case hex. Throws RecorderError NOT_SUPPORTED without the
   * capability `hashOnDevice`, CLIP_MISSING, CLIP_CHANGED, CLIP_READ_FAILED, PROTOCOL_VIOLATION.
   */
  async hashOnDevice(clip: ListedClip, signal: AbortSignal): Promise<string> {
    if (!this.capabilities.has('hashOnDevice')) {
      throw new RecorderError('NOT_SUPPORTED', 'this recorder does not hash', { clipName: clip.name });
    }
    const request = { name: this.#fileName(clip), type: 'sha256' } as const;
    const options = { signal, timeoutMs: this.#hashTimeoutMs(clip.sizeBytes) };
    const answer = await this.#session.request(fileHash, request, options).catch((error: unknown) => {
      throw clipFault(error, 'CLIP_READ_FAILED', clip.name);
    });
    if (answer.len !== clip.sizeBytes) {
      throw new RecorderError('CLIP_CHANGED', `${clip.name} was hashed over ${answer.len} bytes`, {
        clipName: clip.name,
      });
    }
    if (answer.type !== 'sha256' || !(answer.output instanceof Uint8Array) || answer.output.length !== 32) {
      throw new RecorderError('PROTOCOL_VIOLATION', `${clip.name}: the answer is no SHA-256`, {
        clipName: clip.name,
      });
    }
    return Buffer.from(answer.output).toString('hex');
  }

  async isPresent(): Promise<boolean> {
    try {
      await this.#session.request(echo, { d: 'docket' }, { attempts: 2 });
      return true;
    } catch (error) {
      // A refusal is an answer too.
      return error instanceof DeviceError;
    }
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  #hashTimeoutMs(sizeBytes: number): number {
    const timeoutMs = this.#session.timeoutMs * hashPatience + sizeBytes / slowestHashBytesPerMs;
    return Math.min(timeoutMs, longestTimerMs);
  }

  #fileName(clip: ListedClip): string {
    return fileNameOfClip(this.#facts.identity.root, clip.pathBytes);
  }

  async #readEntry(clip: ListedClip, signal?: AbortSignal): Promise<ClipEntry> {
    return this.#session.request(readClip, { path: clip.pathBytes }, signal === undefined ? {} : { signal });
  }
}

function isAsListed(clip: ListedClip, entry: ClipEntry): boolean {
  return (
    entry.size === clip.sizeBytes &&
    Buffer.compare(entry.path, clip.pathBytes) === 0 &&
    fileTimeOf(entry.modified)?.text === clip.modifiedAt?.text
  );
}
