const ticksOfSilence = 5;

/**
 * Tells once that nothing was heard for so long, or up to a quarter longer. While this process itself is held up, and so
 * hears nobody, no more than one of its ticks goes by: that is nobody's silence.
 */
export class SilenceWatch {
  readonly #timer: NodeJS.Timeout;
  #quietTicks = 0;

  constructor(silenceMs: number, onSilence: () => void) {
    this.#timer = setInterval(
      () => {
        this.#quietTicks += 1;
        if (this.#quietTicks < ticksOfSilence) return;
        this.stop();
        onSilence();
      },
      silenceMs / (ticksOfSilence - 1),
    );
  }

  hear(): void {
    this.#quietTicks = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
