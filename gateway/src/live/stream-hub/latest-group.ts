/** How much of a group of pictures is kept. Beyond any of these nothing is, until the next key frame. */
export interface GroupBounds {
  bytes: number;
  items: number;
  ms: number;
}

export const groupBounds: GroupBounds = { bytes: 4 * 1024 * 1024, items: 8_192, ms: 20_000 };

/** What came since the newest key frame. A group longer than its bounds is of no use to begin with, and is let go. */
export class LatestGroup<Item> {
  readonly #bounds: GroupBounds;
  #items: Item[] = [];
  #bytes = 0;
  #beganMs = 0;
  #isOpen = false;

  constructor(bounds: GroupBounds = groupBounds) {
    this.#bounds = bounds;
  }

  /** What has come of the newest group, as a copy; empty where none has begun or it grew too long. */
  items(): readonly Item[] {
    return this.#items.slice();
  }

  /** The item is the first of a new group. */
  begin(item: Item, sizeBytes: number, atMs: number): void {
    this.#items = [];
    this.#bytes = 0;
    this.#beganMs = atMs;
    this.#isOpen = true;
    this.add(item, sizeBytes, atMs);
  }

  /** The item belongs to the group that has begun; before the first it is not kept. */
  add(item: Item, sizeBytes: number, atMs: number): void {
    if (!this.#isOpen) return;
    const { bytes, items, ms } = this.#bounds;
    this.#bytes += sizeBytes;
    if (this.#bytes > bytes || this.#items.length >= items || Math.abs(atMs - this.#beganMs) > ms)
      this.close();
    else this.#items.push(item);
  }

  /** Nothing is kept until a group begins. */
  close(): void {
    this.#items = [];
    this.#isOpen = false;
  }
}
