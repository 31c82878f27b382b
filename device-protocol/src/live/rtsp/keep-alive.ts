import type { Dialogue } from './dialogue.ts';
import { refusal } from './dialogue.ts';
import { FeedEnded, isLiveError } from './live-error.ts';

export interface KeepAliveOptions {
  url: string;
  sessionId: string;
  /** After which the server forgets the session. */
  timeoutMs: number;
  /** Answers order the stream and so prove when packets were sent; only worth it on the connection that carries them. */
  provesArrival: boolean;
  /** The server named GET_PARAMETER among what it can do. */
  hasGetParameter: boolean;
  onEnd(error: Error): void;
}

const proofEveryMs = 2000;
const leastEveryMs = 200;
const mostEveryMs = 20_000;
const notUnderstood: ReadonlySet<number> = new Set([400, 404, 405, 451, 455, 501, 551]);

/** Keeps a session alive by a request at less than half its time (RFC 2326 §12.37, §A.2): GET_PARAMETER, else OPTIONS. */
export class KeepAlive {
  readonly #dialogue: Dialogue;
  readonly #options: KeepAliveOptions;
  readonly #timer: NodeJS.Timeout;
  /** Without an answer it is asked anew no sooner than the session needs. */
  readonly #dueMs: number;
  #method: 'GET_PARAMETER' | 'OPTIONS';
  #isWaiting = false;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(dialogue: Dialogue, options: KeepAliveOptions) {
    this.#dialogue = dialogue;
    this.#options = options;
    this.#method = options.hasGetParameter ? 'GET_PARAMETER' : 'OPTIONS';
    this.#dueMs = Math.max(leastEveryMs, Math.min(mostEveryMs, options.timeoutMs * 0.4));
    const everyMs = options.provesArrival ? Math.min(proofEveryMs, this.#dueMs) : this.#dueMs;
    this.#timer = setInterval(() => void this.#ask(), everyMs);
    void this.#ask();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    const nowMs = performance.now();
    if (this.#isWaiting && nowMs - this.#askedAtMs < this.#dueMs) return;
    this.#isWaiting = true;
    this.#askedAtMs = nowMs;
    const { url, sessionId, onEnd } = this.#options;
    try {
      const { status } = await this.#dialogue.ask(this.#method, url, [['Session', sessionId]]);
      this.#isWaiting = false;
      if (status === 454) onEnd(new FeedEnded('refused', 'the recorder no longer knows the session'));
      else if (this.#method === 'GET_PARAMETER' && notUnderstood.has(status)) this.#method = 'OPTIONS';
      else if (status === 403) onEnd(refusal(this.#method, status));
    } catch (error) {
      // Recorders that leave such requests unanswered send all the same: whether anything comes is what counts.
      if (isLiveError(error) && error.code === 'timed-out') return;
      this.#isWaiting = false;
      if (error instanceof Error) onEnd(error);
    }
  }
}
