import type { Arrival } from '../arrival.ts';
import type { FeedEnd, LiveFeed, LiveFeedListener, LiveTransport, SenderReport } from '../live-feed.ts';
import type { LiveDescription, LiveTrack } from '../live-track.ts';
import { FeedEnded, LiveError, Redirection } from './live-error.ts';
import type { RtspSession } from './rtsp-session.ts';
import { redactUrl } from './rtsp-url.ts';
import { isSameFormat } from './server-requests.ts';

/** Of what came by UDP between PLAY and `begin`. */
const mostHeldPackets = 1024;
const mostRedirections = 16;

export interface RtspFeedOptions {
  silenceMs: number;
  signal: AbortSignal;
  /** Sets up a session at another address; what comes is handed on as these tracks. */
  reopen(
    location: Redirection,
    sink: LiveFeedListener,
    tracks: readonly LiveTrack[],
    signal: AbortSignal,
  ): Promise<RtspSession>;
}

/** A stream that is pulled from a recorder. It follows where the recorder redirects, as long as the formats stay. */
export class RtspFeed implements LiveFeed, LiveFeedListener {
  readonly way = 'pull-rtsp';
  readonly ended: Promise<FeedEnd>;
  readonly #options: RtspFeedOptions;
  readonly #abort = () => this.#end({ cause: 'closed', detail: 'it is no longer wanted' });
  /** Stops what is being opened elsewhere. */
  readonly #stop = new AbortController();
  #resolveEnded: (end: FeedEnd) => void = () => undefined;
  #session: RtspSession | null = null;
  #description: LiveDescription | null = null;
  #transport: LiveTransport = 'tcp';
  #listener: LiveFeedListener | null = null;
  #held: ((listener: LiveFeedListener) => void)[] = [];
  #lastPacketAtMs = 0;
  #silenceTimer: NodeJS.Timeout | undefined;
  #redirections = 0;
  #isEnding = false;
  #following: Promise<void> = Promise.resolve();
  /** Hears of the first packet. */
  onFirstPacket: (() => void) | null = null;

  constructor(options: RtspFeedOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    options.signal.addEventListener('abort', this.#abort, { once: true });
  }

  get transport(): LiveTransport {
    return this.#transport;
  }

  get description(): LiveDescription {
    if (this.#description === null) throw new Error('a feed is described once it has a session');
    return this.#description;
  }

  /** Takes the session it lives by. */
  take(session: RtspSession): void {
    this.#session = session;
    this.#transport = session.transport;
    this.#description ??= session.description;
    session.onEnd = (error) => this.#sessionEnded(error);
  }

  begin(listener: LiveFeedListener): void {
    this.watchSilence();
    // What came by UDP before is handed over behind the caller's back, not from within its call.
    queueMicrotask(() => {
      this.#listener = listener;
      for (const hand of this.#held.splice(0)) hand(listener);
    });
    // By UDP it plays already.
    if (this.#transport === 'tcp') this.play().catch((error) => this.#sessionEnded(error));
  }

  async play(): Promise<void> {
    await this.#session?.play();
  }

  /** From now on packets are due. */
  watchSilence(): void {
    this.#lastPacketAtMs = performance.now();
    if (this.#silenceTimer !== undefined || this.#isEnding) return;
    const { silenceMs } = this.#options;
    this.#silenceTimer = setInterval(
      () => {
        if (performance.now() - this.#lastPacketAtMs >= silenceMs)
          this.#end({ cause: 'silent', detail: `no packet came for ${silenceMs} ms` });
      },
      Math.max(10, silenceMs / 10),
    );
  }

  async close(): Promise<void> {
    this.#end({ cause: 'closed', detail: 'we ended it' });
    await this.ended;
  }

  packet(track: LiveTrack, packet: Buffer, arrival: Arrival): void {
    this.#lastPacketAtMs = performance.now();
    this.onFirstPacket?.();
    this.onFirstPacket = null;
    if (this.#isEnding) return;
    if (this.#listener !== null) this.#listener.packet(track, packet, arrival);
    else this.#hold((listener) => listener.packet(track, packet, arrival));
  }

  senderReport(track: LiveTrack, report: SenderReport, arrival: Arrival): void {
    if (this.#isEnding) return;
    if (this.#listener !== null) this.#listener.senderReport(track, report, arrival);
    else this.#hold((listener) => listener.senderReport(track, report, arrival));
  }

  #hold(hand: (listener: LiveFeedListener) => void): void {
    if (this.#transport === 'udp' && this.#held.length < mostHeldPackets) this.#held.push(hand);
  }

  #sessionEnded(error: unknown): void {
    if (error instanceof Redirection && !this.#isEnding) this.#following = this.#follow(error);
    else this.#end(feedEnd(error));
  }

  async #follow(redirection: Redirection): Promise<void> {
    const left = this.#session;
    this.#session = null;
    if (left !== null) left.onEnd = null;
    await left?.close();
    this.#redirections += 1;
    try {
      if (this.#redirections > mostRedirections)
        throw new LiveError('protocol', 'the recorder redirects without end');
      const tracks = this.description.tracks;
      const session = await this.#options.reopen(redirection, this, tracks, this.#stop.signal);
      if (this.#isEnding || !isSame(tracks, session.description.tracks)) {
        await session.close();
        throw new FeedEnded('goodbye', 'the recorder redirected to another stream');
      }
      this.take(session);
      this.#lastPacketAtMs = performance.now();
      await session.play();
    } catch (error) {
      this.#sessionEnded(error);
    }
  }

  #end(end: FeedEnd): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#stop.abort();
    clearInterval(this.#silenceTimer);
    this.#held = [];
    this.#options.signal.removeEventListener('abort', this.#abort);
    void this.#release().then(() => this.#resolveEnded(end));
  }

  /** What is being opened elsewhere is waited for, so that nothing of it stays. */
  async #release(): Promise<void> {
    await Promise.all([this.#session?.close(), this.#following]);
    await this.#session?.close();
  }
}

function isSame(tracks: readonly LiveTrack[], others: readonly LiveTrack[]): boolean {
  return (
    tracks.length === others.length &&
    tracks.every((track, index) => others[index] !== undefined && isSameFormat(track, others[index]))
  );
}

/** What an error means for a stream that flowed. */
function feedEnd(error: unknown): FeedEnd {
  if (error instanceof FeedEnded) return error.end;
  if (error instanceof Redirection)
    return { cause: 'goodbye', detail: `the recorder redirected to ${redactUrl(error.location)}` };
  const detail = error instanceof Error ? error.message : String(error);
  if (!(error instanceof LiveError)) return { cause: 'protocol', detail };
  if (error.code === 'protocol') return { cause: 'protocol', detail };
  const isLost = error.code === 'unreachable' || error.code === 'timed-out';
  return { cause: isLost ? 'connection-lost' : 'refused', detail };
}
