/** What a clip is, where lanes and the line are shared out. */
export type Tier = 'important' | 'bulk';

/** Older traffic counts half each time so much has gone. */
const memoryBytes = 268_435_456;

/** How much of a line important clips had while they wanted it, against the share that is kept for them. */
export class LineShare {
  readonly #share: number;
  #bytes: Record<Tier, number> = { important: 0, bulk: 0 };

  /** `share` is between 0 and 1. */
  constructor(share: number) {
    this.#share = share;
  }

  /** Counts what went out while important clips wanted the line. */
  count(tier: Tier, sizeBytes: number): void {
    this.#bytes[tier] += sizeBytes;
    if (this.#bytes.important + this.#bytes.bulk <= memoryBytes) return;
    this.#bytes = { important: this.#bytes.important / 2, bulk: this.#bytes.bulk / 2 };
  }

  /** Nothing important wants the line any more. */
  forget(): void {
    this.#bytes = { important: 0, bulk: 0 };
  }

  /** Whether important clips have had less than is kept for them; true for the first that comes. */
  get isOwed(): boolean {
    const { important, bulk } = this.#bytes;
    if (this.#share <= 0) return false;
    return this.#share >= 1 || important + bulk === 0 || important < this.#share * (important + bulk);
  }
}
