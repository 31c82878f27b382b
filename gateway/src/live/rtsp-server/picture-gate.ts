import type { LiveTrack } from '@docket/device-protocol/live';
import { KeyFrameStart } from '../stream-hub/key-frame-start.ts';

export interface PictureGateOptions {
  tracks: readonly LiveTrack[];
  /** From here on no further picture is begun. */
  calmBacklogBytes: number;
  /** Here the picture that is being sent is broken off. */
  mostBacklogBytes: number;
}

/** A stream whose key frames do not come, or are not known as such, goes on with any picture after this time. */
const longestWaitMs = 10_000;

/**
 * Lets packets through to one viewer as long as it keeps up. One that does not loses whole pictures, with their sound,
 * up to the next one that decoding can begin with.
 */
export class PictureGate {
  readonly #options: PictureGateOptions;
  readonly #starts: ReadonlyMap<LiveTrack, KeyFrameStart>;
  readonly #leading: LiveTrack | undefined;
  #timestamp: number | null = null;
  #closedSinceMs: number | null = null;

  /** `isOpen`: what is sent first is a picture that decoding can begin with. */
  constructor(options: PictureGateOptions, isOpen: boolean) {
    this.#options = options;
    this.#leading = options.tracks.find(({ kind }) => kind === 'video');
    this.#starts = new Map(
      options.tracks.filter(({ kind }) => kind === 'video').map((track) => [track, new KeyFrameStart(track)]),
    );
    if (!isOpen && this.#leading !== undefined) this.#closedSinceMs = performance.now();
  }

  get isOpen(): boolean {
    return this.#closedSinceMs === null;
  }

  /** Whether this packet goes to the viewer; called once for each that comes, in order. */
  lets(track: LiveTrack, packet: Buffer, backlogBytes: number): boolean {
    const isKeyFrame = this.#starts.get(track)?.isAt(packet) ?? false;
    const beginsPicture = this.#beginsPicture(track, packet);
    if (this.#closedSinceMs !== null) return this.#reopens(track, isKeyFrame, beginsPicture, backlogBytes);
    const { calmBacklogBytes, mostBacklogBytes } = this.#options;
    const isTooMuch =
      backlogBytes + packet.length > mostBacklogBytes || (beginsPicture && backlogBytes > calmBacklogBytes);
    if (isTooMuch) this.#closedSinceMs = performance.now();
    return !isTooMuch;
  }

  #reopens(track: LiveTrack, isKeyFrame: boolean, beginsPicture: boolean, backlogBytes: number): boolean {
    if (track !== this.#leading && this.#leading !== undefined) return false;
    if (backlogBytes > this.#options.calmBacklogBytes / 2) return false;
    const isLongClosed = performance.now() - (this.#closedSinceMs ?? 0) > longestWaitMs;
    const canBegin = this.#leading === undefined || isKeyFrame || (beginsPicture && isLongClosed);
    if (canBegin) this.#closedSinceMs = null;
    return canBegin;
  }

  /** A picture ends where the time stamp changes; without pictures, each packet stands for itself. */
  #beginsPicture(track: LiveTrack, packet: Buffer): boolean {
    if (track !== this.#leading) return this.#leading === undefined;
    const timestamp = packet.readUInt32BE(4);
    const begins = timestamp !== this.#timestamp;
    this.#timestamp = timestamp;
    return begins;
  }
}
