import { randomBytes, randomInt } from 'node:crypto';
import {
  encodeTransport,
  type FeedEnd,
  type LiveDescription,
  type LiveFeedListener,
  type LiveTrack,
  parseTransports,
  type RtspRequest,
} from '@docket/device-protocol/live';
import { type Answer, ok, refusal } from './answer.ts';
import { pathOf } from './live-path.ts';
import { openPath, type PacketPath, type PathConnection } from './packet-path.ts';
import { PushFeed } from './push-feed.ts';
import { PushTrack } from './push-track.ts';
import type { PacketKind } from './udp-pair.ts';

/** A recorder wants to record: taken, or why not, in words for the log. */
export type TakePush = (push: {
  recorderId: string;
  feed: PushFeed;
}) => Promise<'accepted' | { refused: string }>;

export interface PushSessionOptions {
  recorderId: string;
  description: LiveDescription;
  connection: PathConnection;
  silenceMs: number;
  take: TakePush;
  /** Closes the connection, which ends this session. */
  hangUp(end: FeedEnd): Promise<void>;
}

interface SetUp {
  /** Null for a track of a codec we do not carry: its sender is not to stop for it, and its packets are dropped. */
  received: PushTrack | null;
  path: PacketPath;
}

const mostTracks = 16;
const reportEveryMs = 5_000;

/** What a recorder announced and sends us (RFC 2326 §10.3, §10.11). Each RECORD is one feed. */
export class PushSession {
  readonly kind = 'push';
  readonly id = randomBytes(12).toString('hex');
  readonly recorderId: string;
  readonly #options: PushSessionOptions;
  readonly #setUps = new Map<string, SetUp>();
  readonly #source = { ssrc: randomInt(1, 2 ** 32 - 1), canonicalName: 'docket' };
  #feed: PushFeed | null = null;
  #lastPacketMs = 0;
  #lastReportMs = 0;

  constructor(options: PushSessionOptions) {
    this.recorderId = options.recorderId;
    this.#options = options;
  }

  async setUp(request: RtspRequest): Promise<Answer> {
    const key = pathOf(request.url);
    if (this.#feed !== null || this.#setUps.has(key)) return refusal(455);
    if (this.#setUps.size >= mostTracks) return refusal(403);
    const track = this.#trackOf(key);
    const received = track === null ? null : new PushTrack(track);
    const lower = [...this.#setUps.values()][0]?.path.settled.lower;
    for (const offer of parseTransports(request.headers.get('Transport') ?? '')) {
      if (lower !== undefined && offer.lower !== lower) continue;
      const path = await openPath(this.#options.connection, { ...offer, mode: 'record' }, (kind, packet) =>
        this.#take(received, kind, packet),
      );
      if (path === null) continue;
      this.#setUps.set(key, { received, path });
      return { status: 200, headers: [['Transport', encodeTransport(path.settled)]] };
    }
    return refusal(461);
  }

  /** Answered once somebody takes the stream. */
  async record(): Promise<Answer> {
    if (this.#feed !== null) return ok;
    const { recorderId, description, take, hangUp } = this.#options;
    const setUps = [...this.#setUps.values()];
    const tracks = description.tracks.filter((track) =>
      setUps.some(({ received }) => received?.track === track),
    );
    const lower = setUps[0]?.path.settled.lower;
    if (lower === undefined || tracks.length === 0) return refusal(455);
    const feed = new PushFeed(lower, { ...description, tracks }, hangUp);
    this.#feed = feed;
    const verdict = await take({ recorderId, feed });
    if (verdict !== 'accepted') {
      this.#endFeed({ cause: 'refused', detail: verdict.refused });
      return { status: 503, isLast: true };
    }
    this.#lastPacketMs = performance.now();
    return ok;
  }

  /** The stream ends for all who take it; another RECORD begins it anew. */
  pause(): Answer {
    this.#endFeed({ cause: 'goodbye', detail: 'the recorder paused (PAUSE)' });
    return ok;
  }

  /** Called now and then: reports to the sender, and says why the session is to end, if it is. */
  check(nowMs: number): FeedEnd | null {
    if (this.#feed === null || this.#feed.listener === null) return null;
    const silentMs = nowMs - this.#lastPacketMs;
    const received = [...this.#setUps.values()].flatMap((setUp) => setUp.received ?? []);
    if (received.every(({ saidGoodbye }) => saidGoodbye))
      return { cause: 'goodbye', detail: 'the recorder took leave (RTCP BYE)' };
    if (silentMs > this.#options.silenceMs)
      return { cause: 'silent', detail: `nothing came for ${Math.round(silentMs / 1000)} s` };
    if (nowMs - this.#lastReportMs > reportEveryMs) {
      this.#lastReportMs = nowMs;
      for (const setUp of this.#setUps.values()) setUp.received?.report(setUp.path, this.#source);
    }
    return null;
  }

  /** Resolves once nothing of it is open. */
  async end(end: FeedEnd): Promise<void> {
    const setUps = [...this.#setUps.values()];
    this.#setUps.clear();
    await Promise.all(setUps.map(({ path }) => path.close()));
    this.#endFeed(end);
  }

  #endFeed(end: FeedEnd): void {
    const feed = this.#feed;
    this.#feed = null;
    feed?.end(end);
  }

  #take(received: PushTrack | null, kind: PacketKind, packet: Buffer): void {
    const listener: LiveFeedListener | null = this.#feed?.listener ?? null;
    if (received === null || listener === null) return;
    if (received.take(kind, packet, listener)) this.#lastPacketMs = performance.now();
  }

  /**
   * The track whose control URL it is. Where it is that of none, and we carry all there are, the next one that is not yet
   * set up: recorders are met that name their tracks otherwise here than in their description.
   */
  #trackOf(key: string): LiveTrack | null {
    const { tracks, refused } = this.#options.description;
    const named = tracks.find(({ control }) => control !== null && pathOf(control) === key);
    if (named !== undefined) return named;
    if (refused.length > 0) return null;
    const setUp = new Set([...this.#setUps.values()].map(({ received }) => received?.track));
    return tracks.find((track) => !setUp.has(track)) ?? null;
  }
}
