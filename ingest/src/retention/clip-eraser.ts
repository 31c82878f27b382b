import { Rest } from '../rest.ts';
import { beginDeletion, type DeletionOf, type DeletionServices, deleteClip } from './delete-clip.ts';
import { type DeletionWarrant, type VerdictGround, warrantOfBegun } from './deletion-warrant.ts';

export interface ClipEraserOptions extends DeletionServices {
  ground(): Promise<VerdictGround>;
  /** Told of every clip that was deleted, by id. */
  onDeleted(clipId: string): void;
  onError(error: unknown, clipId: string | null): void;
}

/** Looks for what is to be done at least this often: an archive that was away may be back. */
const longestRestMs = 60_000;

/** Carries out deletions that were approved, and finishes those that a stop cut off. */
export class ClipEraser {
  readonly #options: ClipEraserOptions;
  readonly #rest = new Rest();

  constructor(options: ClipEraserOptions) {
    this.#options = options;
  }

  /** Looks for approved deletions now. */
  wake(): void {
    this.#rest.wake();
  }

  /** Works until the signal aborts; a deletion under way is finished first. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.settle(signal);
      await this.#rest.until(longestRestMs, signal);
    }
  }

  /** Goes once through all that is to be done. What fails is told, and stays to be done. */
  async settle(signal: AbortSignal): Promise<void> {
    try {
      for (const deletion of await this.#toDo()) {
        if (signal.aborted) return;
        await this.#carryOut(deletion);
      }
    } catch (error) {
      this.#options.onError(error, null);
    }
  }

  async #toDo(): Promise<DeletionOf[]> {
    const rows = await this.#options.database.read(
      "SELECT request_id, clip_id FROM deletion INDEXED BY deletion_to_do WHERE state IN ('approved', 'started') ORDER BY request_id, clip_id",
    );
    return rows.map((row) => ({ requestId: String(row.request_id), clipId: String(row.clip_id) }));
  }

  async #carryOut(deletion: DeletionOf): Promise<void> {
    try {
      const warrant = await this.#warrantFor(deletion);
      if (warrant === null) return;
      await deleteClip(this.#options, warrant);
      this.#options.onDeleted(deletion.clipId);
    } catch (error) {
      this.#options.onError(error, deletion.clipId);
    }
  }

  async #warrantFor(deletion: DeletionOf): Promise<DeletionWarrant | null> {
    const begun = await warrantOfBegun(this.#options.database, deletion);
    return begun ?? beginDeletion(this.#options, deletion, await this.#options.ground());
  }
}
