import { notSupported, RecorderError } from '../errors.ts';
import { decodeName } from '../names/decode-name.ts';
import type {
  Capability,
  ClipReader,
  ClockReading,
  ClockSetting,
  IdentityToWrite,
  Listing,
  Recorder,
  RecorderIdentity,
  RecorderStatus,
} from '../recorder.ts';
import type { UsbConnection } from '../usb/usb-connection.ts';
import type { BulkOnlyTransport } from './bulk-only-transport.ts';
import { setDeviceClock } from './clock-setting.ts';
import { identityBlock, textsOf, withParts } from './identity-block.ts';
import { enterStorage } from './mode-switch.ts';
import type { Inquiry } from './primary-commands.ts';
import { testUnitReady, type VendorSession } from './vendor-session.ts';

export interface ScsiRecorderParts {
  usb: UsbConnection;
  transport: BulkOnlyTransport;
  session: VendorSession;
  inquiry: Inquiry;
  /** IANA zone the recorder's wall clock stands in. */
  zone: string;
  /** `undefined` where none is configured for the model. */
  password: string | undefined;
}

const presenceTimeoutMs = 5_000;

/** A recorder in command mode. Its clips are seen only once it has come back as a disk. */
export class ScsiRecorder implements Recorder {
  readonly driver = 'scsi';
  readonly capabilities: ReadonlySet<Capability> = new Set([
    'setClock',
    'battery',
    'writeIdentity',
    'modeSwitch',
  ]);
  readonly parallelReads = 1;
  readonly firmware = null;
  readonly #parts: ScsiRecorderParts;

  constructor(parts: ScsiRecorderParts) {
    this.#parts = parts;
  }

  async identify(signal: AbortSignal): Promise<RecorderIdentity> {
    const { session, inquiry, usb } = this.#parts;
    const code = await session.readModelCode(signal);
    const { serialNumber, officerNumber } = textsOf(await session.readIdentity(signal));
    return {
      serialNumber,
      vendor: usb.device.manufacturer ?? orNull(inquiry.vendor),
      model: orNull(decodeName(untilNul(code)).name.trim()) ?? usb.device.product,
      firmware: orNull(inquiry.revision),
      officerNumber,
      source: serialNumber === null ? 'none' : 'device',
    };
  }

  async readClock(): Promise<ClockReading[]> {
    throw notSupported('show its clock: its protocol sets the time and never reads it');
  }

  setClock(signal: AbortSignal): Promise<ClockSetting> {
    return setDeviceClock(this.#parts.session, this.#parts.zone, signal);
  }

  async readStatus(signal: AbortSignal): Promise<RecorderStatus> {
    const percent = await this.#parts.session.readBattery(signal);
    const batteryPercent = percent >= 0 && percent <= 100 ? percent : null;
    return { batteryPercent, capacityBytes: null, freeBytes: null };
  }

  /** Replaces the given parts, keeps the others, and reads back what the recorder then holds. */
  async writeIdentity(identity: IdentityToWrite, signal: AbortSignal): Promise<void> {
    const { session } = this.#parts;
    const wanted = withParts(await session.readIdentity(signal), identity);
    await session.writeIdentity(wanted, signal);
    const held = textsOf(await session.readIdentity(signal));
    const asked = textsOf(wanted);
    for (const name of Object.keys(identityBlock.fields) as (keyof typeof asked)[]) {
      if (held[name] === asked[name]) continue;
      throw new RecorderError(
        'IDENTITY_REFUSED',
        `${name}: the recorder still says ${held[name] ?? 'nothing'}`,
      );
    }
  }

  switchMode(signal: AbortSignal): Promise<void> {
    return enterStorage(this.#parts.session, this.#parts.password, signal);
  }

  // biome-ignore lint/correctness/useYield: there is nothing to list before the recorder has come back as a disk.
  async *list(): AsyncGenerator<Listing> {
    throw notSupported('list its clips before it has changed to a disk');
  }

  async open(): Promise<ClipReader> {
    throw notSupported('open a clip before it has changed to a disk');
  }

  async erase(): Promise<void> {
    throw notSupported('erase a clip before it has changed to a disk');
  }

  async hashOnDevice(): Promise<string> {
    throw notSupported('hash a clip');
  }

  async isPresent(): Promise<boolean> {
    try {
      await testUnitReady(this.#parts.transport, AbortSignal.timeout(presenceTimeoutMs));
      return true;
    } catch (error) {
      return error instanceof RecorderError && error.code === 'PROTOCOL_VIOLATION';
    }
  }

  close(): Promise<void> {
    return this.#parts.usb.close();
  }
}

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
