import type { Arrival } from '../../arrival.ts';
import type { LiveFeed, LiveFeedListener, SenderReport } from '../../live-feed.ts';
import type { LiveTrack } from '../../live-track.ts';

export interface RecordedPacket {
  track: LiveTrack;
  packet: Buffer;
  arrival: Arrival;
}

/** Keeps what a feed brings. */
export class RecordedFeed implements LiveFeedListener {
  readonly packets: RecordedPacket[] = [];
  readonly reports: { track: LiveTrack; report: SenderReport; arrival: Arrival }[] = [];
  readonly #feed: LiveFeed;
  #waiting: (() => void)[] = [];
  #hasEnded = false;

  constructor(feed: LiveFeed) {
    this.#feed = feed;
    void feed.ended.then(() => {
      this.#hasEnded = true;
      this.#wake();
    });
    feed.begin(this);
  }

  packet(track: LiveTrack, packet: Buffer, arrival: Arrival): void {
    this.packets.push({ track, packet, arrival });
    this.#wake();
  }

  senderReport(track: LiveTrack, report: SenderReport, arrival: Arrival): void {
    this.reports.push({ track, report, arrival });
    this.#wake();
  }

  /** Resolves once this holds; rejects where the feed ends before. */
  async until(holds: (recorded: this) => boolean): Promise<void> {
    while (!holds(this)) {
      if (this.#hasEnded) {
        const { cause, detail } = await this.#feed.ended;
        throw new Error(`the feed ended before: ${cause}, ${detail}`);
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
