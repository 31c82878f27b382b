import { readClockPattern } from '@docket/device-protocol/live-peers';
import type { Page } from 'playwright-core';

/** Pictures of the page's video, by the clock that is burnt into them. */
export interface ShownClock {
  /** When each picture was made, in Unix milliseconds, in the order in which they were shown. */
  madeAtMs: number[];
  /** How old each was when it was shown. */
  ageMs: number[];
  unreadable: number;
}

/** Reads as many pictures of the page's video as they are shown, from its pixels. */
export function readShownClock(page: Page, pictures: number): Promise<ShownClock> {
  // As text: the page's own policy lets no text become a function inside of it.
  return page.evaluate<ShownClock>(`(${readInPage.toString()})(${readClockPattern.toString()}, ${pictures})`);
}

/** Runs in the page. */
function readInPage(read: typeof readClockPattern, wanted: number): Promise<ShownClock> {
  const video = document.querySelector('video');
  if (video === null) throw new Error('no video on the page');
  const { videoWidth: width, videoHeight: height } = video;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const shown: ShownClock = { madeAtMs: [], ageMs: [], unreadable: 0 };
  return new Promise((resolve) => {
    const look = () => {
      const atMs = Date.now();
      context?.drawImage(video, 0, 0, width, height);
      const madeAtMs = read(context?.getImageData(0, 0, width, height).data ?? [], width, height);
      if (madeAtMs === null) shown.unreadable += 1;
      else {
        shown.madeAtMs.push(madeAtMs);
        shown.ageMs.push(atMs - madeAtMs);
      }
      if (shown.madeAtMs.length + shown.unreadable >= wanted) resolve(shown);
      else video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  });
}

/** Median and 95th percentile of the second half: what lasts, not how it began. */
export function delayText({ ageMs }: ShownClock): string {
  const settled = ageMs.slice(Math.floor(ageMs.length / 2)).sort((left, right) => left - right);
  const at = (part: number) => Math.round(settled[Math.floor(settled.length * part)] ?? Number.NaN);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms of ${settled.length} pictures`;
}
