import {
  type ClipRecord,
  type ClipTimes,
  type IndexDatabase,
  type MediaFacts,
  readClip,
  storedStates,
} from '@docket/ingest';
import type { Log } from '../log.ts';
import { WaitingWork } from '../waiting-work.ts';
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

/**
 * Looks into stored clips, one at a time: what they hold, and a still. Convenience only: nothing else waits for
 * it, and no file, however broken, keeps it from the next.
 */
export class PreviewMaker {
  readonly name = 'previews';
  readonly #options: PreviewOptions;
  readonly #work: WaitingWork<ClipRecord>;

  constructor(options: PreviewOptions) {
    this.#options = options;
    this.#work = new WaitingWork({
      next: () => this.#nextClip(),
      handle: (clip, signal) => this.#handle(clip, signal),
      faultMessage: 'previews cannot be made now; they are tried again',
      log: options.log,
    });
  }

  /** Begins to work through waiting clips, until stopped or until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    this.#work.start(signal);
  }

  /** Looks for waiting clips now. */
  wake(): void {
    this.#work.wake();
  }

  /** Kills what runs, and resolves once it is gone. */
  stop(): Promise<void> {
    return this.#work.stop();
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

  async #handle(clip: ClipRecord, signal: AbortSignal): Promise<void> {
    const { database, log } = this.#options;
    const preview = await this.#look(clip, signal);
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
  async #look(clip: ClipRecord, signal: AbortSignal): Promise<Preview> {
    if (clip.kind === 'sidecar') return nothing;
    let media: MediaFacts | null = null;
    try {
      const file = await this.#options.mediaPath(clip);
      if (file === null) return { media, state: 'failed' };
      media = await probeMedia(file, clip.kind, signal);
      if (media.videoCodec === null) return { media, state: 'none' };
      const target = this.#options.thumbnailPath(clip.clipId);
      const isMade = await makeThumbnail(file, target, media, signal);
      return { media, state: isMade ? 'thumbnail' : 'failed' };
    } catch (error) {
      if (!isFaultOfFile(error)) throw error;
      this.#options.log.warn({ err: error, clipId: clip.clipId }, 'the clip cannot be previewed');
      return { media, state: 'failed' };
    }
  }
}

function isFaultOfFile(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  return error instanceof ToolError && error.fault !== 'not-installed' && error.fault !== 'stopped';
}
