/** Who watches a stream. One that throws is dropped, and the others do not notice. */
export class Sinks<Sink> {
  readonly #sinks = new Set<Sink>();
  readonly #onFailure: (sink: Sink, error: unknown) => void;

  constructor(onFailure: (sink: Sink, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Calls the sink from now on, until the returned function is called. */
  add(sink: Sink): () => void {
    this.#sinks.add(sink);
    return () => this.#sinks.delete(sink);
  }

  each(tell: (sink: Sink) => void): void {
    for (const sink of this.#sinks) {
      try {
        tell(sink);
      } catch (error) {
        this.#sinks.delete(sink);
        this.#onFailure(sink, error);
      }
    }
  }

  clear(): void {
    this.#sinks.clear();
  }
}
