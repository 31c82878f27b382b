import { type ClipRecord, type IndexDatabase, type Mapping, readClip, storedStates } from '@docket/ingest';
import type { Log } from '../log.ts';
import { ToolError } from '../previews/run-tool.ts';
import { WaitingWork } from '../waiting-work.ts';
import { CodeDecoder } from './code-decoder.ts';
import { filmedCodes } from './film-codes.ts';

export interface CodeReaderOptions {
  database: IndexDatabase;
  /** Where the stored bytes of a clip lie; `null` where they do not. */
  mediaPath(clip: ClipRecord): Promise<string | null>;
  mapping: Pick<Mapping, 'takeCode'>;
  /** How much of the start of each video is searched; 0: none. */
  codeSeconds: number;
  log: Log;
}

/**
 * Looks once at the start of each stored video, and at each photo, for codes shown to the camera, after its preview is
 * made. Nothing waits for it, and a film that cannot be read is no fault of anybody.
 */
export class CodeReader {
  readonly name = 'codes';
  readonly #options: CodeReaderOptions;
  readonly #decoder = new CodeDecoder();
  readonly #work: WaitingWork<ClipRecord>;

  constructor(options: CodeReaderOptions) {
    this.#options = options;
    this.#work = new WaitingWork({
      next: () => this.#nextClip(),
      handle: (clip, signal) => this.#read(clip, signal),
      faultMessage: 'codes cannot be read now; they are tried again',
      log: options.log,
    });
  }

  /** Begins to work through clips, until stopped or until the signal aborts. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#options.codeSeconds > 0) this.#work.start(signal);
  }

  /** Looks for clips now. */
  wake(): void {
    this.#work.wake();
  }

  /** Kills what runs, and resolves once it is gone. */
  async stop(): Promise<void> {
    const stopped = this.#work.stop();
    await this.#decoder.stop();
    await stopped;
  }

  async #nextClip(): Promise<ClipRecord | null> {
    const { database } = this.#options;
    const marks = storedStates.map(() => '?').join(', ');
    const [row] = await database.read(
      `SELECT clip_id FROM clip INDEXED BY clip_code_due WHERE code_state = 'waiting' AND kind IN ('video', 'photo')
       AND preview_state != 'waiting' AND state IN (${marks}) ORDER BY clip_id DESC LIMIT 1`,
      storedStates,
    );
    return row === undefined ? null : readClip(database, String(row.clip_id));
  }

  async #read(clip: ClipRecord, signal: AbortSignal): Promise<void> {
    const { database, mapping, log } = this.#options;
    const codes = await this.#codesOf(clip, signal);
    let ours = 0;
    for (const { atMs, text } of codes ?? []) {
      if (await mapping.takeCode(clip.clipId, atMs, text)) ours += 1;
    }
    const state = codes === null ? 'failed' : ours > 0 ? 'found' : 'none';
    await database.write((transaction) =>
      transaction.run('UPDATE clip SET code_state = ? WHERE clip_id = ?', [state, clip.clipId]),
    );
    if (ours > 0) log.info({ clipId: clip.clipId, codes: ours }, 'code read');
  }

  /** `null` where the film cannot be read. Throws only for faults that are not the film's. */
  async #codesOf(clip: ClipRecord, signal: AbortSignal) {
    const file = await this.#options.mediaPath(clip);
    if (file === null) return null;
    try {
      return await filmedCodes(file, this.#options.codeSeconds, this.#decoder, signal);
    } catch (error) {
      const isFaultOfFilm =
        error instanceof ToolError && error.fault !== 'not-installed' && error.fault !== 'stopped';
      if (!isFaultOfFilm) throw error;
      this.#options.log.debug({ err: error, clipId: clip.clipId }, 'no picture to search for codes');
      return null;
    }
  }
}
