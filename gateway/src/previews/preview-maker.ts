import {
  type ClipRecord,
  type ClipTimes,
  type IndexDatabase,
  type MediaFacts,
  readClip,
  storedStates,
} from '@docket/ingest';
import type { Log } from '../log.ts';
import { makeThumbnail } from './make-thumbnail.ts';
import { probeMedia } from './probe-media.ts';
import { ToolError } from './run-tool.ts';

export interface PreviewOptions {
  database: IndexDatabase;
  /** Where the stored bytes of a clip lie; `null` where they do not. */
  mediaPath(clip: ClipRecord): Promise<string | null>;
  /** Where the thumbnail of a clip is to lie; its folder is made when needed. */
  thumbnailPath(clipId: string): string;
  /** Reckons the time of clips anew with what was found in them. */
  times: Pick<ClipTimes, 'revise' | 'takeTrack'>;
  /** Told of every clip that has its preview, or will have none. */
  onClip(clipId: string): void;
  log: Log;
}

interface Preview {
  media: MediaFacts | null;
  state: 'thumbnail' | 'none' | 'failed';
}

/** Previews of stored clips as one part of the gateway. */
export function createPreviews(options: PreviewOptions): PreviewMaker {
  return new PreviewMaker(options);
}

const nothing: Preview = { media: null, state: 'none' };
const pauseAfterFaultMs = 30_000;

/**
 * Looks into stored clips, one at a time: what they hold, and a still. Convenience only: nothing else waits for
 * it, and no file, however broken, keeps it from the next.
 */
export class PreviewMaker {
  readonly name = 'previews';
  readonly #options: PreviewOptions;
  readonly #stopping = new AbortController();
  #wake: () => void = () => {};
  #isWoken = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: PreviewOptions) {
    this.#options = options;
  }

  /** Begins to work through waiting clips, until stopped or until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => this.#stopping.abort(), { once: true });
    this.#work = this.#run();
  }

  /** Looks for waiting clips now. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Kills what runs, and resolves once it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#isWoken = false;
      try {
        const clip = await this.#nextClip();
        if (clip === null) await this.#rest(null);
        else await this.#handle(clip);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.warn({ err: error }, 'previews cannot be made now; they are tried again');
        await this.#rest(pauseAfterFaultMs);
      }
    }
  }

  async #nextClip(): Promise<ClipRecord | null> {
    const { database } = this.#options;
    const marks = storedStates.map(() => '?').join(', ');
    const [row] = await database.read(
      `SELECT clip_id FROM clip INDEXED BY clip_preview_due WHERE preview_state = 'waiting' AND state IN (${marks}) ORDER BY clip_id DESC LIMIT 1`,
      storedStates,
    );
    return row === undefined ? null : readClip(database, String(row.clip_id));
  }

  async #handle(clip: ClipRecord): Promise<void> {
    const { database, log } = this.#options;
    const preview = await this.#look(clip);
    await database.write((transaction) =>
      transaction.run('UPDATE clip SET media = ?, preview_state = ? WHERE clip_id = ?', [
        preview.media === null ? null : JSON.stringify(preview.media),
        preview.state,
        clip.clipId,
      ]),
    );
    log.info({ clipId: clip.clipId, preview: preview.state }, 'preview made');
    await this.#options.times.revise(clip.clipId);
    const besides = clip.kind === 'sidecar' ? await this.#takeTrack(clip) : [];
    for (const clipId of [clip.clipId, ...besides]) this.#options.onClip(clipId);
  }

  /** A sidecar may be the track of a satellite receiver; resolves with the clips whose time it changed. */
  async #takeTrack(sidecar: ClipRecord): Promise<string[]> {
    const file = await this.#options.mediaPath(sidecar);
    return file === null ? [] : this.#options.times.takeTrack(sidecar, file);
  }

  /** What can be shown of a clip. Throws only for faults that are not the file's. */
  async #look(clip: ClipRecord): Promise<Preview> {
    if (clip.kind === 'sidecar') return nothing;
    let media: MediaFacts | null = null;
    try {
      const file = await this.#options.mediaPath(clip);
      if (file === null) return { media, state: 'failed' };
      media = await probeMedia(file, clip.kind, this.#stopping.signal);
      if (media.videoCodec === null) return { media, state: 'none' };
      const target = this.#options.thumbnailPath(clip.clipId);
      const isMade = await makeThumbnail(file, target, media, this.#stopping.signal);
      return { media, state: isMade ? 'thumbnail' : 'failed' };
    } catch (error) {
      if (!isFaultOfFile(error)) throw error;
      this.#options.log.warn({ err: error, clipId: clip.clipId }, 'the clip cannot be previewed');
      return { media, state: 'failed' };
    }
  }

  /** Until woken, stopped, or `longestMs` are over. */
  async #rest(longestMs: number | null): Promise<void> {
    const { signal } = this.#stopping;
    if (this.#isWoken || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = longestMs === null ? undefined : setTimeout(resolve, longestMs);
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

function isFaultOfFile(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  return error instanceof ToolError && error.fault !== 'not-installed' && error.fault !== 'stopped';
}
