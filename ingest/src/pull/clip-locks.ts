/** One at a time for each clip: two recorders may claim the same serial number and the same file. */
export class ClipLocks {
  readonly #held = new Map<string, Promise<unknown>>();

  /** Runs `work` once nobody else holds the clip. */
  async hold<Result>(clipId: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#held.get(clipId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#held.set(clipId, mine);
    try {
      return await mine;
    } finally {
      if (this.#held.get(clipId) === mine) this.#held.delete(clipId);
    }
  }
}
