import { timestampStep } from './rtp-packet.ts';

/** A step that no pause and no reordering of pictures explains is taken for a clock set anew. */
const maxStepMs = 10_000;

/**
 * Unwraps the 32-bit time stamps of one track into one line of time. Where the sender began anew the line goes on by as
 * much as passed on our clock, so that it never jumps and never stands still.
 */
export class MediaTime {
  readonly #clockRateHz: number;
  #newest: { ticks: number; rtpTimestamp: number; atMs: number } | null = null;
  #isRestart = false;

  constructor(clockRateHz: number) {
    this.#clockRateHz = clockRateHz;
  }

  /** The next time stamp has nothing to do with those before. */
  restart(): void {
    this.#isRestart = true;
  }

  /** Media time of a time stamp, and whether it is a jump that nobody announced. */
  unwrap(rtpTimestamp: number, atMs: number): { mediaTicks: number; isJump: boolean } {
    const before = this.#newest;
    if (before === null) return this.#advance(rtpTimestamp, rtpTimestamp, atMs, false);
    const step = timestampStep(before.rtpTimestamp, rtpTimestamp);
    const passedTicks = Math.max(0, ((atMs - before.atMs) / 1000) * this.#clockRateHz);
    const maxStepTicks = (maxStepMs / 1000) * this.#clockRateHz;
    const isJump = step < -maxStepTicks || step > passedTicks + maxStepTicks;
    if (!isJump && !this.#isRestart) return this.#advance(before.ticks + step, rtpTimestamp, atMs, false);
    const isAnnounced = this.#isRestart;
    return this.#advance(
      before.ticks + Math.max(1, Math.round(passedTicks)),
      rtpTimestamp,
      atMs,
      !isAnnounced,
    );
  }

  #advance(mediaTicks: number, rtpTimestamp: number, atMs: number, isJump: boolean) {
    this.#isRestart = false;
    this.#newest = { ticks: mediaTicks, rtpTimestamp, atMs };
    return { mediaTicks, isJump };
  }
}
