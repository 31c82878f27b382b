import type { FeedEnd, LiveDescription, LiveFeed, LiveWay } from '@docket/device-protocol/live';
import type { LiveEndCause, LiveRecorder, LiveRecording } from '@docket/ingest';
import type { Log } from '../../log.ts';
import type { LiveStream } from '../live-stream.ts';

/** What a recorder is wanted for now. */
export interface Wanted {
  /** The operation it takes part in. */
  operationId: string | null;
  /** It is recorded as long as it can be had, operation or not. */
  isAlways: boolean;
}

export interface RecorderLineOptions {
  recorderId: string;
  recorder: LiveRecorder;
  carry(recorderId: string, sessionId: string, feed: LiveFeed): LiveStream;
  /** How long a session that nothing asks for waits for its stream to come back. */
  resumeMs: number;
  onChange(): void;
  log: Log;
}

/**
 * One recorder's live line: the stream that is connected now, and the session that is recorded of it. What happens to it
 * happens one thing at a time, in order.
 */
export class RecorderLine {
  readonly recorderId: string;
  readonly #options: RecorderLineOptions;
  #wanted: Wanted = { operationId: null, isAlways: false };
  #recording: LiveRecording | null = null;
  #feed: LiveFeed | null = null;
  #stream: LiveStream | null = null;
  #taking = 0;
  #resumeTimer: NodeJS.Timeout | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(options: RecorderLineOptions) {
    this.recorderId = options.recorderId;
    this.#options = options;
  }

  get stream(): LiveStream | null {
    return this.#stream;
  }

  get recording(): LiveRecording | null {
    return this.#recording;
  }

  /** A stream flows, or is just being taken. */
  get isCarrying(): boolean {
    return this.#feed !== null || this.#taking > 0;
  }

  /** Nothing stands here and nothing is wanted. */
  get isIdle(): boolean {
    return this.#recording === null && !this.isCarrying && !isWanted(this.#wanted);
  }

  /** Takes what the recorder is wanted for; a segment belongs to one operation, so another one begins a new segment. */
  want(wanted: Wanted): Promise<void> {
    return this.#next(async () => {
      const before = this.#wanted;
      this.#wanted = wanted;
      if (before.operationId === wanted.operationId && before.isAlways === wanted.isAlways) return;
      if (before.operationId !== wanted.operationId) this.#recording?.cut();
      if (isWanted(wanted)) this.#stopWaiting();
      else if (this.#feed === null) await this.#endSession('operation-closed');
    });
  }

  /** Takes a connected stream and lets it flow into the recording; one that was there gives way. Throws as `LiveRecorder.begin`. */
  async take(feed: LiveFeed): Promise<void> {
    this.#taking += 1;
    try {
      await this.#next(() => this.#take(feed));
    } finally {
      this.#taking -= 1;
    }
  }

  /** Ends stream and session; where a session ends, there is no gap. */
  close(cause: LiveEndCause): Promise<void> {
    return this.#next(async () => {
      await this.#dropFeed();
      await this.#endSession(cause);
    });
  }

  async #take(feed: LiveFeed): Promise<void> {
    const isReplaced = this.#feed !== null;
    await this.#dropFeed();
    this.#stopWaiting();
    const { way, description } = feed;
    if (isReplaced) this.#recording?.interrupt('stream-lost', { kind: 'connected-anew' });
    if (this.#recording === null) this.#recording = await this.#begin(way, feed);
    else this.#recording.resume(description);
    this.#flow(feed, this.#recording);
    this.#options.onChange();
  }

  #begin(way: LiveWay, { description }: LiveFeed): Promise<LiveRecording> {
    return this.#options.recorder.begin({ recorderId: this.recorderId, way, description });
  }

  #flow(feed: LiveFeed, recording: LiveRecording): void {
    const { carry, log } = this.#options;
    const stream = carry(this.recorderId, recording.sessionId, feed);
    const unwatch = [
      stream.watchUnits({
        unit: (unit) => recording.take(unit),
        changed: (description) => {
          if (description !== null) this.#misnamed(recording, description);
        },
      }),
      stream.watchPackets({
        packet: () => {},
        senderReport: (track, report, arrival) => recording.senderReport(track, report, arrival),
        changed: () => {},
      }),
    ];
    this.#feed = feed;
    this.#stream = stream;
    log.info(
      {
        recorderId: this.recorderId,
        sessionId: recording.sessionId,
        way: feed.way,
        transport: feed.transport,
      },
      'live stream begun',
    );
    void feed.ended.then((end) => {
      for (const stop of unwatch) stop();
      this.#later(() => this.#ended(feed, end));
    });
  }

  #misnamed(recording: LiveRecording, description: LiveDescription): void {
    const { log, onChange } = this.#options;
    log.warn(
      { recorderId: this.recorderId, codecs: description.tracks.map(({ codec }) => codec) },
      'the description of a live stream names another codec than comes',
    );
    recording.correct(description);
    onChange();
  }

  async #ended(feed: LiveFeed, end: FeedEnd): Promise<void> {
    const { log, onChange } = this.#options;
    log.info(
      { recorderId: this.recorderId, sessionId: this.#recording?.sessionId, ...end },
      'live stream ended',
    );
    if (this.#feed !== feed) return;
    this.#feed = null;
    this.#stream = null;
    const isAwaited = isWanted(this.#wanted);
    if (!isAwaited && (end.cause === 'goodbye' || end.cause === 'closed')) {
      await this.#endSession('sender-ended');
    } else {
      this.#recording?.interrupt('stream-lost', {
        kind: 'feed-ended',
        how: end.cause,
        words: end.detail,
      });
      if (!isAwaited) this.#waitToResume();
    }
    onChange();
  }

  async #dropFeed(): Promise<void> {
    const feed = this.#feed;
    if (feed === null) return;
    this.#feed = null;
    this.#stream = null;
    await feed.close();
  }

  #waitToResume(): void {
    this.#stopWaiting();
    this.#resumeTimer = setTimeout(() => {
      this.#later(async () => {
        if (this.#feed === null && !isWanted(this.#wanted)) await this.#endSession('not-resumed');
      });
    }, this.#options.resumeMs);
  }

  #stopWaiting(): void {
    if (this.#resumeTimer !== null) clearTimeout(this.#resumeTimer);
    this.#resumeTimer = null;
  }

  async #endSession(cause: LiveEndCause): Promise<void> {
    this.#stopWaiting();
    const recording = this.#recording;
    this.#recording = null;
    if (recording === null) return;
    await recording.end(cause);
    this.#options.onChange();
  }

  /** A step that fails is told to its caller, and does not hold up the next one. */
  #next(step: () => Promise<void>): Promise<void> {
    const done = this.#last.then(step);
    this.#last = done.catch((error: unknown) => {
      this.#options.log.error({ err: error, recorderId: this.recorderId }, 'live line failed');
    });
    return done;
  }

  /** A step that nobody waits for. */
  #later(step: () => Promise<void>): void {
    this.#next(step).catch(() => {});
  }
}

function isWanted({ operationId, isAlways }: Wanted): boolean {
  return operationId !== null || isAlways;
}
