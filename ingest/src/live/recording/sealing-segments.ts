import type { ArrivedReport } from '../capture-time.ts';
import type { OpenSegment, Sealing } from './open-segment.ts';

/** Closed segments on their way to `sealed`, each chained to the one before it. */
export class SealingSegments {
  readonly #under = new Set<OpenSegment>();
  readonly #assumedDelayMs: number;
  readonly #told: Pick<Sealing, 'onFailure' | 'onCutShort'>;
  #previous: Promise<string | null> = Promise.resolve(null);

  constructor(assumedDelayMs: number, told: Pick<Sealing, 'onFailure' | 'onCutShort'>) {
    this.#assumedDelayMs = assumedDelayMs;
    this.#told = told;
  }

  /** Of theirs, not yet durable. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { file } of this.#under) bytes += file.waitingBytes;
    return bytes;
  }

  /** `reports`: those of the session’s media time so far. */
  add(
    segment: OpenSegment,
    reports: readonly { readonly trackIndex: number; readonly report: ArrivedReport }[],
  ): void {
    this.#under.add(segment);
    const sealed = segment.seal({
      previous: this.#previous,
      reports: reports.flatMap(({ trackIndex, report }) =>
        trackIndex === segment.referenceTrackIndex ? [report] : [],
      ),
      assumedDelayMs: this.#assumedDelayMs,
      ...this.#told,
    });
    this.#previous = sealed.sha256;
    void sealed.done.finally(() => this.#under.delete(segment));
  }

  /** Resolves once all are sealed, or given up after so long: the next start finishes those. */
  async settle(withinMs: number): Promise<void> {
    await Promise.all([...this.#under].map((segment) => segment.sealedOrGivenUp(withinMs)));
  }
}
