const firstCapacityBytes = 64 * 1024;

/**
 * Puts together what came in several packets. Fragments are copied as they come, so that a sender of tiny ones does not
 * keep large packets alive; the memory is used again for the next.
 */
export class FragmentBuffer {
  readonly #maxBytes: number;
  #bytes: Buffer = Buffer.alloc(0);
  #sizeBytes = 0;
  #isOpen = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  begin(): void {
    this.#sizeBytes = 0;
    this.#isOpen = true;
  }

  /** False where it would grow past its bound; it is closed then, and what came is dropped. */
  add(fragment: Buffer): boolean {
    const sizeBytes = this.#sizeBytes + fragment.length;
    if (sizeBytes > this.#maxBytes) {
      this.#isOpen = false;
      return false;
    }
    if (sizeBytes > this.#bytes.length) this.#grow(sizeBytes);
    fragment.copy(this.#bytes, this.#sizeBytes);
    this.#sizeBytes = sizeBytes;
    return true;
  }

  /** What came, in memory of its own. */
  close(): Buffer {
    this.#isOpen = false;
    return Buffer.from(this.#bytes.subarray(0, this.#sizeBytes));
  }

  #grow(wantedBytes: number): void {
    let capacityBytes = Math.max(firstCapacityBytes, this.#bytes.length);
    while (capacityBytes < wantedBytes) capacityBytes *= 2;
    const bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.#bytes.copy(bytes, 0, 0, this.#sizeBytes);
    this.#bytes = bytes;
  }
}
