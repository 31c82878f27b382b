import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AlignedOriginal,
  type ClipRecord,
  type ComparisonResult,
  errnoOf,
  type IndexDatabase,
  isStored,
  type PictureComparisons,
  Pictures,
  readClip,
  type WaitingComparison,
  type WaitingSegment,
} from '@docket/ingest';
import type { Component } from '../component.ts';
import type { Log } from '../log.ts';
import type { PictureCodec } from '../previews/ffmpeg-arguments.ts';
import { probeMedia } from '../previews/probe-media.ts';
import { ToolError } from '../previews/run-tool.ts';
import { WaitingWork } from '../waiting-work.ts';
import { readPictures } from './read-pictures.ts';

export interface PictureComparerOptions {
  database: IndexDatabase;
  comparisons: PictureComparisons;
  /** Where the stored bytes of a clip lie; `null` where they do not. */
  mediaPath(clip: ClipRecord): Promise<string | null>;
  /** Where the hashes of pictures are kept, so that no film is read twice; may be deleted. */
  directory: string;
  /** Called whenever sessions can be decided anew. */
  onCompared(): void;
  log: Log;
}

/**
 * Compares the coded pictures of live segments with those of originals, one original at a time, with clips that have been
 * looked into. Minutes of reading are no matter: nothing waits for it but the verdict.
 */
export class PictureComparer implements Component {
  readonly name = 'pictures';
  readonly #options: PictureComparerOptions;
  readonly #work: WaitingWork<WaitingComparison>;

  constructor(options: PictureComparerOptions) {
    this.#options = options;
    this.#work = new WaitingWork({
      next: () => options.comparisons.next(),
      handle: (waiting, signal) => this.#compare(waiting, signal),
      faultMessage: 'pictures cannot be compared now; they are tried again',
      log: options.log,
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true, mode: 0o750 });
    await this.#sweep();
    this.#work.start(signal);
  }

  wake(): void {
    this.#work.wake();
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  async #compare(waiting: WaitingComparison, signal: AbortSignal): Promise<void> {
    const { comparisons, log, onCompared } = this.#options;
    const original = await this.#lookedInto(waiting.original, signal);
    const live: WaitingSegment[] = [];
    for (const segment of waiting.live)
      live.push({ ...segment, clip: await this.#lookedInto(segment.clip, signal) });
    const results: { clipId: string; result: ComparisonResult }[] = [];
    const alike = live.filter(({ clip }) => isAlike(clip, original));
    for (const { clip } of live.filter((segment) => !alike.includes(segment))) {
      results.push({ clipId: clip.clipId, result: { state: 'other-format' } });
    }
    const pictures = alike.length === 0 ? null : await this.#picturesOf(original, signal);
    const aligned = pictures === null ? null : new AlignedOriginal(pictures);
    for (const segment of alike) {
      const result = await this.#align(aligned, segment, signal);
      results.push({ clipId: segment.clip.clipId, result });
    }
    await comparisons.keep(original.clipId, results);
    const equal = results.filter(({ result }) => result.state === 'compared' && result.alignments.length > 0);
    log.info(
      { clipId: original.clipId, liveClips: results.length, equal: equal.length },
      'pictures compared',
    );
    onCompared();
  }

  async #align(
    aligned: AlignedOriginal | null,
    { clip, lengthMs }: WaitingSegment,
    signal: AbortSignal,
  ): Promise<ComparisonResult> {
    const pictures = aligned === null ? null : await this.#picturesOf(clip, signal);
    if (aligned === null || pictures === null) return { state: 'unreadable' };
    return { state: 'compared', alignments: aligned.align(pictures, lengthMs) };
  }

  /** The clip, looked into once more where that came to nothing: a machine that was too busy then has time now. */
  async #lookedInto(clip: ClipRecord, signal: AbortSignal): Promise<ClipRecord> {
    const file = clip.media === null ? await this.#options.mediaPath(clip) : null;
    if (file === null) return clip;
    try {
      return { ...clip, media: await probeMedia(file, clip.kind, signal) };
    } catch (error) {
      if (!isFaultOfFilm(error)) throw error;
      return clip;
    }
  }

  /** `null` where they cannot be had. Throws only for faults that are not the film's. */
  async #picturesOf(clip: ClipRecord, signal: AbortSignal): Promise<Pictures | null> {
    const kept = join(this.#options.directory, `${clip.clipId}.pictures`);
    const known = await Pictures.read(kept).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    });
    if (known !== null) return known;
    const file = await this.#options.mediaPath(clip);
    const codec = codecOf(clip);
    if (file === null || codec === null) return null;
    try {
      const pictures = await readPictures(file, codec, signal);
      await pictures.write(kept);
      return pictures;
    } catch (error) {
      if (!isFaultOfFilm(error)) throw error;
      this.#options.log.warn({ err: error, clipId: clip.clipId }, 'the pictures of the clip cannot be read');
      return null;
    }
  }

  /** Lets go of pictures whose clip is not in the store any more, and of what a crash left half-written. */
  async #sweep(): Promise<void> {
    const { directory, database } = this.#options;
    for (const name of await readdir(directory)) {
      const [, clipId] = /^(.+)\.pictures$/u.exec(name) ?? [];
      const clip = clipId === undefined ? null : await readClip(database, clipId);
      if (clip === null || !isStored(clip.state)) await rm(join(directory, name), { force: true });
    }
  }
}

/** Pictures of another codec or size cannot be the same; where nobody could look into one of them, they are tried. */
function isAlike({ media: one }: ClipRecord, { media: other }: ClipRecord): boolean {
  if (one === null || other === null) return true;
  return one.videoCodec === other.videoCodec && one.width === other.width && one.height === other.height;
}

function codecOf({ media }: ClipRecord): PictureCodec | null {
  return media?.videoCodec === 'h264' || media?.videoCodec === 'hevc' ? media.videoCodec : null;
}

function isFaultOfFilm(error: unknown): boolean {
  if (error instanceof RangeError || error instanceof SyntaxError) return true;
  return error instanceof ToolError && error.fault !== 'not-installed' && error.fault !== 'stopped';
}
