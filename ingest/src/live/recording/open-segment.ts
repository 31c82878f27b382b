import { setTimeout as delay } from 'node:timers/promises';
import type { AccessUnit, LiveWay } from '@docket/device-protocol/live';
import { v7 as uuidv7 } from 'uuid';
import { moveClip } from '../../clip/clip-moves.ts';
import type { JsonValue } from '../../custody/canonical-json.ts';
import type { RoomKeeper } from '../../store/room.ts';
import { mediaFileName } from '../../store/store-layout.ts';
import { type HostClock, unknownHostClock } from '../../time/host-clock/host-clock.ts';
import { HostClockWatch } from '../../time/host-clock/host-clock-watch.ts';
import { type ArrivedReport, captureTime } from '../capture-time.ts';
import type { LiveAlarms } from '../live-alarms.ts';
import { insertSegment, type NewGap, type SegmentStart, toldGap } from '../live-index.ts';
import { ArrivalEvidence } from './arrival-evidence.ts';
import type { SegmentPlan } from './plan-segment.ts';
import { type SealServices, type SegmentToSeal, sealSegment } from './seal-segment.ts';
import { segmentFacts } from './segment-facts.ts';
import { SegmentFile } from './segment-file.ts';
import type { MediaPart, SegmentMedia } from './segment-media.ts';

export interface SegmentServices extends SealServices {
  room: RoomKeeper;
  alarms: Pick<LiveAlarms, 'raise'>;
  hostClock: { read(signal: AbortSignal): Promise<HostClock> };
  /** This machine's clock in Unix milliseconds. */
  now(): number;
  onClip(clipId: string): void;
  onSealed(clipId: string): void;
}

/** Whose stream it is. */
export interface RecordedSession {
  sessionId: string;
  recorderId: string;
  way: LiveWay;
}

/** What sealing needs beside the segment itself. */
export interface Sealing {
  /** The hash of the segment before it. */
  previous: Promise<string | null>;
  reports: readonly ArrivedReport[];
  assumedDelayMs: number;
  onFailure(error: unknown): void;
  /** Called where the file failed only after the segment was closed: nothing stands of what came in between. */
  onCutShort(error: Error, fromMs: number, toMs: number): void;
}

const mostGapsNamed = 200;
const retryMs = 2000;

/** One segment on its way: its media, its file, its place in the index, and the evidence of its time. */
export class OpenSegment {
  readonly clipId = uuidv7();
  readonly media: SegmentMedia;
  readonly file: SegmentFile;
  readonly start: SegmentStart;
  readonly referenceTrackIndex: number;
  readonly #services: SegmentServices;
  readonly #session: RecordedSession;
  readonly #hostWatch = new HostClockWatch();
  readonly #gaps: NewGap[] = [];
  readonly #arrivals: ArrivalEvidence;
  readonly #giveUp = new AbortController();
  #gapCount = 0;
  #isInIndex = false;
  /** What the file holds by the newest part that is durable. */
  #durable: Pick<MediaPart, 'arrivedMs' | 'tracks'> | null = null;
  #done: Promise<void> = Promise.resolve();

  constructor(
    services: SegmentServices,
    session: RecordedSession,
    plan: SegmentPlan,
    onDurable: (part: MediaPart) => void,
  ) {
    this.#services = services;
    this.#session = session;
    this.media = plan.media;
    this.referenceTrackIndex = plan.referenceIndex;
    this.start = plan.start;
    this.#arrivals = new ArrivalEvidence(plan.start.firstArrivedMs);
    const name = segmentName(plan.start.firstArrivedMs, plan.start.sequence);
    const opened = services.database
      .write((transaction) =>
        insertSegment(transaction, services.custody, {
          clipId: this.clipId,
          sessionId: session.sessionId,
          recorderId: session.recorderId,
          name,
          kind: plan.kind,
          start: this.start,
          listedAt: new Date(services.now()).toISOString(),
        }),
      )
      .then(() => {
        this.#isInIndex = true;
        services.onClip(this.clipId);
      });
    this.file = new SegmentFile(
      services,
      { clipId: this.clipId, fileName: mediaFileName(name), opened },
      (part) => {
        // Without its bytes: they are not to be kept for as long.
        this.#durable = { arrivedMs: part.arrivedMs, tracks: part.tracks };
        onDurable(part);
      },
    );
  }

  noteArrival(unit: AccessUnit, lineMs: number): void {
    this.#arrivals.note(unit, lineMs);
  }

  noteGap(gap: NewGap): void {
    this.#gapCount += 1;
    if (this.#gaps.length < mostGapsNamed) this.#gaps.push(gap);
  }

  /**
   * Closes the file and carries the clip to `sealed`, behind the stream's back; tried again until it can be done. `sha256`
   * resolves as soon as what was written is hashed, `done` never rejects.
   */
  seal(sealing: Sealing): { sha256: Promise<string | null>; done: Promise<void> } {
    const closed = this.#close(sealing, this.file.failure !== null);
    const sha256 = closed.then((segment) => segment?.written?.sha256 ?? sealing.previous);
    this.#done = closed.then((segment) => this.#untilDone(() => this.#finish(segment), sealing));
    return { sha256, done: this.#done };
  }

  /** Resolves once it is sealed; where the store cannot, after so long: the next start finishes it then. */
  async sealedOrGivenUp(withinMs: number): Promise<void> {
    const timer = setTimeout(() => this.#giveUp.abort(), withinMs);
    await this.#done;
    clearTimeout(timer);
  }

  /** `null` where nothing of it is durable. `isFailureKnown`: the session was told already why it had to be closed. */
  async #close(
    { previous, reports, assumedDelayMs, onCutShort }: Sealing,
    isFailureKnown: boolean,
  ): Promise<SegmentToSeal | null> {
    const durable = await this.file.finish();
    const { arrivedMs, tracks } = this.#durable ?? { arrivedMs: this.start.firstArrivedMs, tracks: [] };
    const { failure } = this.file;
    if (failure !== null && !isFailureKnown) onCutShort(failure, arrivedMs, this.#arrivals.lastArrivedMs);
    // The beginning of the file alone is no footage.
    if (durable.parts <= 1 || durable.isTakenAway) return null;
    const host = await this.#services.hostClock.read(this.#giveUp.signal).catch(() => null);
    const { sessionId } = this.#session;
    const { sequence } = this.start;
    const track = tracks.find(({ index }) => index === this.referenceTrackIndex) ?? tracks[0];
    const line = { fromMs: track?.first.lineMs ?? 0, toMs: track?.last.endLineMs ?? 0 };
    const own = track?.index === this.referenceTrackIndex ? reports : [];
    const time = captureTime({
      fromMediaMs: line.fromMs,
      toMediaMs: line.toMs,
      units: this.#arrivals.of(track?.index ?? this.referenceTrackIndex, arrivedMs),
      reports: own,
      assumedDelayMs,
      host: host ?? unknownHostClock(new Date()),
      isHostStepped: this.#hostWatch.jumpMs() !== null,
    });
    const { sizeBytes, digests } = durable;
    return {
      clipId: this.clipId,
      written: digests === null ? null : { ...digests, sizeBytes },
      chain: { session: sessionId, sequence, previousSha256: await previous },
      live: this.#facts({ tracks, arrivedMs }, durable.parts - 1, own.length),
      time,
      line,
    };
  }

  async #finish(segment: SegmentToSeal | null): Promise<void> {
    const { database, custody, onSealed, onClip } = this.#services;
    if (segment === null) {
      // The index never heard of it: there is nothing to take back.
      if (!this.#isInIndex) return;
      await database.write((transaction) =>
        moveClip(transaction, custody, {
          clipId: this.clipId,
          to: 'lost',
          details: { session: this.#session.sessionId, reason: 'nothing of it stands' },
        }),
      );
      onClip(this.clipId);
      return;
    }
    await sealSegment(this.#services, segment);
    onSealed(this.clipId);
  }

  async #untilDone(work: () => Promise<void>, { onFailure }: Sealing): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch (error) {
        onFailure(error);
        if (this.#giveUp.signal.aborted) return;
        await delay(retryMs, undefined, { signal: this.#giveUp.signal, ref: false }).catch(() => {});
      }
    }
  }

  #facts(
    { tracks, arrivedMs }: Pick<MediaPart, 'arrivedMs' | 'tracks'>,
    parts: number,
    reports: number,
  ): { readonly [key: string]: JsonValue } {
    const facts = segmentFacts({
      way: this.#session.way,
      start: this.start,
      parts,
      arrivedFromMs: this.start.firstArrivedMs,
      arrivedToMs: arrivedMs,
      tracks: tracks.map((track) => ({
        index: track.index,
        id: track.mp4.id,
        codec: track.mp4.format.codec,
        clockRateHz: track.mp4.ticksPerSecond,
        fromTicks: track.first.ticks - track.originTicks,
        toTicks: track.last.ticks - track.originTicks,
        firstRtpTimestamp: track.first.rtpTimestamp,
        units: track.units,
        damagedUnits: track.damagedUnits,
        outOfOrderUnits: track.outOfOrderUnits,
      })),
      gaps: this.#gaps.map(toldGap),
      gapCount: this.#gapCount,
    });
    return { ...facts, reports };
  }
}

/** `live_20261122T182240Z_0001.mp4` */
function segmentName(atMs: number, sequence: number): string {
  const at = new Date(atMs).toISOString().replace(/\.\d+/u, '').replace(/[-:]/gu, '');
  return `live_${at}_${String(sequence).padStart(4, '0')}.mp4`;
}
