interface Arrived {
  mediaSeconds: number;
  arrivedAtMs: number;
}

const mostPictures = 600;
const mostDelays = 15;

/** How old pictures are when they are shown, from their arrival at the gateway. */
export class ShownDelay {
  #pictures: Arrived[] = [];
  #delaysMs: number[] = [];

  arrived(picture: Arrived): void {
    this.#pictures.push(picture);
    if (this.#pictures.length > mostPictures) this.#pictures.shift();
  }

  /** The picture of this time of the medium was shown at `atMs` by the gateway's clock. */
  shown(mediaSeconds: number, atMs: number): void {
    // Players round times to microseconds.
    const index = this.#pictures.findLastIndex((one) => one.mediaSeconds <= mediaSeconds + 0.001);
    const picture = this.#pictures[index];
    if (picture === undefined) return;
    this.#pictures = this.#pictures.slice(index);
    this.#delaysMs.push(Math.max(0, atMs - picture.arrivedAtMs));
    if (this.#delaysMs.length > mostDelays) this.#delaysMs.shift();
  }

  /** The median of the last ones; `null` where none was shown. */
  get medianMs(): number | null {
    const sorted = [...this.#delaysMs].sort((left, right) => left - right);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  forget(): void {
    this.#pictures = [];
    this.#delaysMs = [];
  }
}
