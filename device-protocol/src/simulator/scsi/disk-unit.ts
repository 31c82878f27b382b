/** A disk behind an image file, as far as Linux, Windows and QEMU ask one (SBC-3, SPC-4). */

import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { inquiryData, operationCodes } from '../../scsi/primary-commands.ts';
import { done, type Execution, fail, give, type LogicalUnit, senses } from './logical-unit.ts';

export interface DiskUnitOptions {
  imagePath: string;
  isReadOnly: boolean;
  vendor: string;
  product: string;
  revision: string;
  serialNumber: string;
}

const blockBytes = 512;
const maxBlocksAtOnce = (16 * 1024 * 1024) / blockBytes;

const commandNames: Readonly<Record<number, string>> = {
  [operationCodes.testUnitReady]: 'testUnitReady',
  [operationCodes.requestSense]: 'requestSense',
  [operationCodes.inquiry]: 'inquiry',
  26: 'modeSense',
  27: 'startStop',
  30: 'preventRemoval',
  35: 'readFormatCapacities',
  37: 'readCapacity',
  40: 'read',
  42: 'write',
  47: 'verify',
  53: 'synchronizeCache',
  90: 'modeSense',
  136: 'read',
  138: 'write',
  145: 'synchronizeCache',
  158: 'readCapacity',
};

export class DiskUnit implements LogicalUnit {
  readonly #options: DiskUnitOptions;
  #file: number | null = null;
  #blocks = 0n;
  #isEjected = false;

  constructor(options: DiskUnitOptions) {
    this.#options = options;
  }

  open(): void {
    const { imagePath, isReadOnly } = this.#options;
    this.#file = openSync(imagePath, isReadOnly ? constants.O_RDONLY : constants.O_RDWR);
    this.#blocks = fstatSync(this.#file, { bigint: true }).size / BigInt(blockBytes);
    this.#isEjected = false;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  nameOf(command: Uint8Array): string {
    return commandNames[command[0] ?? 0] ?? 'unknown';
  }

  execute(command: Uint8Array): Execution {
    const name = this.nameOf(command);
    if (name === 'inquiry') return this.#inquiry(command);
    if (name === 'unknown') return fail(senses.invalidCommand);
    if (this.#file === null || this.#isEjected) return fail(senses.notReady);
    return this.#executeReady(name, fields(command), this.#file);
  }

  #executeReady(name: string, command: DataView, file: number): Execution {
    switch (name) {
      case 'readCapacity':
        return this.#readCapacity(command);
      case 'readFormatCapacities':
        return this.#readFormatCapacities(command);
      case 'read':
        return this.#read(command, file);
      case 'write':
        return this.#write(command, file);
      case 'modeSense':
        return this.#modeSense(command);
      case 'synchronizeCache':
        if (!this.#options.isReadOnly) fsyncSync(file);
        return done;
      case 'startStop':
        // LoEj set and Start clear: the medium is put out.
        this.#isEjected = (command.getUint8(4) & 0x03) === 0x02;
        return done;
      default:
        return done;
    }
  }

  #inquiry(command: Uint8Array): Execution {
    const [, flags = 0, page = 0, high = 0, low = 0] = command;
    const allocated = (high << 8) | low;
    if ((flags & 0x01) === 0)
      return page === 0 ? give(this.#standardInquiry().subarray(0, allocated)) : fail(senses.invalidField);
    const content = this.#productPage(page);
    if (content === null) return fail(senses.invalidField);
    return give(
      Uint8Array.from([0, page, content.length >> 8, content.length & 0xff, ...content]).subarray(
        0,
        allocated,
      ),
    );
  }

  #standardInquiry(): Uint8Array {
    const { vendor, product, revision } = this.#options;
    return standardInquiry({ vendor, product, revision });
  }

  /** Vital product data: which pages there are, serial number, and a name for the unit (SPC-4 §7.8). */
  #productPage(page: number): Uint8Array | null {
    const serial = Buffer.from(this.#options.serialNumber, 'latin1').subarray(0, 200);
    if (page === 0x00) return Uint8Array.of(0x00, 0x80, 0x83);
    if (page === 0x80) return serial;
    if (page !== 0x83) return null;
    const name = Buffer.concat([padded(this.#options.vendor, 8), serial]);
    const asciiByVendor = [0x02, 0x01, 0x00, name.length];
    return Uint8Array.from([...asciiByVendor, ...name]);
  }

  #readCapacity(command: DataView): Execution {
    const last = this.#blocks - 1n;
    if (command.getUint8(0) === 0x25) {
      const data = Buffer.alloc(8);
      data.writeUInt32BE(last > 0xffff_fffen ? 0xffff_ffff : Number(last), 0);
      data.writeUInt32BE(blockBytes, 4);
      return give(data);
    }
    if ((command.getUint8(1) & 0x1f) !== 0x10) return fail(senses.invalidField);
    const data = Buffer.alloc(32);
    data.writeBigUInt64BE(last, 0);
    data.writeUInt32BE(blockBytes, 8);
    return give(data.subarray(0, command.getUint32(10)));
  }

  #readFormatCapacities(command: DataView): Execution {
    const data = Buffer.alloc(12);
    data[3] = 8;
    data.writeUInt32BE(this.#blocks > 0xffff_ffffn ? 0xffff_ffff : Number(this.#blocks), 4);
    data.writeUInt32BE(blockBytes, 8);
    const formatted = 0x02;
    data[8] = formatted;
    return give(data.subarray(0, command.getUint16(7)));
  }

  #read(command: DataView, file: number): Execution {
    const range = this.#rangeOf(command);
    if (range === null) return fail(senses.outOfRange);
    const data = Buffer.alloc(range.blocks * blockBytes);
    const read = readSync(file, data, 0, data.length, range.first * BigInt(blockBytes));
    return read === data.length ? give(data) : fail(senses.unreadable);
  }

  #write(command: DataView, file: number): Execution {
    if (this.#options.isReadOnly) return fail(senses.writeProtected);
    const range = this.#rangeOf(command);
    if (range === null) return fail(senses.outOfRange);
    return {
      type: 'take',
      lengthBytes: range.blocks * blockBytes,
      finish: (data) => {
        writeSync(file, data, 0, data.length, Number(range.first) * blockBytes);
        return done;
      },
    };
  }

  /** `null` where blocks are asked for that the disk does not have, or more than can be moved at once. */
  #rangeOf(command: DataView): { first: bigint; blocks: number } | null {
    const isLong = command.getUint8(0) >= 0x80;
    const first = isLong ? command.getBigUint64(2) : BigInt(command.getUint32(2));
    const blocks = isLong ? command.getUint32(10) : command.getUint16(7);
    return blocks > maxBlocksAtOnce || first + BigInt(blocks) > this.#blocks ? null : { first, blocks };
  }

  /** The header, and the caching page where it is asked for: what was written is on the medium (SBC-3 §6.4.5). */
  #modeSense(command: DataView): Execution {
    const isLong = command.getUint8(0) === 0x5a;
    const page = command.getUint8(2) & 0x3f;
    const caching = page === 0x08 || page === 0x3f ? [0x08, 0x12, ...new Uint8Array(18)] : [];
    const protection = this.#options.isReadOnly ? 0x80 : 0;
    const length = (isLong ? 6 : 3) + caching.length;
    const head = isLong
      ? [length >> 8, length & 0xff, 0, protection, 0, 0, 0, 0]
      : [length, 0, protection, 0];
    const allocated = isLong ? command.getUint16(7) : command.getUint8(4);
    return give(Uint8Array.from([...head, ...caching]).subarray(0, allocated));
  }
}

export function standardInquiry({
  vendor,
  product,
  revision,
}: {
  vendor: string;
  product: string;
  revision: string;
}): Uint8Array {
  return inquiryData.encode({
    device: 0,
    flags: 0x80,
    version: 4,
    format: 2,
    additionalBytes: inquiryData.sizeBytes - 5,
    reserved: new Uint8Array(3),
    vendor: padded(vendor, 8),
    product: padded(product, 16),
    revision: padded(revision, 4),
  });
}

function padded(text: string, lengthBytes: number): Uint8Array {
  return Buffer.from(text.slice(0, lengthBytes).padEnd(lengthBytes), 'latin1');
}

/** Room for the longest command, so that no short one is read past its end. */
function fields(command: Uint8Array): DataView {
  const whole = new Uint8Array(16);
  whole.set(command.subarray(0, 16));
  return new DataView(whole.buffer);
}
