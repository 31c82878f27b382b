import type { BookmarkKind, OperationFile } from '@docket/gateway/contract';
import { Unreachable } from '../api/request.ts';

/** A moment that somebody marked: it is kept with its own time until the dock has it. */
export interface Tap {
  key: number;
  kind: BookmarkKind;
  text: string | null;
  /** When it was tapped, by the dock's clock. */
  at: string;
  state: 'sending' | 'waiting' | 'made' | 'refused';
  /** Of the bookmark it became. */
  bookmarkId: string | null;
  failure: unknown;
}

/** What taps need of the dock. */
export interface TapGate {
  make(tap: Tap): Promise<OperationFile>;
  read(): Promise<OperationFile>;
  /** Something about a tap, or the operation, changed. */
  changed(file: OperationFile | null): void;
  nowMs(): number;
}

const againMs = 1_000;
const shownMs = 10_000;

/**
 * Taps on their way to the dock. A tap is never lost to a bad line: it waits, and is sent again with the moment of the finger
 * and not of the line. What the dock did take although its answer was lost is found again by that moment, and not made twice.
 */
export class BookmarkTaps {
  readonly #gate: TapGate;
  #taps: Tap[] = [];
  #keys = 0;

  constructor(gate: TapGate) {
    this.#gate = gate;
  }

  get list(): readonly Tap[] {
    return this.#taps;
  }

  /** Resolves once the dock has it, refused it, or could not be reached; a nervous second tap is none. */
  async tap(kind: BookmarkKind, text: string | null = null): Promise<void> {
    const nowMs = this.#gate.nowMs();
    if (
      this.#taps.some((one) => one.kind === kind && kind !== 'note' && nowMs - Date.parse(one.at) < againMs)
    )
      return;
    this.#keys += 1;
    const at = new Date(nowMs).toISOString();
    const tap: Tap = { key: this.#keys, kind, text, at, state: 'sending', bookmarkId: null, failure: null };
    this.#taps = [...this.#taps, tap];
    this.#gate.changed(null);
    await this.#send(tap);
  }

  /** Sends again what waits. */
  async resend(): Promise<void> {
    for (const tap of this.#taps.filter(({ state }) => state === 'waiting')) {
      this.#set(tap, { state: 'sending' });
      try {
        const file = await this.#gate.read();
        if (this.#found(tap, file)) continue;
      } catch (failure) {
        this.#set(tap, { state: 'waiting', failure });
        continue;
      }
      await this.#send(tap);
    }
  }

  /** Lets go of those that were shown for long enough. */
  tidy(): void {
    const oldestMs = this.#gate.nowMs() - shownMs;
    const kept = this.#taps.filter(({ state, at }) => state !== 'made' || Date.parse(at) > oldestMs);
    if (kept.length === this.#taps.length) return;
    this.#taps = kept;
    this.#gate.changed(null);
  }

  drop(key: number): void {
    this.#taps = this.#taps.filter((tap) => tap.key !== key);
    this.#gate.changed(null);
  }

  async #send(tap: Tap): Promise<void> {
    try {
      const file = await this.#gate.make(tap);
      if (!this.#found(tap, file)) this.#set(tap, { state: 'made' }, file);
    } catch (failure) {
      this.#set(tap, { state: failure instanceof Unreachable ? 'waiting' : 'refused', failure });
    }
  }

  #found(tap: Tap, file: OperationFile): boolean {
    const bookmark = file.bookmarks.find(
      ({ kind, text, at }) => kind === tap.kind && text === tap.text && at === tap.at,
    );
    if (bookmark === undefined) return false;
    this.#set(tap, { state: 'made', bookmarkId: bookmark.bookmarkId, failure: null }, file);
    return true;
  }

  #set(tap: Tap, change: Partial<Tap>, file: OperationFile | null = null): void {
    Object.assign(tap, change);
    this.#taps = [...this.#taps];
    this.#gate.changed(file);
  }
}
