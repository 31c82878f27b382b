import type { PlayEnd, PlayHello } from '@docket/gateway/contract';
import { apiUrl } from '../api/request.ts';
import { HostClock } from './host-clock.ts';
import { LiveEdge } from './live-edge.ts';
import { PageRest } from './page-rest.ts';
import { PictureBuffer } from './picture-buffer.ts';
import { canPlay, playAbilities } from './play-abilities.ts';
import { now, PlayConnection } from './play-connection.ts';
import type { MediaPart } from './play-message.ts';
import { ShownDelay } from './shown-delay.ts';

/**
 * `resting`: nobody looks at the page, and nothing is asked for. `unsupported`: this browser shows no live pictures at all.
 * `unplayable`: it does not take those of this stream, though they come; it is tried again.
 */
export type PlaybackState = 'connecting' | 'live' | 'interrupted' | 'resting' | 'unsupported' | 'unplayable';

export interface PlaybackView {
  state: PlaybackState;
  /** What the gateway said when it ended the connection. */
  reason: PlayEnd | null;
  transcodedFrom: string | null;
  sound: PlayHello['sound'];
  /** From arrival at the gateway to the screen; `null` as long as it is not measured. */
  delayMs: number | null;
  /** Pictures were left out because this viewer did not keep up. */
  isBehind: boolean;
}

export const firstView: PlaybackView = {
  state: 'connecting',
  reason: null,
  transcodedFrom: null,
  sound: 'none',
  delayMs: null,
  isBehind: false,
};

const pictures = 0;
/** Browsers play pictures alone as soon as they have them; of sound they want some in hand, or it stutters. */
const leadSeconds = 0.03;
const leadWithSoundSeconds = 0.25;
const checkEveryMs = 500;
const stuckMs = 2_500;
/** In a row, without a picture between them. */
const mostFailures = 3;

/** Plays the live stream of one recorder in a video element until closed. */
export class LivePlayback {
  readonly #video: HTMLVideoElement;
  readonly #url: string;
  readonly #onView: (view: PlaybackView) => void;
  readonly #clock = new HostClock();
  readonly #edge: LiveEdge;
  readonly #delay = new ShownDelay();
  #checkTimer: ReturnType<typeof setInterval> | undefined;
  #view: PlaybackView = firstView;
  #connection: PlayConnection | null = null;
  #buffer: PictureBuffer | null = null;
  #rest: PageRest | null = null;
  #pictureCallback = 0;
  #newestSeconds: number | null = null;
  #moved = { seconds: 0, atMs: 0 };
  #failures = 0;

  constructor(
    video: HTMLVideoElement,
    { recorderId, wantsSound }: { recorderId: string; wantsSound: boolean },
    onView: (view: PlaybackView) => void,
  ) {
    this.#video = video;
    this.#onView = onView;
    this.#url = playUrl(recorderId, wantsSound);
    this.#edge = new LiveEdge(wantsSound ? leadWithSoundSeconds : leadSeconds);
    if (!canPlay()) {
      this.#tell({ state: 'unsupported' });
      return;
    }
    this.#checkTimer = setInterval(() => this.#check(), checkEveryMs);
    this.#rest = new PageRest(
      document,
      () => this.#stopAsking(),
      () => this.#askAgain(),
    );
    if (!document.hidden) this.#connect();
    this.#watchPictures();
  }

  close(): void {
    clearInterval(this.#checkTimer);
    this.#rest?.close();
    if (this.#pictureCallback !== 0) this.#video.cancelVideoFrameCallback?.(this.#pictureCallback);
    this.#disconnect();
  }

  /** The recorder is known to send: what waits to try again does so at once. */
  hurry(): void {
    this.#connection?.hurry();
  }

  #tell(change: Partial<PlaybackView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onView(this.#view);
  }

  #connect(): void {
    this.#tell({ state: 'connecting', reason: null });
    this.#connection = new PlayConnection(this.#url, {
      hello: (hello) => this.#begin(hello),
      media: (part) => this.#take(part),
      time: ({ askedAtMs, atMs }) => this.#clock.read(askedAtMs, atMs, now()),
      behind: () => this.#tell({ isBehind: true }),
      lost: (reason) => this.#lost(reason),
    });
  }

  #disconnect(): void {
    this.#connection?.close();
    this.#connection = null;
    this.#dropBuffer();
  }

  #begin(hello: PlayHello): void {
    this.#dropBuffer();
    this.#buffer = new PictureBuffer(this.#video, hello, () => this.#fail());
    const state = this.#view.state === 'interrupted' ? 'connecting' : this.#view.state;
    this.#tell({ state, transcodedFrom: hello.transcodedFrom, sound: hello.sound, reason: null });
    this.#moved = { seconds: 0, atMs: Date.now() };
  }

  #take(part: MediaPart): void {
    this.#buffer?.take(part);
    if (part.isInitialisation || part.track !== pictures) return;
    this.#newestSeconds = Math.max(part.mediaSeconds, this.#newestSeconds ?? 0);
    this.#delay.arrived(part);
    if (part.isKeyFrame && this.#view.isBehind) this.#tell({ isBehind: false });
    this.#keepPace();
  }

  #keepPace(): void {
    const video = this.#video;
    if (this.#newestSeconds === null || video.readyState < HTMLMediaElement.HAVE_METADATA || video.seeking)
      return;
    const { seekToSeconds, rate } = this.#edge.arrived(this.#newestSeconds, video.currentTime, Date.now());
    if (video.playbackRate !== rate) video.playbackRate = rate;
    if (seekToSeconds !== null && isBuffered(video, seekToSeconds)) video.currentTime = seekToSeconds;
    // Muted, it may play without being asked; with sound it may after somebody touched the page.
    if (video.paused) void video.play().catch(() => {});
  }

  #fail(): void {
    this.#failures += 1;
    this.#connection?.restart();
  }

  #lost(reason: PlayEnd | null): void {
    this.#dropBuffer();
    this.#clock.forget();
    const state = reason === null && this.#failures >= mostFailures ? 'unplayable' : 'interrupted';
    this.#tell({ state, reason, delayMs: null, transcodedFrom: null, isBehind: false });
  }

  #dropBuffer(): void {
    this.#buffer?.close();
    this.#buffer = null;
    this.#newestSeconds = null;
    this.#edge.forget();
    this.#delay.forget();
  }

  /** Notices whether pictures move, and helps where they do not though they come. */
  #check(): void {
    const { currentTime } = this.#video;
    if (this.#buffer === null || document.hidden) return;
    if (currentTime !== this.#moved.seconds) {
      this.#moved = { seconds: currentTime, atMs: Date.now() };
      this.#failures = 0;
      this.#connection?.settled();
      this.#tell({ state: 'live', delayMs: this.#delay.medianMs });
    } else if (Date.now() - this.#moved.atMs > stuckMs) {
      this.#moved.atMs = Date.now();
      this.#connection?.restart();
    }
  }

  #watchPictures(): void {
    this.#pictureCallback =
      this.#video.requestVideoFrameCallback?.((_, { mediaTime, expectedDisplayTime }) => {
        // A busy browser expects what is past by now.
        const atMs = this.#clock.at(Math.max(performance.timeOrigin + expectedDisplayTime, now()));
        if (atMs !== null) this.#delay.shown(mediaTime, atMs);
        this.#watchPictures();
      }) ?? 0;
  }

  #stopAsking(): void {
    this.#disconnect();
    this.#tell({ state: 'resting', delayMs: null });
  }

  #askAgain(): void {
    this.#moved = { seconds: this.#video.currentTime, atMs: Date.now() };
    if (this.#connection === null) this.#connect();
  }
}

function isBuffered({ buffered }: HTMLVideoElement, seconds: number): boolean {
  for (let index = 0; index < buffered.length; index += 1) {
    if (seconds >= buffered.start(index) && seconds <= buffered.end(index)) return true;
  }
  return false;
}

function playUrl(recorderId: string, wantsSound: boolean): string {
  const path = apiUrl(`/live/streams/${encodeURIComponent(recorderId)}/play`, {
    can: playAbilities().join(','),
    sound: wantsSound ? 1 : 0,
  });
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
