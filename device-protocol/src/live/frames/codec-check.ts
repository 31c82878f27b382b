import { codecShownBy } from './payload-codec.ts';

/** So many packets of the other codec, and none of the one that is declared: the description was wrong. */
const otherUntilAdopted = 16;
/** What shows neither in so many packets is taken as declared. */
const mostPackets = 64;

/** Finds out by the first packets of a track of pictures whether they are of the codec that its description names. */
export class CodecCheck {
  readonly #declared: 'h264' | 'h265';
  #packets = 0;
  #others = 0;

  constructor(declared: 'h264' | 'h265') {
    this.#declared = declared;
  }

  /** The codec of the track, once this packet decides it; `null` while it does not. */
  take(payload: Buffer): 'h264' | 'h265' | null {
    this.#packets += 1;
    const shown = codecShownBy(payload);
    if (shown === this.#declared) return shown;
    if (shown !== null) this.#others += 1;
    if (this.#others >= otherUntilAdopted) return shown;
    return this.#packets >= mostPackets ? this.#declared : null;
  }
}
