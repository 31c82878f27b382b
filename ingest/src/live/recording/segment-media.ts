import type { AccessUnit, TrackFormat } from '@docket/device-protocol/live';
import { fragment, type SampleRun } from '../fragmented-mp4/fragment.ts';
import { initSegment } from '../fragmented-mp4/init-segment.ts';
import { pictureTimes } from '../fragmented-mp4/picture-times.ts';
import { referenceTime } from '../fragmented-mp4/reference-time.ts';
import { type Mp4Track, sampleData } from '../fragmented-mp4/track-format.ts';
import type { MediaLine } from './media-line.ts';

/** A track as the stream sends it. */
export type LiveMp4Track = Mp4Track & { format: TrackFormat };

/** What a segment holds of one track. */
export interface SegmentTrack {
  index: number;
  mp4: LiveMp4Track;
  /** The tick at which the file begins. */
  originTicks: number;
  first: { ticks: number; rtpTimestamp: number; lineMs: number };
  last: { ticks: number; lineMs: number; endLineMs: number };
  units: number;
  damagedUnits: number;
  /** Pictures that are shown before ones that came earlier. */
  outOfOrderUnits: number;
}

/** What is written at one go: the beginning of a file, which holds nothing yet, or one part of it. */
export interface MediaPart {
  bytes: Buffer;
  /** When the last of it arrived. */
  arrivedMs: number;
  /** What the segment holds with this part as its last. */
  tracks: readonly SegmentTrack[];
}

const partMs = 1000;
const mostUnitsPerPart = 500;
const mostBytesPerPart = 4 * 1024 * 1024;

interface OpenTrack {
  /** What was put into parts of it. */
  held: SegmentTrack;
  /** Their successor is here, so that it is known how long they last. */
  ready: AccessUnit[];
  newest: AccessUnit | null;
  lastDecodeTicks: number;
}

/** The media of one segment: takes units, gives parts of about a second. Times count from the segment's beginning. */
export class SegmentMedia {
  readonly #line: MediaLine;
  readonly #originMs: number;
  readonly #formats: ReadonlyMap<number, LiveMp4Track>;
  readonly #tracks = new Map<number, OpenTrack>();
  #sequence = 0;
  #bytes = 0;
  #partStartMs: number | null = null;
  #partArrivedMs = 0;

  constructor(line: MediaLine, originMs: number, tracks: ReadonlyMap<number, LiveMp4Track>) {
    this.#line = line;
    this.#originMs = originMs;
    this.#formats = tracks;
  }

  get beginning(): Buffer {
    return initSegment([...this.#formats.values()]);
  }

  /** The format with which the file told of a track; `undefined` where it knows no such track. */
  formatOf(trackIndex: number): TrackFormat | undefined {
    return this.#formats.get(trackIndex)?.format;
  }

  /** The tick of a unit’s track at which the file begins. */
  originTicksOf({ track, mediaTicks }: AccessUnit): number {
    return Math.min(mediaTicks, this.#line.ticksAt(track.index, this.#originMs));
  }

  /** Takes a unit; `isAfterHole`: what lay before it never came, and shows as time. Gives the parts that are full by it. */
  add(unit: AccessUnit, isAfterHole: boolean): MediaPart[] {
    const full: MediaPart[] = [];
    const track = this.#trackOf(unit);
    const lineMs = this.#line.msOf(unit.track.index, unit.mediaTicks);
    const isFull =
      this.#partStartMs !== null &&
      (lineMs - this.#partStartMs >= partMs ||
        this.#bytes >= mostBytesPerPart ||
        this.#units >= mostUnitsPerPart);
    // What a picture lasts is told by the next one; after a hole it is told by those before.
    if (track.newest !== null && !isAfterHole) {
      track.ready.push(track.newest);
      track.newest = null;
    }
    if (isFull || isAfterHole) full.push(...this.#part(unit));
    this.#note(track, unit, lineMs);
    return full;
  }

  /** All that is left, as one part. */
  flush(): MediaPart[] {
    return this.#part(null);
  }

  get #units(): number {
    let units = 0;
    for (const { ready } of this.#tracks.values()) units += ready.length;
    return units;
  }

  #trackOf(unit: AccessUnit): OpenTrack {
    const { index } = unit.track;
    const known = this.#tracks.get(index);
    if (known !== undefined) return known;
    const mp4 = this.#formats.get(index);
    if (mp4 === undefined) throw new RangeError(`the segment has no track ${index}`);
    const lineMs = this.#line.msOf(index, unit.mediaTicks);
    const held: SegmentTrack = {
      index,
      mp4,
      originTicks: this.originTicksOf(unit),
      first: { ticks: unit.mediaTicks, rtpTimestamp: unit.rtpTimestamp, lineMs },
      last: { ticks: unit.mediaTicks, lineMs, endLineMs: lineMs },
      units: 0,
      damagedUnits: 0,
      outOfOrderUnits: 0,
    };
    const begun: OpenTrack = { held, ready: [], newest: null, lastDecodeTicks: -1 };
    this.#tracks.set(index, begun);
    return begun;
  }

  #note(track: OpenTrack, unit: AccessUnit, lineMs: number): void {
    track.newest = unit;
    this.#partStartMs ??= lineMs;
    this.#partArrivedMs = unit.arrival.atMs;
    this.#bytes += unit.data.reduce((sum, part) => sum + part.length, 0);
  }

  /** What a track holds with these units as its last. */
  #with(held: SegmentTrack, units: readonly AccessUnit[]): SegmentTrack {
    const { index } = held;
    const after = { ...held };
    for (const { mediaTicks, isWhole } of units) {
      const lineMs = this.#line.msOf(index, mediaTicks);
      if (after.units > 0 && mediaTicks <= after.last.ticks) after.outOfOrderUnits += 1;
      if (lineMs >= after.last.lineMs) {
        const endLineMs = this.#line.msOf(index, mediaTicks + this.#line.usualTicksOf(index));
        after.last = { ticks: mediaTicks, lineMs, endLineMs };
      }
      after.units += 1;
      if (!isWhole) after.damagedUnits += 1;
    }
    return after;
  }

  /** `before`: the unit that ends the part, where one does; tracks whose next one is not here keep their newest. */
  #part(before: AccessUnit | null): MediaPart[] {
    const runs: SampleRun[] = [];
    let reference: Buffer | null = null;
    for (const track of this.#tracks.values()) {
      const { mp4 } = track.held;
      const isEnding = before === null || before.track.index === track.held.index;
      const units = isEnding && track.newest !== null ? [...track.ready, track.newest] : track.ready;
      if (isEnding) track.newest = null;
      const first = units[0];
      if (first === undefined) continue;
      const run = this.#run(
        track,
        units,
        track.newest ?? (units.length === track.ready.length ? before : null),
      );
      reference ??= referenceTime({
        trackId: mp4.id,
        mediaTicks: run.startTicks,
        atMs: first.arrival.atMs,
      });
      runs.push(run);
      track.held = this.#with(track.held, units);
      track.ready = [];
    }
    const arrivedMs = this.#partArrivedMs;
    this.#bytes = 0;
    this.#partStartMs = null;
    if (runs.length === 0 || reference === null) return [];
    this.#sequence += 1;
    const tracks = [...this.#tracks.values()].map(({ held }) => held).filter(({ units }) => units > 0);
    return [{ bytes: fragment(this.#sequence, runs, reference), arrivedMs, tracks }];
  }

  #run(track: OpenTrack, units: readonly AccessUnit[], next: AccessUnit | null): SampleRun {
    const { index, originTicks, mp4 } = track.held;
    const shown = units.map(({ mediaTicks }) => Math.max(0, mediaTicks - originTicks));
    const ends = next !== null && next.track.index === index ? [next.mediaTicks - originTicks] : [];
    const times = pictureTimes([...shown, ...ends], track.lastDecodeTicks);
    const usualTicks = this.#line.usualTicksOf(index);
    const samples = units.map((unit, position) => {
      const time = times[position] as { decodeTicks: number; compositionOffsetTicks: number };
      const nextTicks = times[position + 1]?.decodeTicks ?? time.decodeTicks + usualTicks;
      return {
        data: sampleData(unit),
        durationTicks: nextTicks - time.decodeTicks,
        compositionOffsetTicks: time.compositionOffsetTicks,
        isKeyFrame: unit.isKeyFrame,
      };
    });
    track.lastDecodeTicks = times[units.length - 1]?.decodeTicks ?? track.lastDecodeTicks;
    return { track: mp4, startTicks: times[0]?.decodeTicks ?? 0, samples };
  }
}
