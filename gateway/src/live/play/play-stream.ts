import type {
  AccessUnit,
  LiveCodec,
  LiveDescription,
  LiveTrack,
  SenderReport,
} from '@docket/device-protocol/live';
import type { PlayEnd, PlayHello } from '../../contract/index.ts';
import type { UnitSink } from '../live-stream.ts';
import { LatestGroup } from '../stream-hub/latest-group.ts';
import { MediaTimeline } from './media-timeline.ts';
import type { MediaMessage } from './play-message.ts';
import type { PlayViewer } from './play-viewer.ts';
import { TrackWriter } from './track-writer.ts';

/** What viewers are shown: a stream as it comes in, or a transcoding of it. */
export interface UnitSource {
  readonly recorderId: string;
  readonly sessionId: string;
  readonly description: LiveDescription;
  latestGroup(): readonly AccessUnit[];
  latestSenderReports(): ReadonlyMap<LiveTrack, SenderReport>;
  watchUnits(sink: UnitSink): () => void;
}

interface Writer {
  track: LiveTrack;
  timeline: MediaTimeline;
  writer: TrackWriter;
}

const numberOf = { video: 0, audio: 1 };
/** Tracks of one stream do not lie further apart than this, whatever their reports say. */
const oddMs = 5_000;

/** One stream for its viewers. Each picture is put into a fragment once, whoever watches. */
export class PlayStream implements UnitSink {
  readonly #source: UnitSource;
  readonly #transcodedFrom: string | null;
  readonly #onEnd: () => void;
  readonly #viewers = new Set<PlayViewer>();
  readonly #group = new LatestGroup<MediaMessage>();
  #leave: () => void = () => {};
  #writers: readonly Writer[] = [];
  #first: AccessUnit | null = null;
  #hasEnded = false;

  /** Calls `onEnd` once the source ends. */
  constructor(source: UnitSource, transcodedFrom: string | null, onEnd: () => void) {
    this.#source = source;
    this.#transcodedFrom = transcodedFrom;
    this.#onEnd = onEnd;
    this.#begin(source.description);
    for (const unit of source.latestGroup()) this.unit(unit);
    this.#leave = source.watchUnits(this);
    if (this.#hasEnded) this.#leave();
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  add(viewer: PlayViewer): void {
    this.#viewers.add(viewer);
    if (this.#isReady()) this.#welcome(viewer);
  }

  remove(viewer: PlayViewer): void {
    this.#viewers.delete(viewer);
  }

  /** Says why to all who watch, and lets go of the source. */
  end(reason: PlayEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#leave();
    for (const viewer of this.#viewers) viewer.end(reason);
    this.#viewers.clear();
    this.#group.close();
    this.#onEnd();
  }

  unit(unit: AccessUnit): void {
    const own = this.#writers.find(({ track }) => track.index === unit.track.index);
    // Of a picture with pieces missing, and of what refers to it, decoders make what they can; of the pieces, errors.
    if (own === undefined || !unit.isWhole) return;
    const { timeline, writer } = own;
    if (!timeline.hasBegun) timeline.begin(unit.mediaTicks, unit.arrival.atMs, this.#beginsAtMs(unit));
    if (writer.isNewFormat(unit)) this.#beginAnew(own);
    const message = writer.write(unit, timeline.place(unit.mediaTicks, unit.arrival.atMs));
    if (message === null) return;
    this.#keep(message, unit);
    for (const viewer of this.#viewers) viewer.take(message);
  }

  changed(description: LiveDescription | null): void {
    // Whether a viewer can show it is asked by its codec: in another one, viewers come again.
    if (description === null || codecOf(description) !== this.#writers[0]?.track.codec)
      this.end('stream-ended');
    else this.#begin(description);
  }

  #begin({ tracks }: LiveDescription): void {
    this.#group.close();
    const chosen = (['video', 'audio'] as const).flatMap(
      (kind) => tracks.find((one) => one.kind === kind) ?? [],
    );
    this.#first = null;
    this.#writers = chosen.map((track) => {
      const timeline = new MediaTimeline(track.clockRateHz);
      return { track, timeline, writer: new TrackWriter(numberOf[track.kind], track, timeline) };
    });
  }

  /**
   * Where a track begins on the time line that the first unit of all began: by the sender reports of both tracks, or by their
   * arrival where one has none or they tell something odd.
   */
  #beginsAtMs(unit: AccessUnit): number {
    this.#first ??= unit;
    const byArrivalMs = unit.arrival.atMs - this.#first.arrival.atMs;
    const [capturedMs, firstCapturedMs] = [this.#capturedMs(unit), this.#capturedMs(this.#first)];
    if (capturedMs === null || firstCapturedMs === null) return byArrivalMs;
    const byReportsMs = capturedMs - firstCapturedMs;
    return Math.abs(byReportsMs - byArrivalMs) < oddMs ? byReportsMs : byArrivalMs;
  }

  /** By the sender's own wall clock; `null` where it has told nothing yet. */
  #capturedMs({ track, rtpTimestamp }: AccessUnit): number | null {
    const report = this.#source.latestSenderReports().get(track);
    if (report === undefined) return null;
    // RTP time stamps are 32 bits that run around.
    const ticks = (rtpTimestamp - report.rtpTimestamp) | 0;
    return report.ntpMs + (ticks / track.clockRateHz) * 1_000;
  }

  #keep(message: MediaMessage, { arrival, track }: AccessUnit): void {
    const size = message.bytes.length;
    if (track.kind === 'video' && message.isKeyFrame) this.#group.begin(message, size, arrival.atMs);
    else this.#group.add(message, size, arrival.atMs);
  }

  /** Pictures can be shown once their format is known. */
  #isReady(): boolean {
    return this.#writers[0]?.track.kind === 'video' && this.#writers[0].writer.mimeType !== null;
  }

  /** A decoder of this track must begin anew: with the next key frame, or with the group where it is for its sound only. */
  #beginAnew({ track }: Writer): void {
    if (track.kind === 'video') this.#group.close();
    if (!this.#isReady()) return;
    for (const viewer of this.#viewers) {
      if (track.kind === 'video' || soundFor(viewer, track) === 'sent') this.#welcome(viewer);
    }
  }

  #welcome(viewer: PlayViewer): void {
    this.#greet(viewer);
    for (const message of this.#group.items()) viewer.take(message);
  }

  #greet(viewer: PlayViewer): void {
    const { recorderId, sessionId } = this.#source;
    const sound = this.#writers.find(({ track }) => track.kind === 'audio');
    const sent = this.#writers.filter(
      ({ track }) => track.kind === 'video' || soundFor(viewer, track) === 'sent',
    );
    const ready = sent.filter(({ writer }) => writer.mimeType !== null);
    const hello: PlayHello = {
      type: 'hello',
      recorderId,
      sessionId,
      tracks: ready.map(({ track, writer }) => ({
        track: writer.number,
        kind: track.kind,
        mimeType: writer.mimeType ?? '',
      })),
      transcodedFrom: this.#transcodedFrom,
      sound: sound === undefined ? 'none' : soundFor(viewer, sound.track),
    };
    viewer.begin(
      hello,
      ready.flatMap(({ writer }) => writer.initialisation() ?? []),
    );
  }
}

function codecOf({ tracks }: LiveDescription): LiveCodec | undefined {
  return (tracks.find(({ kind }) => kind === 'video') ?? tracks[0])?.codec;
}

function soundFor(viewer: PlayViewer, track: LiveTrack): PlayHello['sound'] {
  if (track.codec !== 'aac' && !viewer.canPlayFlac) return 'unplayable';
  return viewer.wantsSound ? 'sent' : 'offered';
}
