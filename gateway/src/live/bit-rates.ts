import type { LiveStream, LiveStreams } from './live-stream.ts';

const windowMs = 5_000;

/** How much each stream brings, over the last seconds. */
export class BitRates {
  readonly #streams: LiveStreams;
  readonly #meters = new Map<LiveStream, Meter>();

  constructor(streams: LiveStreams) {
    this.#streams = streams;
    streams.onChange(() => this.#follow());
  }

  /** In bits a second; `null` without a stream. */
  of(recorderId: string): number | null {
    const stream = this.#streams.get(recorderId);
    return stream === null ? null : (this.#meters.get(stream)?.bitsPerSecond() ?? null);
  }

  #follow(): void {
    const now = new Set(this.#streams.list());
    for (const stream of this.#meters.keys()) if (!now.has(stream)) this.#meters.delete(stream);
    for (const stream of now) if (!this.#meters.has(stream)) this.#meters.set(stream, meter(stream));
  }
}

interface Meter {
  bitsPerSecond(): number;
}

/** Counts in two halves of the window, so that nothing is kept of a packet but its length. */
function meter(stream: LiveStream): Meter {
  const halfMs = windowMs / 2;
  const begunMs = performance.now();
  let [halfBegunMs, bytes, bytesBefore] = [begunMs, 0, 0];
  const turn = () => {
    const pastMs = performance.now() - halfBegunMs;
    if (pastMs < halfMs) return;
    bytesBefore = pastMs < windowMs ? bytes : 0;
    bytes = 0;
    halfBegunMs += Math.floor(pastMs / halfMs) * halfMs;
  };
  stream.watchPackets({
    packet: (_track, packet) => {
      turn();
      bytes += packet.length;
    },
    senderReport: () => {},
    changed: () => {},
  });
  return {
    bitsPerSecond: () => {
      turn();
      const countedMs = Math.min(performance.now() - begunMs, halfMs + performance.now() - halfBegunMs);
      return Math.round(((bytes + bytesBefore) * 8_000) / Math.max(1, countedMs));
    },
  };
}
