/** The functions of a maker, one exchange each, over bulk-only transport. */

import { UsbError } from '../usb/usb-connection.ts';
import type { BulkOnlyTransport, ScsiCommand } from './bulk-only-transport.ts';
import { type IdentityBlock, identityBlock } from './identity-block.ts';
import {
  decodeInquiry,
  decodeSense,
  type Inquiry,
  inquiryCommand,
  inquiryData,
  requestSenseCommand,
  type Sense,
  senseData,
  testUnitReadyCommand,
} from './primary-commands.ts';
import { ScsiProtocolError } from './protocol-error.ts';
import { number, record } from './record.ts';
import { CommandFailed, scsiFault } from './scsi-fault.ts';
import {
  type VendorFunctionName,
  type VendorProfile,
  type VendorResultName,
  vendorCommand,
} from './vendor-profile.ts';

export const valueAnswer = record('number', { value: number('i32le', 'see the function') });
export const resolutionAnswer = record('resolution', {
  width: number('i32le', 'pixels'),
  height: number('i32le', 'pixels'),
});

/** An answer that came damaged, or not at all, is asked for once more. */
const tries = 2;

/** Throws ScsiProtocolError, UsbError, CommandFailed, or the signal's reason; RecorderError only from the functions below. */
async function runOrSense(
  transport: BulkOnlyTransport,
  command: ScsiCommand,
  what: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { status, data } = await transport.run(command, signal);
  if (status === 'passed') return data;
  throw new CommandFailed(what, await readSense(transport, signal));
}

async function readSense(transport: BulkOnlyTransport, signal: AbortSignal): Promise<Sense | null> {
  const { status, data } = await transport.run(
    { command: requestSenseCommand(), takeBytes: senseData.sizeBytes },
    signal,
  );
  return status === 'passed' ? decodeSense(data) : null;
}

/** Who the device is, by INQUIRY. Throws RecorderError. */
export async function inquire(transport: BulkOnlyTransport, signal: AbortSignal): Promise<Inquiry> {
  const command = { command: inquiryCommand(), takeBytes: inquiryData.sizeBytes };
  const what = 'say what it is';
  return repeated(what, async () => decodeInquiry(await runOrSense(transport, command, what, signal)));
}

/** True while the device answers, ready or not. Throws RecorderError, or the signal's reason. */
export async function testUnitReady(transport: BulkOnlyTransport, signal: AbortSignal): Promise<boolean> {
  try {
    return (await transport.run({ command: testUnitReadyCommand() }, signal)).status === 'passed';
  } catch (error) {
    throw scsiFault(error, 'answer');
  }
}

async function repeated<Answer>(what: string, work: () => Promise<Answer>): Promise<Answer> {
  for (let left = tries; ; left--) {
    try {
      return await work();
    } catch (error) {
      const isWorthIt =
        error instanceof ScsiProtocolError || (error instanceof UsbError && error.code !== 'GONE');
      if (left === 1 || !isWorthIt) throw scsiFault(error, what);
    }
  }
}

/** Every function throws RecorderError RECORDER_GONE, RECORDER_SILENT, PROTOCOL_VIOLATION. */
export class VendorSession {
  readonly profile: VendorProfile;
  readonly #transport: BulkOnlyTransport;

  constructor(transport: BulkOnlyTransport, profile: VendorProfile) {
    this.#transport = transport;
    this.profile = profile;
  }

  /** Begins; returns how that ended. */
  async connect(signal: AbortSignal): Promise<number> {
    return repeated('connect', async () => {
      await this.#give('connect', new Uint8Array(0), signal);
      return this.#readLastStatus(signal);
    });
  }

  readModelCode(signal: AbortSignal): Promise<Uint8Array> {
    return repeated('say its model', () => this.#take('readModelCode', signal));
  }

  readIdentity(signal: AbortSignal): Promise<IdentityBlock> {
    return repeated('say who it is', async () =>
      identityBlock.decode(await this.#take('readIdentity', signal)),
    );
  }

  /** Not repeated: whether the recorder took it is seen by reading it back. */
  async writeIdentity(block: IdentityBlock, signal: AbortSignal): Promise<void> {
    await this.#once('take an identity', () =>
      this.#give('writeIdentity', identityBlock.encode(block), signal),
    );
  }

  /** Gives the time once; returns how that ended. */
  setTime(time: Uint8Array, signal: AbortSignal): Promise<number> {
    return this.#once('take the time', async () => {
      await this.#give('setTime', time, signal);
      return this.#readLastStatus(signal);
    });
  }

  /** Sends the password; the recorder may be gone right after. What is sent stands in no error. */
  async enterStorage(password: Uint8Array, signal: AbortSignal): Promise<void> {
    await this.#once('change to a disk', () => this.#give('enterStorage', password, signal));
  }

  readResolution(signal: AbortSignal): Promise<{ width: number; height: number }> {
    return repeated('say its resolution', async () =>
      resolutionAnswer.decode(await this.#take('readResolution', signal)),
    );
  }

  readBattery(signal: AbortSignal): Promise<number> {
    return repeated('say its battery', () => this.#takeValue('readBattery', signal));
  }

  hasCard(signal: AbortSignal): Promise<boolean> {
    return repeated(
      'say whether it has a card',
      async () => (await this.#takeValue('readCardState', signal)) !== 0,
    );
  }

  readLastStatus(signal: AbortSignal): Promise<number> {
    return repeated('say how it went', () => this.#readLastStatus(signal));
  }

  /** Whether a last status is the named one. */
  is(status: number, name: VendorResultName): boolean {
    return this.profile.results[name].value === status;
  }

  /** What a last status means, for messages. */
  meaningOf(status: number): string {
    const found = Object.values(this.profile.results).find(({ value }) => value === status);
    return `${found?.doc ?? 'no known status'} (${status})`;
  }

  #readLastStatus(signal: AbortSignal): Promise<number> {
    return this.#takeValue('readLastStatus', signal);
  }

  async #takeValue(name: VendorFunctionName, signal: AbortSignal): Promise<number> {
    return valueAnswer.decode(await this.#take(name, signal)).value;
  }

  async #take(name: VendorFunctionName, signal: AbortSignal): Promise<Uint8Array> {
    const row = this.profile.functions[name];
    const takeBytes = row.dataBytes === 'variable' ? 0 : row.dataBytes;
    const command = vendorCommand(this.profile, row, takeBytes);
    const data = await runOrSense(this.#transport, { command, takeBytes }, name, signal);
    if (data.length !== takeBytes) {
      throw new ScsiProtocolError('DATA_LENGTH', `${name} brought ${data.length} of ${takeBytes} bytes`);
    }
    return data;
  }

  async #give(name: VendorFunctionName, give: Uint8Array, signal: AbortSignal): Promise<void> {
    const command = vendorCommand(this.profile, this.profile.functions[name], give.length);
    await runOrSense(this.#transport, { command, give }, name, signal);
  }

  async #once<Answer>(what: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      throw scsiFault(error, what);
    }
  }
}
