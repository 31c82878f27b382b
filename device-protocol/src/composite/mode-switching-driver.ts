import type { Attachment, RecorderDriver } from '../attachment.ts';
import type { FaceWatch } from '../detection/face-watch.ts';
import { notSupported, RecorderError } from '../errors.ts';
import type {
  Capability,
  ClipReader,
  EraseProof,
  ListedClip,
  Listing,
  Recorder,
  RecorderIdentity,
  RecorderStatus,
} from '../recorder.ts';

export interface ModeSwitchingDriverOptions {
  /** Speaks to the recorder before it shows its card. */
  command: RecorderDriver;
  /** Opens its card. */
  volume: RecorderDriver;
  /** Sees the recorder come back on the same port. */
  faces: FaceWatch;
}

/** What a recorder said in command mode, kept while it stands in the slot: its card cannot repeat it. */
interface Told {
  identity: RecorderIdentity;
  status: RecorderStatus;
}

/**
 * Opens recorders that answer commands first and show their card only when told to. Identity, clock and battery are
 * asked in command mode; the first listing switches the mode and waits for the card on the same port. A docking that
 * is tried again after that goes on with the card.
 */
export function modeSwitchingDriver(options: ModeSwitchingDriverOptions): RecorderDriver {
  const switched = new WeakMap<Attachment, Told>();
  return {
    name: options.command.name,
    async open(attachment: Attachment, signal: AbortSignal): Promise<Recorder> {
      const told = switched.get(attachment) ?? null;
      const command = told === null ? await options.command.open(attachment, signal) : null;
      return new ModeSwitchingRecorder({
        ...options,
        attachment,
        opened: command,
        told,
        onSwitched: (said) => switched.set(attachment, said),
      });
    },
  };
}

interface ModeSwitchingRecorderOptions extends ModeSwitchingDriverOptions {
  attachment: Attachment;
  /** The recorder in command mode; `null` where it has left that mode already. */
  opened: Recorder | null;
  told: Told | null;
  onSwitched(told: Told): void;
}

/** What a recorder cannot do any more by the time anyone could ask for it. */
const lostPowers: ReadonlySet<Capability> = new Set<Capability>([
  'writeIdentity',
  'firmware',
  'hashOnDevice',
  'modeSwitch',
]);

class ModeSwitchingRecorder implements Recorder {
  readonly driver: string;
  readonly firmware = null;
  readonly parallelReads = 4;
  readonly #options: ModeSwitchingRecorderOptions;
  #command: Recorder | null;
  #told: Told | null;
  #volume: Recorder | null = null;

  constructor(options: ModeSwitchingRecorderOptions) {
    this.#options = options;
    this.#command = options.opened;
    this.#told = options.told;
    this.driver = options.command.name;
  }

  get capabilities(): ReadonlySet<Capability> {
    const inCommand = [...(this.#command?.capabilities ?? [])].filter((power) => !lostPowers.has(power));
    return new Set([...inCommand, ...(this.#volume?.capabilities ?? cardPowers)]);
  }

  async identify(signal: AbortSignal): Promise<RecorderIdentity> {
    return this.#told?.identity ?? this.#inCommandMode('say who it is').identify(signal);
  }

  async readClock(count: number, signal: AbortSignal) {
    return this.#inCommandMode('show its clock').readClock(count, signal);
  }

  async setClock(signal: AbortSignal) {
    return this.#inCommandMode('be given the time').setClock(signal);
  }

  async readStatus(signal: AbortSignal): Promise<RecorderStatus> {
    if (this.#command !== null) return this.#command.readStatus(signal);
    const card = await this.#volume?.readStatus(signal);
    return { ...emptyStatus, ...card, batteryPercent: this.#told?.status.batteryPercent ?? null };
  }

  async hashOnDevice(): Promise<string> {
    throw notSupported('hash');
  }

  async writeIdentity(): Promise<void> {
    throw notSupported('be given an identity once it shows its card');
  }

  async switchMode(signal: AbortSignal): Promise<void> {
    await this.#card(signal);
  }

  async *list(signal: AbortSignal): AsyncGenerator<Listing> {
    yield* (await this.#card(signal)).list(signal);
  }

  async open(clip: ListedClip, signal: AbortSignal): Promise<ClipReader> {
    return (await this.#card(signal)).open(clip, signal);
  }

  async erase(clip: ListedClip, proof: EraseProof, signal: AbortSignal): Promise<void> {
    return (await this.#card(signal)).erase(clip, proof, signal);
  }

  async endRelease(): Promise<void> {
    await this.#volume?.endRelease?.();
  }

  async isPresent(): Promise<boolean> {
    return (await (this.#volume ?? this.#command)?.isPresent()) ?? false;
  }

  async close(): Promise<void> {
    try {
      await this.#command?.close();
    } finally {
      await this.#volume?.close();
    }
  }

  #inCommandMode(what: string): Recorder {
    if (this.#command === null) throw notSupported(`${what} once it shows its card`);
    return this.#command;
  }

  async #card(signal: AbortSignal): Promise<Recorder> {
    this.#volume ??= await this.#openCard(signal);
    return this.#volume;
  }

  async #openCard(signal: AbortSignal): Promise<Recorder> {
    const { faces, attachment, volume } = this.#options;
    const { portPath, instance } = attachment;
    const hold = faces.holdDetach(portPath);
    try {
      await this.#leaveCommandMode(signal);
      const target = await faces.nextVolume(portPath, signal);
      return await volume.open({ portPath, instance, target }, signal);
    } catch (error) {
      if (signal.aborted) {
        throw new RecorderError(
          'RECORDER_GONE',
          'the recorder did not come back after it switched its mode',
          {
            cause: error,
          },
        );
      }
      throw error;
    } finally {
      hold.end();
    }
  }

  async #leaveCommandMode(signal: AbortSignal): Promise<void> {
    const command = this.#command;
    if (command === null) return;
    this.#told = { identity: await command.identify(signal), status: await command.readStatus(signal) };
    await command.switchMode(signal);
    this.#command = null;
    this.#options.onSwitched(this.#told);
    // Its device is leaving: closing it may well fail, and means nothing.
    await command.close().catch(() => {});
  }
}

const emptyStatus: RecorderStatus = { batteryPercent: null, capacityBytes: null, freeBytes: null };
/** What any card can do, as long as it is not there yet. */
const cardPowers: readonly Capability[] = ['capacity', 'erase'];
