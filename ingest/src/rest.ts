/** A pause that can be cut short; one `wake` during work skips the next pause. */
export class Rest {
  #isWoken = false;
  #end: () => void = () => {};

  wake(): void {
    this.#isWoken = true;
    this.#end();
  }

  /** Resolves after `longestMs`, when woken, or when the signal aborts. */
  async until(longestMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isWoken && !signal.aborted && longestMs > 0) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        };
        const timer = setTimeout(end, longestMs);
        this.#end = end;
        signal.addEventListener('abort', end, { once: true });
      });
      this.#end = () => {};
    }
    this.#isWoken = false;
  }
}
