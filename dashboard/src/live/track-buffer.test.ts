import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MediaPart } from './play-message.ts';
import { type SourceBufferLike, TrackBuffer } from './track-buffer.ts';

interface Picture {
  seconds: number;
  isKeyFrame: boolean;
  sizeBytes: number;
}

const framesPerSecond = 10;

/** A picture of the stream: its bytes say what it is. */
function part({ seconds, isKeyFrame, sizeBytes }: Picture): MediaPart {
  const media = new ArrayBuffer(sizeBytes);
  new Float64Array(media, 0, 3).set([seconds, isKeyFrame ? 1 : 0, sizeBytes]);
  return { isInitialisation: false, track: 0, isKeyFrame, mediaSeconds: seconds, arrivedAtMs: 0, media };
}

/** A browser's, by the words of Media Source Extensions: refuses what is too much, takes back whole stretches. */
class Browser implements SourceBufferLike {
  held: Picture[] = [];
  refusals = 0;
  updating = false;
  readonly #roomBytes: number;
  #onUpdate = () => {};

  constructor(roomBytes: number) {
    this.#roomBytes = roomBytes;
  }

  get heldBytes(): number {
    return this.held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  holds(shownSeconds: number): boolean {
    return this.held.some(({ seconds }) => Math.abs(seconds - shownSeconds) < 0.01);
  }

  appendBuffer(bytes: ArrayBuffer): void {
    if (this.heldBytes + bytes.byteLength > this.#roomBytes) {
      this.refusals += 1;
      throw new DOMException('no room', 'QuotaExceededError');
    }
    for (let at = 0; at < bytes.byteLength; ) {
      const [seconds = 0, key = 0, sizeBytes = 0] = new Float64Array(bytes, at, 3);
      this.held.push({ seconds, isKeyFrame: key === 1, sizeBytes });
      at += sizeBytes;
    }
    this.#update();
  }

  remove(from: number, to: number): void {
    const next = this.held.find(({ seconds, isKeyFrame }) => isKeyFrame && seconds >= to);
    const end = next?.seconds ?? Number.POSITIVE_INFINITY;
    this.held = this.held.filter(({ seconds }) => seconds < from || seconds >= end);
    this.#update();
  }

  addEventListener(_: 'updateend', listener: () => void): void {
    this.#onUpdate = listener;
  }

  /** What was begun is done: nothing else is awaited. */
  finish(): void {
    while (this.updating) {
      this.updating = false;
      this.#onUpdate();
    }
  }

  #update(): void {
    if (this.updating) throw new DOMException('busy', 'InvalidStateError');
    this.updating = true;
  }
}

/** Plays a stream whose every picture is shown as it comes. Tells for how many of them the browser did not hold it. */
function play(
  roomBytes: number,
  { seconds, framesPerKeyFrame, pictureBytes = 1_024 }: Record<string, number> & { seconds: number },
) {
  const browser = new Browser(roomBytes);
  const failures: unknown[] = [];
  let shownSeconds = 0;
  const track = new TrackBuffer(
    () => shownSeconds,
    (cause) => failures.push(cause),
  );
  track.open(browser);
  let missed = 0;
  let mostBytes = 0;
  for (let index = 0; index < seconds * framesPerSecond; index += 1) {
    shownSeconds = index / framesPerSecond;
    const isKeyFrame = index % (framesPerKeyFrame ?? 1) === 0;
    track.take(part({ seconds: shownSeconds, isKeyFrame, sizeBytes: pictureBytes }));
    browser.finish();
    if (!browser.holds(shownSeconds)) missed += 1;
    expect(browser.held[0]?.isKeyFrame ?? true).toBe(true);
    mostBytes = Math.max(mostBytes, browser.heldBytes);
  }
  return { browser, failures, missed, mostBytes };
}

test('what is shown is never taken back, however far key frames lie apart, and what is held stays bounded', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 * framesPerSecond }), (framesPerKeyFrame) => {
      const { failures, missed, mostBytes } = play(Number.POSITIVE_INFINITY, {
        seconds: 90,
        framesPerKeyFrame,
      });
      expect([failures, missed]).toEqual([[], 0]);
      expect(mostBytes).toBeLessThanOrEqual((16 * framesPerSecond + 2 * framesPerKeyFrame) * 1_024);
    }),
    { numRuns: 30 },
  );
});

test('a full browser gives back what was shown, and no picture is missed', () => {
  const { browser, failures, missed } = play(60 * 1_024, { seconds: 60, framesPerKeyFrame: 20 });
  expect(browser.refusals).toBeGreaterThan(5);
  expect([failures, missed]).toEqual([[], 0]);
});

test('where one group of pictures is too much for it, pictures are left out up to the next key frame', () => {
  const { failures, missed } = play(15 * 1_024, { seconds: 60, framesPerKeyFrame: 20 });
  expect(failures).toEqual([]);
  expect(missed).toBeGreaterThan(0);
  expect(missed).toBeLessThan(0.3 * 60 * framesPerSecond);
});

test('a browser that is full before it holds anything begins with the newest group', () => {
  const browser = new Browser(12 * 1_024);
  const failures: unknown[] = [];
  const track = new TrackBuffer(
    () => 0,
    (cause) => failures.push(cause),
  );
  for (let index = 0; index < 30; index += 1)
    track.take(part({ seconds: index / 10, isKeyFrame: index % 10 === 0, sizeBytes: 1_024 }));
  track.open(browser);
  browser.finish();
  expect(failures).toEqual([]);
  expect(browser.held.map(({ seconds }) => seconds)).toEqual([
    2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 2.8, 2.9,
  ]);
});

test('one that takes not even that has failed, once and for good', () => {
  const { failures } = play(512, { seconds: 0.1, framesPerKeyFrame: 10 });
  expect(failures).toHaveLength(1);
});

test('what a browser never takes does not pile up', () => {
  const failures: unknown[] = [];
  const track = new TrackBuffer(
    () => 0,
    (cause) => failures.push(cause),
  );
  for (let index = 0; index < 40 && failures.length === 0; index += 1)
    track.take(part({ seconds: index, isKeyFrame: true, sizeBytes: 1024 * 1024 }));
  expect(failures).toEqual(['overrun']);
});
