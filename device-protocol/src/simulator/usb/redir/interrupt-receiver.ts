import type { TransferResult } from '../in-endpoint.ts';

/** Fetches one interrupt packet after the other, as a host controller polls, and passes each on. */
export class InterruptReceiver {
  readonly #fetch: (finish: (result: TransferResult) => void) => () => void;
  readonly #pass: (packet: Uint8Array, number: bigint) => void;
  readonly #ended: (status: TransferResult['status']) => void;
  #cancel: () => void = () => undefined;
  #isStopped = false;
  #packets = 0n;

  constructor(
    fetch: (finish: (result: TransferResult) => void) => () => void,
    pass: (packet: Uint8Array, number: bigint) => void,
    ended: (status: TransferResult['status']) => void,
  ) {
    this.#fetch = fetch;
    this.#pass = pass;
    this.#ended = ended;
    this.#next();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #next(): void {
    if (this.#isStopped) return;
    this.#cancel = this.#fetch(({ status, bytes }) => {
      if (this.#isStopped) return;
      if (status !== 'success') {
        this.#isStopped = true;
        this.#ended(status);
        return;
      }
      this.#pass(bytes, this.#packets++);
      // Not within the call: a device with much to say would fill the stack.
      queueMicrotask(() => this.#next());
    });
  }
}
