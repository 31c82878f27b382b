import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import type { ActGround } from '../register/recorder-ledger.ts';
import { type ClipLinkFile, type QueuedClip, readClipLinkFile, readQueued } from './clip-file.ts';
import { ClipReckoning } from './clip-reckoning.ts';
import { readCodeText } from './code-text.ts';
import { LinkActs, type WantedTarget } from './link-acts.ts';
import type { MappingPolicy } from './link-evidence.ts';
import { listQueue, type QueueFilter, type QueueListing } from './mapping-queue.ts';

export type MappingListener = (clipIds: readonly string[]) => void;

/**
 * Which clip belongs to which activity, case and step. The rules link what is sure, and put everything else before a
 * person; what a person says stands. Every word on a clip is an entry of its own.
 */
export class Mapping {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #clips: ClipReckoning;
  readonly #acts: LinkActs;
  readonly #listeners = new Set<MappingListener>();
  /** Keeps the links true to what is known; the first of the reckonings of clips. */
  readonly reckoning: Reckoning;

  constructor(database: IndexDatabase, custody: CustodyLog, policy: MappingPolicy) {
    this.#database = database;
    this.#custody = custody;
    const clips = new ClipReckoning(custody, policy);
    this.#clips = clips;
    this.#acts = new LinkActs(custody, clips);
    this.reckoning = {
      kind: 'clip',
      reckon: async (clipIds) => {
        this.#told(await database.write((transaction) => clips.reckon(transaction, clipIds)));
      },
    };
  }

  /** A page of the clips that wait for a person, each with what there is to choose from. */
  async queue(
    filter: QueueFilter,
    page: { before: string | null; limit: number },
  ): Promise<Omit<QueueListing, 'clipIds'> & { clips: QueuedClip[] }> {
    const { clipIds, ...listing } = await listQueue(this.#database, filter, page);
    return { ...listing, clips: await readQueued(this.#database, this.#clips, clipIds) };
  }

  /** Everything on where a clip belongs; `null` where no such clip stands in the store. */
  readFile(clipId: string): Promise<ClipLinkFile | null> {
    return readClipLinkFile(this.#database, this.#clips, clipId);
  }

  /**
   * A person says where clips belong: exactly there, whatever they were linked to before. Throws CLIP_UNKNOWN,
   * LINK_TARGET_UNKNOWN; then nothing of it stands.
   */
  link(clipIds: readonly string[], targets: readonly WantedTarget[], ground: ActGround): Promise<void> {
    return this.#act(clipIds, (transaction) => this.#acts.link(transaction, clipIds, targets, ground));
  }

  /** A person says that a suggestion is right. Throws as `link`. */
  accept(clipId: string, target: WantedTarget, ground: ActGround): Promise<void> {
    return this.link([clipId], [target], ground);
  }

  /** A person says that clips do not belong to a case or activity, or to none that they are linked to. Throws CLIP_UNKNOWN. */
  unlink(
    clipIds: readonly string[],
    from: { caseId?: string; activityId?: string },
    ground: ActGround,
  ): Promise<void> {
    return this.#act(clipIds, (transaction) => this.#acts.unlink(transaction, clipIds, from, ground));
  }

  /** A person says that clips belong to no case (与执法无关). Throws CLIP_UNKNOWN. */
  setAside(clipIds: readonly string[], ground: ActGround): Promise<void> {
    return this.#act(clipIds, (transaction) => this.#acts.setAside(transaction, clipIds, ground));
  }

  /** A person takes back what persons said of clips: the rules decide on them again. Throws CLIP_UNKNOWN. */
  reopen(clipIds: readonly string[], ground: ActGround): Promise<void> {
    return this.#act(clipIds, (transaction) => this.#acts.reopen(transaction, clipIds, ground));
  }

  /**
   * Takes what a code shown to the camera says, `atMs` into the clip. Resolves with whether it is one of ours; of others
   * nothing is kept. Throws CLIP_UNKNOWN.
   */
  async takeCode(clipId: string, atMs: number, text: string): Promise<boolean> {
    const content = readCodeText(text);
    if (content === null) return false;
    await this.#database.write(async (transaction) => {
      const [clip] = await transaction.all('SELECT clip_id FROM clip WHERE clip_id = ?', [clipId]);
      if (clip === undefined) throw new IngestError('CLIP_UNKNOWN', `there is no clip ${clipId}`);
      const isNew = await transaction.run(
        `INSERT INTO clip_code (clip_id, at_ms, text, named_kind, named_id, read_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
        [clipId, Math.round(atMs), text, content.kind, content.id, new Date().toISOString()],
      );
      if (isNew === 0) return;
      await this.#custody.append(transaction, {
        action: 'code-read',
        clipId,
        details: { atMs: Math.round(atMs), text, [content.kind]: content.id },
      });
      await markDue(transaction, 'clip', [clipId]);
    });
    this.#told([clipId]);
    return true;
  }

  /** Calls `listener` with clips whose links or place in the queue changed, until the returned function is called. */
  onChange(listener: MappingListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #act(clipIds: readonly string[], act: (transaction: Transaction) => Promise<void>): Promise<void> {
    await this.#database.write(act);
    this.#told(clipIds);
  }

  #told(clipIds: readonly string[]): void {
    if (clipIds.length === 0) return;
    for (const listener of this.#listeners) listener(clipIds);
  }
}
