import { type FeedEnd, hashCredentials, type LiveTrack } from '@docket/device-protocol/live';
import { createLog } from '../../../log.ts';
import type { LiveStream } from '../../live-stream.ts';
import { StreamHub } from '../../stream-hub/stream-hub.ts';
import type { RtspLimits } from '../limits.ts';
import type { TakePush } from '../push-session.ts';
import { RtspServer } from '../rtsp-server.ts';

export const recorders = { one: 'DEMO-001', other: 'DEMO-002' } as const;
/** Registered are those from 1 to 8 and, for tests of many, those from 100 on. */
const isRecorder = /^DEMO-(?:00[1-8]|[1-9]\d{2})$/u;
export const pushPassword = 'correct-horse';
export const viewer = { name: 'centre', password: 'battery-staple' } as const;

/** What the sinks of one stream have seen. */
export interface Seen {
  packets: { track: LiveTrack; packet: Buffer }[];
  units: number;
  keyFrames: number;
  damaged: number;
  senderReports: number;
  end: FeedEnd | null;
}

export interface RelayOptions {
  limits?: Partial<RtspLimits>;
  viewersPerStream?: number;
  silenceMs?: number;
  onPush?: TakePush;
  /** Who may watch beside the usual viewer, with the same password. */
  otherViewers?: readonly string[];
}

/** A hub with an RTSP server before it, as the gateway has them. Recorders log in under their own id. */
export class Relay {
  readonly hub = new StreamHub();
  readonly server: RtspServer;
  readonly log: string[] = [];
  /** By recorder, of its newest stream. */
  readonly seen = new Map<string, Seen>();
  readonly ends: FeedEnd[] = [];
  #wake: (() => void)[] = [];

  private constructor({ limits, viewersPerStream, silenceMs, onPush, otherViewers = [] }: RelayOptions) {
    this.server = new RtspServer({
      settings: {
        address: '127.0.0.1',
        port: 0,
        viewers: [viewer.name, ...otherViewers].map((name) => ({
          name,
          ...hashCredentials(name, 'docket', viewer.password),
        })),
        viewersPerStream: viewersPerStream ?? 8,
      },
      silenceMs: silenceMs ?? 5_000,
      streams: this.hub,
      authenticatePush: (userName) =>
        isRecorder.test(userName)
          ? { recorderId: userName, ...hashCredentials(userName, 'docket', pushPassword) }
          : null,
      onPush:
        onPush ??
        (async ({ recorderId, feed }) => this.#watch(this.hub.carry(recorderId, 's', feed), feed.ended)),
      log: createLog('info', { write: (line: string) => void this.log.push(line) }),
      limits: { wrongCredentialsMs: 0, ...limits },
    });
  }

  static async open(options: RelayOptions = {}): Promise<Relay> {
    const relay = new Relay(options);
    await relay.server.start(new AbortController().signal);
    return relay;
  }

  get port(): number {
    return this.server.address()?.port ?? 0;
  }

  pushUrl(path = 'anything'): string {
    return `rtsp://127.0.0.1:${this.port}/live/${path}`;
  }

  viewUrl(recorderId: string = recorders.one): string {
    const userInfo = `${viewer.name}:${encodeURIComponent(viewer.password)}`;
    return `rtsp://${userInfo}@127.0.0.1:${this.port}/live/${recorderId}`;
  }

  /** Resolves with what was seen of a recorder, once it fulfils the condition. */
  async until(holds: (seen: Seen) => boolean, recorderId: string = recorders.one): Promise<Seen> {
    for (;;) {
      const seen = this.seen.get(recorderId);
      if (seen !== undefined && holds(seen)) return seen;
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  close(): Promise<void> {
    return this.server.stop();
  }

  #watch(stream: LiveStream, ended: Promise<FeedEnd>): 'accepted' {
    const seen: Seen = { packets: [], units: 0, keyFrames: 0, damaged: 0, senderReports: 0, end: null };
    this.seen.set(stream.recorderId, seen);
    stream.watchUnits({
      unit: ({ track, isKeyFrame, isWhole }) => {
        seen.units += 1;
        if (track.kind === 'video' && isKeyFrame) seen.keyFrames += 1;
        if (!isWhole) seen.damaged += 1;
        this.#stir();
      },
      changed: () => {},
    });
    stream.watchPackets({
      packet: (track, packet) => seen.packets.push({ track, packet }),
      senderReport: () => {
        seen.senderReports += 1;
        this.#stir();
      },
      changed: () => {},
    });
    void ended.then((end) => {
      seen.end = end;
      this.ends.push(end);
      this.#stir();
    });
    return 'accepted';
  }

  #stir(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
