/** A picture's bytes at most; one NAL unit may take them all. */
export const maxPictureBytes = 8 * 1024 * 1024;
const maxFragments = 32_768;

/** The fragments of one NAL unit, which are put together once, at the end: the one copy that is made of them. */
export class NalFragments {
  #parts: Buffer[] = [];
  #sizeBytes = 0;

  get isOpen(): boolean {
    return this.#parts.length > 0;
  }

  begin(header: Buffer, body: Buffer): void {
    this.#parts = [header, body];
    this.#sizeBytes = header.length + body.length;
  }

  /** False where the NAL unit is past all measure; it is closed then, and its beginning dropped. */
  add(body: Buffer): boolean {
    this.#sizeBytes += body.length;
    if (this.#sizeBytes > maxPictureBytes || this.#parts.length >= maxFragments) {
      this.#parts = [];
      return false;
    }
    this.#parts.push(body);
    return true;
  }

  /** The NAL unit as far as it came. */
  close(): Buffer {
    const nal = Buffer.concat(this.#parts, this.#sizeBytes);
    this.#parts = [];
    return nal;
  }
}
