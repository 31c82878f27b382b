import {
  type AccessUnit,
  type Arrival,
  type LiveDescription,
  type LiveTrack,
  type SenderReport,
  StreamAssembler,
  type TrackFormat,
} from '@docket/device-protocol/live';
import { v7 as uuidv7 } from 'uuid';
import { errnoOf } from '../errors.ts';
import { isSameFormat, untoldFormat } from './fragmented-mp4/track-format.ts';
import {
  closeGap,
  endSession,
  insertGap,
  insertReports,
  type KeptReport,
  type NewGap,
  type SegmentStart,
} from './live-index.ts';
import { LiveJournal } from './live-journal.ts';
import type { LiveEndCause, LiveGapCause, LiveRecording } from './live-recording.ts';
import { type Following, MediaLine } from './media-line.ts';
import { OpenSegment, type RecordedSession, type SegmentServices } from './open-segment.ts';
import { type LiveMp4Track, SegmentMedia } from './segment-media.ts';

export interface RecordingSettings {
  segmentSeconds: number;
  assumedDelayMs: number;
}

/** Waited for a key frame, so that a segment can be decoded from its first picture. */
const keyFrameWaitMs = 5000;
/** A store that cannot take footage is asked again after this, and then ever less often. */
const firstRetryMs = 1000;
const longestRetryMs = 30_000;
/** With less room than this a segment is not worth beginning. */
const roomToBeginBytes = 4 * 1024 * 1024;
/** Not yet durable, for all the segments of a session: more than this waits for no disk. */
const mostWaitingBytes = 32 * 1024 * 1024;
/** A sender that reports more often is heard once in this time for each track. */
const reportEveryMs = 500;
const mostWaitingReports = 64;
/** A recorder’s clock that moved less than this did not jump. */
const clockJumpMs = 500;
/** Losses closer together than this are one gap. */
const oneLossMs = 1000;
/** When a session ends, the index is given this long to take what it has not taken yet. */
const closingMs = 10_000;

/**
 * The recording of one session. Units are taken as they come and put into parts; everything that touches disk or index
 * happens behind, in order, and never keeps the stream waiting.
 */
export class SessionRecording implements LiveRecording {
  readonly sessionId: string;
  readonly recorderId: string;
  readonly #session: RecordedSession;
  readonly #services: SegmentServices;
  readonly #settings: RecordingSettings;
  readonly #journal: LiveJournal;
  readonly #sealing = new Set<OpenSegment>();
  readonly #lastReportMs = new Map<number, number>();
  #description: LiveDescription;
  #formats: Map<number, TrackFormat>;
  #line: MediaLine;
  #lineNumber = 1;
  #sequence = 0;
  #segment: OpenSegment | null = null;
  #previous: Promise<string | null> = Promise.resolve(null);
  #openGap: NewGap | null = null;
  #loss: (NewGap & { toMs: number; units: number }) | null = null;
  #waitingReports: KeptReport[] = [];
  #isCutWanted = false;
  #waitingSinceMs: number | null = null;
  #isStoreBlocked = false;
  #isAskingStore = false;
  #retryAtMs = 0;
  #retryMs = firstRetryMs;
  #lastUnitMs: number | null = null;
  #lastPartMs: number | null = null;
  /** When the newest that is durable arrived. */
  #durableMs: number | null = null;
  #failure: Error | null = null;
  #ended: Promise<void> | null = null;
  readonly #letGoOfRoom: () => void;

  constructor(
    services: SegmentServices,
    settings: RecordingSettings,
    session: RecordedSession,
    description: LiveDescription,
  ) {
    this.#services = services;
    this.#letGoOfRoom = services.room.keepForLive();
    this.#settings = settings;
    this.#session = session;
    this.sessionId = session.sessionId;
    this.recorderId = session.recorderId;
    this.#description = description;
    this.#formats = toldFormats(description);
    this.#line = new MediaLine(settings.assumedDelayMs);
    this.#journal = new LiveJournal(services.database, (error) => this.#failed(error));
  }

  get lastPartMs(): number | null {
    return this.#lastPartMs;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  take(unit: AccessUnit): void {
    if (this.#ended !== null) return;
    try {
      this.#take(unit);
    } catch (error) {
      // A fault of ours must not end the stream for those who watch it; the footage begins anew.
      this.#storeFailed(error);
    }
  }

  senderReport(track: LiveTrack, report: SenderReport, arrival: Arrival): void {
    if (this.#ended !== null) return;
    const lastMs = this.#lastReportMs.get(track.index) ?? Number.NEGATIVE_INFINITY;
    if (arrival.atMs - lastMs < reportEveryMs) return;
    this.#lastReportMs.set(track.index, arrival.atMs);
    const movedMs = this.#line.takeReport(track, report, arrival) ?? 0;
    if (Math.abs(movedMs) > clockJumpMs) {
      const detail = `the recorder's clock was moved by ${Math.round(movedMs)} ms against its media time`;
      this.#noteGap({ cause: 'clock-jump', fromMs: arrival.atMs, toMs: arrival.atMs, detail });
    }
    if (this.#waitingReports.length >= mostWaitingReports) return;
    this.#waitingReports.push({
      track: track.index,
      arrivedMs: arrival.atMs,
      sentNotBeforeMs: arrival.sentNotBeforeMs,
      report,
    });
  }

  interrupt(cause: LiveGapCause, detail: string): void {
    if (this.#ended !== null) return;
    this.#closeSegment();
    this.#beginGap(cause, detail, this.#lastUnitMs ?? this.#services.now());
    this.#newLine();
  }

  resume(description: LiveDescription): void {
    if (this.#ended !== null) return;
    this.#closeSegment();
    this.#description = description;
    this.#formats = toldFormats(description);
    this.#newLine();
  }

  cut(): void {
    this.#isCutWanted = true;
    this.#waitingSinceMs = null;
  }

  end(cause: LiveEndCause): Promise<void> {
    this.#ended ??= this.#end(cause).finally(this.#letGoOfRoom);
    return this.#ended;
  }

  #take(unit: AccessUnit): void {
    const following = this.#follow(unit);
    const atMs = unit.arrival.atMs;
    if (unit.format !== null) this.#formats.set(unit.track.index, unit.format);
    this.#noteLosses(unit, following);
    this.#lastUnitMs = atMs;
    if (this.#segment !== null && this.#segment.file.failure !== null) {
      this.#storeFailed(this.#segment.file.failure);
    }
    if (this.#isStoreBlocked) {
      this.#tryStoreAgain(atMs);
      return;
    }
    if (this.#segment !== null && this.#isOver(this.#segment, unit)) {
      const waitingSinceMs = this.#waitingSinceMs;
      this.#closeSegment();
      // What waited long enough for a key frame to end does not wait again to begin.
      this.#waitingSinceMs = waitingSinceMs;
    }
    if (this.#segment === null && !this.#canBegin(unit)) return;
    const segment = this.#segment ?? this.#begin(unit);
    this.#append(segment, segment.media.add(unit, following.kind === 'hole'));
    segment.noteArrival(unit, this.#line.msOf(unit.track.index, unit.mediaTicks));
  }

  /** Puts the unit on the media time; where that took a turn, what comes stands in a segment of its own. */
  #follow(unit: AccessUnit): Following {
    const following = this.#line.follow(unit);
    if (following.kind !== 'turned') return following;
    const fromMs = this.#lastUnitMs ?? unit.arrival.atMs;
    this.#closeSegment();
    this.#noteGap({
      cause: 'timestamp-reset',
      fromMs,
      toMs: unit.arrival.atMs,
      detail: `${unit.track.kind} track ${unit.track.index}: ${following.detail}`,
    });
    this.#newLine();
    return this.#line.follow(unit);
  }

  /** True where the segment must end before this unit. */
  #isOver(segment: OpenSegment, unit: AccessUnit): boolean {
    const atMs = unit.arrival.atMs;
    const told = segment.media.formatOf(unit.track.index);
    if (told === undefined || (unit.format !== null && !isSameFormat(unit.format, told))) {
      const detail = `${unit.track.kind} track ${unit.track.index} goes on in another format`;
      this.#noteGap({ cause: 'format-changed', fromMs: this.#lastUnitMs ?? atMs, toMs: atMs, detail });
      return true;
    }
    const isDue =
      this.#isCutWanted || atMs - segment.start.firstArrivedMs >= this.#settings.segmentSeconds * 1000;
    if (!isDue) return false;
    this.#waitingSinceMs ??= atMs;
    return this.#isGoodBeginning(unit) || atMs - this.#waitingSinceMs >= keyFrameWaitMs;
  }

  /** Without a segment, what cannot be decoded is not waited for longer than a moment. */
  #canBegin(unit: AccessUnit): boolean {
    this.#waitingSinceMs ??= unit.arrival.atMs;
    const isEnough = unit.arrival.atMs - this.#waitingSinceMs >= keyFrameWaitMs;
    if (this.#isGoodBeginning(unit) || isEnough) return true;
    if (this.#openGap === null && this.#sequence > 0) {
      this.#beginGap('packets-lost', 'pictures before the next key frame', unit.arrival.atMs);
    }
    return false;
  }

  get #hasPictures(): boolean {
    return this.#description.tracks.some(({ kind }) => kind === 'video');
  }

  #isGoodBeginning(unit: AccessUnit): boolean {
    return this.#hasPictures ? unit.track.kind === 'video' && unit.isKeyFrame && unit.format !== null : true;
  }

  #begin(unit: AccessUnit): OpenSegment {
    const reference = this.#referenceIndex();
    this.#line.alignTo(reference);
    const unitMs = this.#line.msOf(unit.track.index, unit.mediaTicks);
    // Sound of before its picture may still be on its way; the file begins with whichever is first.
    const originMs = Math.max(unitMs - 1000, Math.min(unitMs, this.#line.earliestNextMs()));
    const tracks = this.#mp4Tracks();
    const media = new SegmentMedia(this.#line, originMs, tracks);
    this.#sequence += 1;
    const start: SegmentStart = {
      sequence: this.#sequence,
      line: this.#lineNumber,
      originMs,
      isBegunWithoutKeyFrame: !this.#isGoodBeginning(unit),
      firstArrivedMs: unit.arrival.atMs,
      tracks: [...tracks].map(
        ([
          index,
          {
            id,
            ticksPerSecond,
            format: { codec },
          },
        ]) => ({
          index,
          id,
          codec,
          clockRateHz: ticksPerSecond,
        }),
      ),
      anchor: {
        track: unit.track.index,
        rtpTimestamp: unit.rtpTimestamp,
        fileTicks: unit.mediaTicks - media.originTicksOf(unit),
      },
    };
    const segment = new OpenSegment(
      this.#services,
      this.#session,
      { start, referenceIndex: reference, kind: this.#hasPictures ? 'video' : 'audio' },
      media,
      (part) => this.#partDurable(start, part.arrivedMs),
    );
    this.#segment = segment;
    this.#isCutWanted = false;
    this.#waitingSinceMs = null;
    this.#endGap(unit.arrival.atMs);
    this.#append(segment, [{ bytes: segment.media.beginning, arrivedMs: unit.arrival.atMs }]);
    return segment;
  }

  #mp4Tracks(): Map<number, LiveMp4Track> {
    return new Map(
      this.#description.tracks.map((track, position) => [
        track.index,
        {
          id: position + 1,
          ticksPerSecond: track.clockRateHz,
          format: this.#formats.get(track.index) ?? untoldFormat(track),
        },
      ]),
    );
  }

  #append(segment: OpenSegment, parts: readonly { bytes: Buffer; arrivedMs: number }[]): void {
    for (const part of parts) segment.file.append(part);
    if (parts.length === 0) return;
    this.#keepReports();
    this.#keepLoss(false);
    let waitingBytes = segment.file.waitingBytes;
    for (const { file } of this.#sealing) waitingBytes += file.waitingBytes;
    if (waitingBytes > mostWaitingBytes) {
      this.#storeFailed(new Error(`${waitingBytes} bytes wait for the store; it is too slow for the stream`));
    }
  }

  #closeSegment(): void {
    const segment = this.#segment;
    if (segment === null) return;
    this.#segment = null;
    this.#waitingSinceMs = null;
    for (const part of segment.media.flush()) segment.file.append(part);
    this.#keepReports();
    this.#keepLoss(true);
    this.#sealing.add(segment);
    const reports = this.#line.reports.flatMap(({ trackIndex, report }) =>
      trackIndex === segment.referenceTrackIndex ? [report] : [],
    );
    const sealed = segment.seal({
      previous: this.#previous,
      reports,
      assumedDelayMs: this.#settings.assumedDelayMs,
      onFailure: (error) => this.#failed(error),
    });
    this.#previous = sealed.sha256;
    void sealed.done.finally(() => this.#sealing.delete(segment));
  }

  #partDurable(segment: SegmentStart, arrivedMs: number): void {
    this.#lastPartMs = this.#services.now();
    this.#durableMs = arrivedMs;
    // A late part of footage that was closed because the store failed does not say that the store takes footage again.
    if (this.#segment?.start !== segment) return;
    this.#failure = null;
    this.#retryMs = firstRetryMs;
  }

  /** The store cannot take footage: what it took stands, a gap is told, and it is tried again. */
  #storeFailed(error: unknown): void {
    this.#failed(error);
    const atMs = this.#lastUnitMs ?? this.#services.now();
    this.#isStoreBlocked = true;
    this.#retryAtMs = atMs + this.#retryMs;
    this.#retryMs = Math.min(2 * this.#retryMs, longestRetryMs);
    const detail = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
    this.#closeSegment();
    this.#beginGap('store-failed', detail, Math.min(this.#durableMs ?? atMs, atMs));
  }

  /** Asks for room before anything is begun: a full store is not filled with beginnings. */
  #tryStoreAgain(atMs: number): void {
    if (atMs < this.#retryAtMs || this.#isAskingStore) return;
    this.#isAskingStore = true;
    this.#services.room
      .assertRoomForLive(roomToBeginBytes)
      .then(
        () => {
          this.#isStoreBlocked = false;
          // What comes now has not waited for a key frame yet.
          this.#waitingSinceMs = null;
        },
        () => {
          this.#retryAtMs = atMs + firstRetryMs;
        },
      )
      .finally(() => {
        this.#isAskingStore = false;
      });
  }

  #failed(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
  }

  #newLine(): void {
    this.#line = new MediaLine(this.#settings.assumedDelayMs);
    this.#lineNumber += 1;
    this.#waitingSinceMs = null;
  }

  #referenceIndex(): number {
    const { tracks } = this.#description;
    return (tracks.find(({ kind }) => kind === 'video') ?? tracks[0])?.index ?? 0;
  }

  #noteLosses(unit: AccessUnit, following: Following): void {
    const missingMs = following.kind === 'hole' ? following.missingMs : 0;
    if (missingMs === 0 && unit.isWhole) return;
    const toMs = unit.arrival.atMs;
    const fromMs = Math.min(toMs, Math.max(toMs - missingMs, this.#lastUnitMs ?? toMs - missingMs));
    if (this.#loss !== null && fromMs - this.#loss.toMs <= oneLossMs) {
      this.#loss.toMs = Math.max(this.#loss.toMs, toMs);
      this.#loss.units += 1;
      return;
    }
    this.#keepLoss(true);
    this.#loss = {
      ...this.#gap({ cause: 'packets-lost', fromMs, toMs, detail: '' }),
      toMs,
      units: 1,
    };
  }

  /** Losses are told once no more can belong to them. */
  #keepLoss(isOver: boolean): void {
    const loss = this.#loss;
    if (loss === null || (!isOver && (this.#lastUnitMs ?? 0) - loss.toMs <= oneLossMs)) return;
    this.#loss = null;
    this.#noteGap({ ...loss, detail: `${loss.units} pictures or sounds are missing or damaged` });
  }

  #gap(gap: Pick<NewGap, 'cause' | 'fromMs' | 'toMs' | 'detail'>): NewGap {
    return { gapId: uuidv7(), sessionId: this.sessionId, recorderId: this.recorderId, ...gap };
  }

  #noteGap(gap: Pick<NewGap, 'cause' | 'fromMs' | 'toMs' | 'detail'>): void {
    const noted = this.#gap(gap);
    this.#segment?.noteGap(noted);
    void this.#journal.note((transaction) => insertGap(transaction, this.#services.custody, noted));
  }

  #beginGap(cause: LiveGapCause, detail: string, fromMs: number): void {
    if (this.#openGap !== null) return;
    const gap = this.#gap({ cause, detail, fromMs, toMs: null });
    this.#openGap = gap;
    void this.#journal.note((transaction) => insertGap(transaction, this.#services.custody, gap));
  }

  #endGap(atMs: number): void {
    const gap = this.#openGap;
    if (gap === null) return;
    this.#openGap = null;
    const closed = { ...gap, toMs: Math.max(atMs, gap.fromMs) };
    void this.#journal.note((transaction) => closeGap(transaction, this.#services.custody, closed));
  }

  #keepReports(): void {
    const reports = this.#waitingReports;
    if (reports.length === 0) return;
    this.#waitingReports = [];
    void this.#journal.note((transaction) => insertReports(transaction, this.sessionId, reports));
  }

  async #end(cause: LiveEndCause): Promise<void> {
    this.#closeSegment();
    const endedMs = this.#services.now();
    this.#endGap(endedMs);
    await Promise.all([...this.#sealing].map((segment) => segment.sealedOrGivenUp(closingMs)));
    const { sessionId, recorderId } = this;
    void this.#journal.note((transaction) =>
      endSession(transaction, this.#services.custody, {
        sessionId,
        recorderId,
        cause,
        endedAt: new Date(endedMs).toISOString(),
      }),
    );
    await this.#journal.close(closingMs);
  }
}

/** What the description alone tells a decoder. */
function toldFormats(description: LiveDescription): Map<number, TrackFormat> {
  const assembler = new StreamAssembler(description, { onUnit() {}, onLoss() {}, onReset() {} });
  return new Map(
    description.tracks.flatMap((track) => {
      const format = assembler.format(track);
      return format === null ? [] : [[track.index, format] as const];
    }),
  );
}
