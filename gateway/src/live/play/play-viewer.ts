import type { WebSocket } from 'ws';
import type { PlayEnd, PlayHello, PlayMessage } from '../../contract/index.ts';
import type { MediaMessage } from './play-message.ts';

/** What waits for one viewer, beyond what the system holds for its connection. */
export interface ViewerBounds {
  /** Above this, nothing more is sent until a key frame finds less than half of it waiting. */
  waitingBytes: number;
  /** A viewer that stays behind this long is let go. */
  patienceMs: number;
}

export interface ViewerWishes {
  wantsSound: boolean;
  canPlayFlac: boolean;
}

export const viewerBounds: ViewerBounds = { waitingBytes: 1024 * 1024, patienceMs: 10_000 };

const pictures = 0;

/** One viewer's connection. It takes what it can; what it cannot is left out, for it alone. */
export class PlayViewer {
  readonly wantsSound: boolean;
  readonly canPlayFlac: boolean;
  readonly #socket: WebSocket;
  readonly #bounds: ViewerBounds;
  readonly #now: () => number;
  #tracks: readonly number[] = [];
  #needsKeyFrame = true;
  #behindSinceMs: number | null = null;

  constructor(socket: WebSocket, wishes: ViewerWishes, bounds = viewerBounds, now: () => number = Date.now) {
    this.#socket = socket;
    this.wantsSound = wishes.wantsSound;
    this.canPlayFlac = wishes.canPlayFlac;
    this.#bounds = bounds;
    this.#now = now;
  }

  /** The stream begins, or begins anew in another format: nothing before the next key frame is of use. */
  begin(hello: PlayHello, initialisations: readonly MediaMessage[]): void {
    // A stream may begin anew as often as it has pictures.
    if (this.#socket.bufferedAmount > this.#bounds.waitingBytes) return void this.cut('too-slow');
    this.#needsKeyFrame = true;
    this.#tracks = hello.tracks.map(({ track }) => track);
    this.tell(hello);
    for (const { bytes } of initialisations) this.#socket.send(bytes);
  }

  /** Sends one picture or piece of sound, or leaves it out. */
  take(message: MediaMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN || !this.#tracks.includes(message.track)) return;
    const waitingBytes = this.#socket.bufferedAmount;
    if (waitingBytes > this.#bounds.waitingBytes) return void this.#leaveOut();
    const isKeyFrame = message.track === pictures && message.isKeyFrame;
    if (this.#needsKeyFrame) {
      if (!isKeyFrame || waitingBytes > this.#bounds.waitingBytes / 2) return void this.#checkPatience();
      this.#needsKeyFrame = false;
      this.#behindSinceMs = null;
    }
    this.#socket.send(message.bytes);
  }

  tell(message: PlayMessage): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Says why, and closes. What does not answer is cut off by whoever holds the connections. */
  end(reason: PlayEnd): void {
    this.tell({ type: 'end', reason });
    this.#socket.close(reason === 'stopping' ? 1001 : 1000, reason);
  }

  /** Says why, and cuts it off: what waits for it will not be read any more, or what it says is not to be read. */
  cut(reason: PlayEnd): void {
    this.end(reason);
    this.#socket.terminate();
  }

  #leaveOut(): void {
    if (this.#behindSinceMs === null) {
      this.#behindSinceMs = this.#now();
      this.#needsKeyFrame = true;
      this.tell({ type: 'behind' });
    }
    this.#checkPatience();
  }

  #checkPatience(): void {
    if (this.#behindSinceMs === null || this.#now() - this.#behindSinceMs < this.#bounds.patienceMs) return;
    this.cut('too-slow');
  }
}
