/** When something of a live stream reached this machine. Unix milliseconds by its clock, with fractions. */
export interface Arrival {
  atMs: number;
  /**
   * It was not sent before this moment, proven by the order of one connection: it came after the answer to a request
   * that was sent then. `null` where nothing proves it.
   */
  sentNotBeforeMs: number | null;
}
