import { randomBytes } from 'node:crypto';
import {
  buildGoodbye,
  buildSenderReport,
  encodeRtpInfo,
  encodeTransport,
  type FeedEnd,
  type LiveTrack,
  type LiveTransport,
  parseTransports,
  type RtspRequest,
  relayedControl,
} from '@docket/device-protocol/live';
import type { LiveStream, StreamPacket } from '../live-stream.ts';
import { type Answer, ok, refusal } from './answer.ts';
import { pathOf } from './live-path.ts';
import { openPath, type PacketPath, type PathConnection } from './packet-path.ts';
import { PictureGate } from './picture-gate.ts';

/** Who watches what, and how well it gets through. */
export interface ViewerStatistics {
  recorderId: string;
  /** What the viewer logged in as. */
  name: string;
  /** IP address. */
  address: string;
  transport: LiveTransport;
  /** Unix milliseconds. */
  sinceMs: number;
  packetsSent: number;
  bytesSent: number;
  /** Because it did not keep up. */
  packetsDropped: number;
}

export interface ViewSessionOptions {
  stream: LiveStream;
  viewerName: string;
  /** URL of the stream as the viewer named it. */
  base: string;
  connection: PathConnection;
  sessionMs: number;
  stalledMs: number;
  calmBacklogBytes: number;
  mostBacklogBytes: number;
  /** The stream is over: what has been sent goes out, and the connection is closed. */
  finish(): void;
}

interface SetUp {
  track: LiveTrack;
  path: PacketPath;
  ssrc: number | null;
}

/** One viewer's look at one stream (RFC 2326 §10.4 to §10.7). Packets are passed on as they came, byte for byte. */
export class ViewSession {
  readonly kind = 'view';
  readonly id = randomBytes(12).toString('hex');
  readonly #options: ViewSessionOptions;
  readonly #setUps = new Map<LiveTrack, SetUp>();
  readonly #sinceMs = Date.now();
  #lower: LiveTransport | null = null;
  #unwatch: (() => void) | null = null;
  #lastSignOfLifeMs = performance.now();
  #packetsSent = 0;
  #bytesSent = 0;
  #packetsDropped = 0;

  constructor(options: ViewSessionOptions) {
    this.#options = options;
  }

  get recorderId(): string {
    return this.#options.stream.recorderId;
  }

  statistics(): ViewerStatistics {
    const { viewerName, connection } = this.#options;
    return {
      recorderId: this.recorderId,
      name: viewerName,
      address: connection.remoteAddress,
      transport: this.#lower ?? 'tcp',
      sinceMs: this.#sinceMs,
      packetsSent: this.#packetsSent,
      bytesSent: this.#bytesSent,
      packetsDropped: this.#packetsDropped,
    };
  }

  async setUp(request: RtspRequest): Promise<Answer> {
    const track = this.#trackOf(request.url);
    if (track === null) return refusal(404);
    if (this.#unwatch !== null || this.#setUps.has(track)) return refusal(455);
    for (const offer of parseTransports(request.headers.get('Transport') ?? '')) {
      if (this.#lower !== null && offer.lower !== this.#lower) continue;
      const path = await openPath(this.#options.connection, { ...offer, mode: 'play' }, (kind) => {
        if (kind === 'rtcp') this.signOfLife();
      });
      if (path === null) continue;
      this.#lower = offer.lower;
      this.#setUps.set(track, { track, path, ssrc: null });
      return { status: 200, headers: [['Transport', encodeTransport(path.settled)]] };
    }
    return refusal(461);
  }

  /** Begins with the newest key frame, so that there is a picture at once. */
  play(): Answer {
    if (this.#setUps.size === 0) return refusal(455);
    if (this.#unwatch !== null) return ok;
    const { stream } = this.#options;
    const group = stream.latestGroupPackets().filter(({ track }) => this.#setUps.has(track));
    for (const [track, report] of stream.latestSenderReports()) this.#sendReport(track, report);
    for (const item of group) this.#send(item);
    const gate = this.#gate(group.length > 0);
    this.#unwatch = stream.watchPackets({
      packet: (track, packet) => {
        const setUp = this.#setUps.get(track);
        if (setUp === undefined) return;
        if (gate.lets(track, packet, setUp.path.backlogBytes)) this.#send({ track, packet });
        else this.#packetsDropped += 1;
      },
      senderReport: (track, report) => {
        if (gate.isOpen) this.#sendReport(track, report);
      },
      changed: () => this.#options.finish(),
    });
    return {
      status: 200,
      headers: [
        ['Range', 'npt=0.000-'],
        ['RTP-Info', encodeRtpInfo(this.#firstPackets(group))],
      ],
    };
  }

  pause(): Answer {
    this.#unwatch?.();
    this.#unwatch = null;
    return ok;
  }

  /** A request, or a receiver report. */
  signOfLife(): void {
    this.#lastSignOfLifeMs = performance.now();
  }

  /** Called now and then: why the session is to end, if it is. By UDP only signs of life tell that somebody listens. */
  check(nowMs: number): FeedEnd | null {
    const { connection, sessionMs, stalledMs } = this.#options;
    const isFlowing = this.#unwatch !== null;
    if (isFlowing && this.#lower === 'tcp') {
      return connection.stalledForMs(nowMs) > stalledMs
        ? { cause: 'silent', detail: 'the viewer takes nothing of what is sent to it' }
        : null;
    }
    return nowMs - this.#lastSignOfLifeMs > sessionMs
      ? { cause: 'silent', detail: 'no sign of life from the viewer' }
      : null;
  }

  /** Takes leave of the viewer by RTCP, which players understand as the end of the stream. */
  sayGoodbye(): void {
    this.pause();
    for (const { path, ssrc } of this.#setUps.values()) {
      if (ssrc !== null) path.send('rtcp', buildGoodbye({ ssrc, canonicalName: this.recorderId }));
    }
  }

  /** Resolves once nothing of it is open. */
  async end(): Promise<void> {
    this.pause();
    const setUps = [...this.#setUps.values()];
    this.#setUps.clear();
    await Promise.all(setUps.map(({ path }) => path.close()));
  }

  #gate(isOpen: boolean): PictureGate {
    const { calmBacklogBytes, mostBacklogBytes } = this.#options;
    return new PictureGate({ tracks: [...this.#setUps.keys()], calmBacklogBytes, mostBacklogBytes }, isOpen);
  }

  #send({ track, packet }: StreamPacket): void {
    const setUp = this.#setUps.get(track);
    if (setUp === undefined) return;
    setUp.ssrc = packet.readUInt32BE(8);
    setUp.path.send('rtp', packet);
    this.#packetsSent += 1;
    this.#bytesSent += packet.length;
  }

  #sendReport(track: LiveTrack, report: Parameters<typeof buildSenderReport>[0]): void {
    // One name for all tracks: players bring those together that have the same (RFC 3550 §6.5.1).
    this.#setUps.get(track)?.path.send('rtcp', buildSenderReport(report, this.recorderId));
  }

  #firstPackets(group: readonly StreamPacket[]) {
    return [...this.#setUps.keys()].map((track) => {
      const first = group.find((item) => item.track === track)?.packet;
      return {
        url: `${this.#options.base}/${relayedControl(track)}`,
        sequenceNumber: first?.readUInt16BE(2) ?? null,
        rtpTimestamp: first?.readUInt32BE(4) ?? null,
      };
    });
  }

  /** A stream of one track may be set up as a whole. */
  #trackOf(url: string): LiveTrack | null {
    const { base, stream } = this.#options;
    const { tracks } = stream.description;
    const path = pathOf(url);
    if (path === pathOf(base) && tracks.length === 1) return tracks[0] ?? null;
    return tracks.find((track) => path === `${pathOf(base)}/${relayedControl(track)}`) ?? null;
  }
}
