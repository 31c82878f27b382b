import type { RoomKeeper } from '../../store/room.ts';

/** A store that cannot take footage is asked again after this, and then ever less often. */
const firstRetryMs = 1000;
const longestRetryMs = 30_000;
/** With less room than this a segment is not worth beginning. */
const roomToBeginBytes = 4 * 1024 * 1024;

/** Whether the store takes footage. One that failed is asked again, at the times of the stream that comes in. */
export class FailingStore {
  readonly #room: RoomKeeper;
  #isBlocked = false;
  #isBeingAsked = false;
  #retryAtMs = 0;
  #retryMs = firstRetryMs;

  constructor(room: RoomKeeper) {
    this.#room = room;
  }

  /** Nothing is to be written before it was asked again. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  failed(nowMs: number): void {
    this.#isBlocked = true;
    this.#retryAtMs = nowMs + this.#retryMs;
    this.#retryMs = Math.min(2 * this.#retryMs, longestRetryMs);
  }

  /** It took footage. */
  took(): void {
    this.#retryMs = firstRetryMs;
  }

  /** Asks for room before anything is begun, where it is time: a full store is not filled with beginnings. */
  askAgain(nowMs: number, onRoom: () => void): void {
    if (nowMs < this.#retryAtMs || this.#isBeingAsked) return;
    this.#isBeingAsked = true;
    this.#room
      .assertRoomForLive(roomToBeginBytes)
      .then(
        () => {
          this.#isBlocked = false;
          onRoom();
        },
        () => {
          this.#retryAtMs = nowMs + firstRetryMs;
        },
      )
      .finally(() => {
        this.#isBeingAsked = false;
      });
  }
}
