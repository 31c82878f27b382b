import type {
  AccessUnit,
  Arrival,
  LiveDescription,
  LiveTrack,
  SenderReport,
} from '@docket/device-protocol/live';
import { isSameFormat } from '../fragmented-mp4/track-format.ts';
import { correctSessionTracks, endSession, sessionTracks } from '../live-index.ts';
import { type LiveReason, StoreTooSlowError, storeReason } from '../live-reason.ts';
import type { LiveEndCause, LiveGapCause, LiveRecording } from '../live-recording.ts';
import { FailingStore } from './failing-store.ts';
import { LiveJournal } from './live-journal.ts';
import type { Following } from './media-line.ts';
import { OpenSegment, type RecordedSession, type SegmentServices } from './open-segment.ts';
import { planSegment } from './plan-segment.ts';
import { SealingSegments } from './sealing-segments.ts';
import type { MediaPart } from './segment-media.ts';
import { mostSegmentsPerMinute, SegmentTurns } from './segment-turns.ts';
import { SenderClocks } from './sender-clocks.ts';
import { SessionGaps } from './session-gaps.ts';
import { StreamTracks } from './stream-tracks.ts';

export interface RecordingSettings {
  segmentSeconds: number;
  assumedDelayMs: number;
}

/** Not yet durable, for all the segments of a session: more than this waits for no disk. */
const mostWaitingBytes = 32 * 1024 * 1024;
/** Longer than recorders pause between two files: coverage does not pass over it. */
const mostHoleMs = 2000;
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
  readonly #journal: LiveJournal;
  readonly #gaps: SessionGaps;
  readonly #clocks: SenderClocks;
  readonly #turns: SegmentTurns;
  readonly #store: FailingStore;
  readonly #sealing: SealingSegments;
  readonly #letGoOfRoom: () => void;
  #tracks: StreamTracks;
  #sequence = 0;
  #segment: OpenSegment | null = null;
  #lastUnitMs: number | null = null;
  #lastPartMs: number | null = null;
  /** When the newest that is durable arrived. */
  #durableMs: number | null = null;
  #failure: Error | null = null;
  #ended: Promise<void> | null = null;

  constructor(
    services: SegmentServices,
    { segmentSeconds, assumedDelayMs }: RecordingSettings,
    session: RecordedSession,
    description: LiveDescription,
  ) {
    const { database, custody, room, alarms } = services;
    const onFailure = (error: unknown) => this.#failed(error);
    this.sessionId = session.sessionId;
    this.recorderId = session.recorderId;
    this.#session = session;
    this.#services = services;
    this.#journal = new LiveJournal(database, onFailure);
    this.#gaps = new SessionGaps(session, this.#journal, custody, (gap) => this.#segment?.noteGap(gap));
    const told = { journal: this.#journal, gaps: this.#gaps, alarms };
    this.#clocks = new SenderClocks(session, assumedDelayMs, told);
    this.#turns = new SegmentTurns(segmentSeconds * 1000);
    this.#store = new FailingStore(room);
    this.#sealing = new SealingSegments(assumedDelayMs, {
      onFailure,
      onCutShort: (error, fromMs, toMs) => this.#cutShort(error, fromMs, toMs),
    });
    this.#tracks = new StreamTracks(description);
    this.#letGoOfRoom = room.keepForLive();
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
    if (this.#ended === null) this.#clocks.takeReport(track, report, arrival);
  }

  interrupt(cause: LiveGapCause, reason: LiveReason): void {
    if (this.#ended !== null) return;
    this.#closeSegment();
    this.#gaps.begin(cause, reason, this.#lastUnitMs ?? this.#services.now());
    this.#newLine();
  }

  resume(description: LiveDescription): void {
    if (this.#ended !== null) return;
    this.#closeSegment();
    this.#tracks = new StreamTracks(description);
    this.#newLine();
  }

  correct(description: LiveDescription): void {
    if (this.#ended !== null) return;
    const atMs = this.#services.now();
    for (const { track, told } of this.#tracks.misnamed(description)) {
      const { kind: media, index, codec: found } = track;
      const reason: LiveReason = { kind: 'codec-misnamed', media, track: index, told, found };
      this.#gaps.note({ cause: 'format-changed', reason, fromMs: atMs, toMs: atMs });
    }
    const tracks = sessionTracks(description.tracks);
    void this.#journal.note((transaction) => correctSessionTracks(transaction, this.sessionId, tracks));
    this.resume(description);
  }

  cut(): void {
    this.#turns.cut();
  }

  end(cause: LiveEndCause): Promise<void> {
    this.#ended ??= this.#end(cause).finally(this.#letGoOfRoom);
    return this.#ended;
  }

  #take(unit: AccessUnit): void {
    const following = this.#follow(unit);
    const nowMs = unit.arrival.atMs;
    this.#tracks.learn(unit);
    this.#gaps.noteLoss(unit, following, this.#lastUnitMs);
    this.#lastUnitMs = nowMs;
    const failure = this.#segment?.file.failure ?? null;
    if (failure !== null) this.#storeFailed(failure);
    if (this.#store.isBlocked) {
      // What was too much for it is to be written first.
      if (this.#sealing.waitingBytes <= mostWaitingBytes / 2) {
        this.#store.askAgain(nowMs, () => this.#turns.waitAnew());
      }
      return;
    }
    if (this.#isFarFromLast(unit, following)) {
      this.#closeSegment();
      this.#turns.waitNoMore();
    }
    if (this.#segment !== null && this.#isOver(this.#segment, unit)) this.#closeSegment();
    const segment = this.#segment ?? this.#begin(unit);
    if (segment === null) return;
    this.#append(segment, segment.media.add(unit, following.kind === 'hole'));
    segment.noteArrival(unit, this.#clocks.line.msOf(unit.track.index, unit.mediaTicks));
  }

  /** A segment counts as footage from its beginning to its end: what is missing for long must not lie within one. */
  #isFarFromLast({ track }: AccessUnit, following: Following): boolean {
    const isTold = track.index === this.#tracks.referenceIndex && following.kind === 'hole';
    return isTold && following.missingMs > mostHoleMs;
  }

  /** Puts the unit on the media time; where that took a turn, what comes stands in a segment of its own. */
  #follow(unit: AccessUnit): Following {
    const following = this.#clocks.line.follow(unit);
    if (following.kind !== 'turned') return following;
    const { reason } = following;
    const toMs = unit.arrival.atMs;
    this.#closeSegment();
    this.#gaps.turn('timestamp-reset', reason, this.#lastUnitMs ?? toMs, toMs);
    this.#clocks.leapt(reason);
    this.#newLine();
    return this.#clocks.line.follow(unit);
  }

  /** True where the segment must end before this unit. */
  #isOver(segment: OpenSegment, unit: AccessUnit): boolean {
    const nowMs = unit.arrival.atMs;
    const told = segment.media.formatOf(unit.track.index);
    if (told === undefined || (unit.format !== null && !isSameFormat(unit.format, told))) {
      const { kind: media, index: track } = unit.track;
      const reason: LiveReason = { kind: 'format-changed', media, track };
      this.#gaps.turn('format-changed', reason, this.#lastUnitMs ?? nowMs, nowMs);
      return true;
    }
    return this.#turns.isOver(segment.start.firstArrivedMs, nowMs, this.#tracks.isGoodBeginning(unit));
  }

  /** `null` where what cannot be decoded is left out for a moment, until a key frame comes. */
  #begin(unit: AccessUnit): OpenSegment | null {
    const nowMs = unit.arrival.atMs;
    if (this.#turns.isTooOften(nowMs)) {
      const reason: LiveReason = { kind: 'turned-too-often', segments: mostSegmentsPerMinute };
      this.#gaps.begin('format-changed', reason, nowMs);
      return null;
    }
    if (!this.#turns.mayBegin(nowMs, this.#tracks.isGoodBeginning(unit))) {
      if (this.#sequence > 0) this.#gaps.begin('packets-lost', { kind: 'key-frame-awaited' }, nowMs);
      return null;
    }
    this.#sequence += 1;
    const place = { sequence: this.#sequence, line: this.#clocks.lineNumber };
    const plan = planSegment(unit, this.#clocks.line, this.#tracks, place);
    const segment: OpenSegment = new OpenSegment(this.#services, this.#session, plan, (part) =>
      this.#partDurable(segment, part),
    );
    this.#segment = segment;
    this.#turns.begun(nowMs);
    this.#gaps.end(nowMs);
    this.#append(segment, [{ bytes: segment.media.beginning, arrivedMs: nowMs, tracks: [] }]);
    return segment;
  }

  #append(segment: OpenSegment, parts: readonly MediaPart[]): void {
    if (parts.length === 0) return;
    for (const part of parts) segment.file.append(part);
    this.#clocks.keepReports();
    this.#gaps.tellLossBefore(this.#lastUnitMs ?? 0);
    const waitingBytes = segment.file.waitingBytes + this.#sealing.waitingBytes;
    if (waitingBytes > mostWaitingBytes) {
      this.#storeFailed(new StoreTooSlowError(waitingBytes));
    }
  }

  #closeSegment(): void {
    const segment = this.#segment;
    if (segment === null) return;
    for (const part of this.#rest(segment)) segment.file.append(part);
    this.#clocks.keepReports();
    this.#gaps.tellLoss();
    this.#segment = null;
    this.#sealing.add(segment, this.#clocks.line.reports);
  }

  /** What of it was not given to the file yet; nothing where our own fault stands in the way of it. */
  #rest(segment: OpenSegment): readonly MediaPart[] {
    try {
      return segment.media.flush();
    } catch (error) {
      this.#failed(error);
      return [];
    }
  }

  #partDurable(segment: OpenSegment, { arrivedMs }: MediaPart): void {
    this.#lastPartMs = this.#services.now();
    this.#durableMs = arrivedMs;
    // A late part of footage that was closed because the store failed does not say that the store takes footage again.
    if (this.#segment !== segment) return;
    this.#failure = null;
    this.#store.took();
  }

  /** The store cannot take footage: what it took stands, a gap is told, and it is tried again. */
  #storeFailed(error: unknown): void {
    this.#failed(error);
    const nowMs = this.#lastUnitMs ?? this.#services.now();
    this.#store.failed(nowMs);
    this.#closeSegment();
    this.#gaps.begin('store-failed', storeReason(error), Math.min(this.#durableMs ?? nowMs, nowMs));
  }

  /** The store failed behind a segment that was closed already: the footage of after it is not touched by that. */
  #cutShort(error: Error, fromMs: number, toMs: number): void {
    this.#failed(error);
    this.#gaps.missed({ cause: 'store-failed', reason: storeReason(error), fromMs, toMs });
  }

  #failed(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
  }

  #newLine(): void {
    this.#clocks.beginAnew();
    this.#turns.waitAnew();
  }

  async #end(cause: LiveEndCause): Promise<void> {
    this.#closeSegment();
    const endedMs = this.#services.now();
    this.#gaps.end(endedMs);
    await this.#sealing.settle(closingMs);
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
