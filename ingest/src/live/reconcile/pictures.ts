import { readFile, rename, rm, writeFile } from 'node:fs/promises';

/** Of each picture: when it is shown, in tenths of a millisecond from the start of its file, then its hash. */
const positionBytes = 4;
const hashBytes = 16;
const recordBytes = positionBytes + hashBytes;
const positionsPerMs = 10;
const farthestPosition = 2 ** 31 - 1;

/** More pictures than a day and a half at 30 a second are not compared. */
export const mostPictures = 4_000_000;

/**
 * The coded pictures of one video in the order of its file: of each the moment it is shown and 128 bits of the SHA-256 of
 * its slices alone. What stands beside the slices (delimiters, parameter sets, SEI, framing of the container) differs
 * between a stream and a file of the same encoder and is left out.
 */
export class Pictures {
  readonly #records: Buffer;
  #firstShown: number | null = null;

  private constructor(records: Buffer) {
    this.#records = records;
  }

  static of(pictures: Iterable<CodedPicture>): Pictures {
    const builder = new PicturesBuilder();
    for (const picture of pictures) builder.add(picture);
    return builder.built();
  }

  /** Takes what `write` wrote. Throws where the file is missing; what was cut off is left out. */
  static async read(file: string): Promise<Pictures> {
    const records = await readFile(file);
    return Pictures.from(records.subarray(0, records.length - (records.length % recordBytes)));
  }

  static from(records: Buffer): Pictures {
    return new Pictures(records);
  }

  get length(): number {
    return this.#records.length / recordBytes;
  }

  /** Milliseconds from the first picture that is shown: sound may begin before it. */
  atMs(index: number): number {
    this.#firstShown ??= this.#earliest();
    return (this.#position(index) - this.#firstShown) / positionsPerMs;
  }

  /** A number that different pictures very rarely share: for finding, not for proving. */
  keyOf(index: number): number {
    return this.#records.readUIntBE(index * recordBytes + positionBytes, 6);
  }

  /** True where both pictures are there and coded with the same bytes. */
  isEqual(index: number, other: Pictures, otherIndex: number): boolean {
    if (index < 0 || otherIndex < 0 || index >= this.length || otherIndex >= other.length) return false;
    const [from, otherFrom] = [index * recordBytes + positionBytes, otherIndex * recordBytes + positionBytes];
    const theirs = other.#records;
    return this.#records.compare(theirs, otherFrom, otherFrom + hashBytes, from, from + hashBytes) === 0;
  }

  #position(index: number): number {
    return this.#records.readInt32BE(index * recordBytes);
  }

  #earliest(): number {
    let earliest = farthestPosition;
    for (let index = 0; index < this.length; index += 1) earliest = Math.min(earliest, this.#position(index));
    return earliest;
  }

  /** Writes them to a file that appears whole or not at all. */
  async write(file: string): Promise<void> {
    const partial = `${file}.part`;
    try {
      await writeFile(partial, this.#records, { mode: 0o640 });
      await rename(partial, file);
    } finally {
      await rm(partial, { force: true });
    }
  }
}

export interface CodedPicture {
  /** When it is shown, from the start of its file. */
  atMs: number;
  /** At least 16 bytes; the first 16 are kept. */
  hash: Uint8Array;
}

/** Collects pictures while a file is read. Throws RangeError beyond `mostPictures`. */
export class PicturesBuilder {
  #records = Buffer.alloc(1024 * recordBytes);
  #count = 0;

  add({ atMs, hash }: CodedPicture): void {
    if (this.#count === mostPictures) throw new RangeError(`more than ${mostPictures} pictures`);
    const from = this.#count * recordBytes;
    if (from === this.#records.length) {
      const larger = Buffer.alloc(this.#records.length * 2);
      this.#records.copy(larger);
      this.#records = larger;
    }
    const position = Math.round(atMs * positionsPerMs);
    this.#records.writeInt32BE(Math.max(-farthestPosition, Math.min(farthestPosition, position)), from);
    this.#records.set(hash.subarray(0, hashBytes), from + positionBytes);
    this.#count += 1;
  }

  built(): Pictures {
    return Pictures.from(this.#records.subarray(0, this.#count * recordBytes));
  }
}
