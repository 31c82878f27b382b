/** A recorder in command mode: takes its maker's functions, and refuses to be a disk until it hears the password. */

import { encodeGbk } from '../../scsi/gbk.ts';
import { type IdentityBlock, identityBlock } from '../../scsi/identity-block.ts';
import { operationCodes } from '../../scsi/primary-commands.ts';
import { decodeTime } from '../../scsi/time-block.ts';
import type { VendorFunctionName, VendorProfile, VendorResultName } from '../../scsi/vendor-profile.ts';
import { resolutionAnswer, valueAnswer } from '../../scsi/vendor-session.ts';
import type { SimulatedClock } from '../simulated-clock.ts';
import { standardInquiry } from './disk-unit.ts';
import { done, type Execution, fail, give, type LogicalUnit, senses } from './logical-unit.ts';

export interface CommandUnitOptions {
  profile: VendorProfile;
  inquiry: { vendor: string; product: string; revision: string };
  modelCode: string;
  identity: IdentityBlock;
  /** Where it takes identities but keeps its own. */
  refusesIdentity: boolean;
  refusesTime: boolean;
  password: string;
  batteryPercent: number;
  resolution: { width: number; height: number };
  hasCard: boolean;
  clock: SimulatedClock;
  /** The right password came: the device leaves to come back as a disk. */
  onStorage(): void;
}

const commandNames: Readonly<Record<number, string>> = {
  [operationCodes.testUnitReady]: 'testUnitReady',
  [operationCodes.requestSense]: 'requestSense',
  [operationCodes.inquiry]: 'inquiry',
};

export class CommandUnit implements LogicalUnit {
  readonly #options: CommandUnitOptions;
  #identity: Uint8Array;
  #lastStatus = 0;
  #isLeaving = false;

  constructor(options: CommandUnitOptions) {
    this.#options = options;
    this.#identity = identityBlock.encode(options.identity);
  }

  /** The identity block as the recorder holds it. */
  get identity(): Uint8Array {
    return this.#identity;
  }

  nameOf(command: Uint8Array): string {
    return this.#functionOf(command) ?? commandNames[command[0] ?? 0] ?? 'unknown';
  }

  execute(command: Uint8Array): Execution {
    const name = this.#functionOf(command);
    if (name !== null) return this.#perform(name, command[this.#options.profile.lengthAt] ?? 0);
    switch (command[0]) {
      case operationCodes.inquiry: {
        // A disk without vital product data, as such recorders are.
        const isPlain = ((command[1] ?? 0) & 0x01) === 0;
        return isPlain
          ? give(standardInquiry(this.#options.inquiry).subarray(0, command[4]))
          : fail(senses.invalidField);
      }
      case operationCodes.testUnitReady:
        return fail(senses.notReady);
      default:
        return fail(senses.invalidCommand);
    }
  }

  afterStatus(): void {
    if (!this.#isLeaving) return;
    this.#isLeaving = false;
    this.#options.onStorage();
  }

  #functionOf(command: Uint8Array): VendorFunctionName | null {
    const { profile } = this.#options;
    for (const [name, { opcode, direction }] of Object.entries(profile.functions)) {
      const [first, second] = profile[direction];
      if (command[0] === first && command[1] === second && command[profile.opcodeAt] === opcode) {
        return name as VendorFunctionName;
      }
    }
    return null;
  }

  #perform(name: VendorFunctionName, lengthBytes: number): Execution {
    const { batteryPercent, resolution, hasCard, modelCode } = this.#options;
    switch (name) {
      case 'connect':
        this.#result('connected');
        return done;
      case 'readModelCode':
        return give(Buffer.from(modelCode.slice(0, 6).padEnd(6, '\0'), 'latin1').subarray(0, lengthBytes));
      case 'readIdentity':
        return give(this.#identity.subarray(0, lengthBytes));
      case 'readBattery':
        return give(valueAnswer.encode({ value: batteryPercent }));
      case 'readResolution':
        return give(resolutionAnswer.encode(resolution));
      case 'readCardState':
        return give(valueAnswer.encode({ value: hasCard ? 1 : 0 }));
      case 'readLastStatus':
        return give(valueAnswer.encode({ value: this.#lastStatus }));
      case 'writeIdentity':
        return {
          type: 'take',
          lengthBytes: identityBlock.sizeBytes,
          finish: (data) => this.#writeIdentity(data),
        };
      case 'setTime':
        return { type: 'take', lengthBytes: 8, finish: (data) => this.#setTime(data) };
      case 'enterStorage':
        return { type: 'take', lengthBytes, finish: (data) => this.#enterStorage(data) };
    }
  }

  #writeIdentity(data: Uint8Array): Execution {
    if (!this.#options.refusesIdentity) this.#identity = Uint8Array.from(data);
    return done;
  }

  #setTime(data: Uint8Array): Execution {
    const wallMs = decodeTime(data);
    const { clock, refusesTime } = this.#options;
    const isTaken = wallMs !== null && !refusesTime;
    if (isTaken) clock.set(wallMs - clock.zoneOffsetMs);
    this.#result(isTaken ? 'timeSet' : 'timeNotSet');
    return done;
  }

  #enterStorage(data: Uint8Array): Execution {
    const { password, hasCard } = this.#options;
    if (!Buffer.from(password, 'latin1').equals(data)) this.#result('passwordWrong');
    else if (!hasCard) this.#result('storageRefused');
    else {
      this.#result('storageEntered');
      this.#isLeaving = true;
    }
    return done;
  }

  #result(name: VendorResultName): void {
    this.#lastStatus = this.#options.profile.results[name].value;
  }
}

/** A block from texts; what a field has no room for is cut off, and its NUL with it, as sloppy firmware does. */
export function identityFrom(texts: Partial<Record<keyof IdentityBlock, string>>): IdentityBlock {
  const entries = Object.entries(identityBlock.fields).map(([name, { sizeBytes }]) => {
    const text = texts[name as keyof IdentityBlock] ?? '';
    return [name, (encodeGbk(text) ?? Buffer.from(text, 'utf8')).subarray(0, sizeBytes)];
  });
  return Object.fromEntries(entries) as IdentityBlock;
}
