import type { CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { readClipDeletion } from './deletion-record.ts';
import { keptNow, type VerdictGround } from './deletion-warrant.ts';
import { Deletions } from './deletions.ts';
import { type Hold, Holds } from './holds.ts';
import { type Retention, type RetentionClass, type RetentionPolicy, usualRetention } from './retention.ts';
import { RetentionReckoning } from './retention-reckoning.ts';

export interface RetentionOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  policy?: RetentionPolicy;
  isByTwoPersons?: boolean;
  zone?: string;
  /** Whether the dock's clock is known to be right now; periods end only then. */
  isClockSure?(): Promise<boolean>;
}

/** How one clip is kept, with the holds and the deletion that stand. */
export interface ClipRetention extends Retention {
  clipId: string;
  mayBeDeleted: boolean;
  holds: Hold[];
  deletion: Awaited<ReturnType<typeof readClipDeletion>>;
}

/** A clip that nothing keeps any more, as far as the index was reckoned. */
export interface ExpiredClip {
  clipId: string;
  name: string;
  sizeBytes: number;
  recorderId: string;
  recorderSerialNumber: string | null;
  class: RetentionClass;
  keptUntil: string;
}

/** Retention, holds and deletions of the clips of a store. */
export class RetentionBook {
  readonly holds: Holds;
  readonly deletions: Deletions;
  readonly reckoning: RetentionReckoning;
  readonly #database: IndexDatabase;
  readonly #options: RetentionOptions;

  constructor(options: RetentionOptions) {
    const { database, custody, policy = usualRetention, zone = 'Asia/Shanghai' } = options;
    this.#options = options;
    this.#database = database;
    this.holds = new Holds(database, custody);
    this.reckoning = new RetentionReckoning({ database, policy, zone });
    this.deletions = new Deletions({
      database,
      custody,
      isByTwoPersons: options.isByTwoPersons ?? true,
      ground: () => this.ground(),
    });
  }

  /** By what a verdict is given now. */
  async ground(): Promise<VerdictGround> {
    const { policy = usualRetention, zone = 'Asia/Shanghai', isClockSure } = this.#options;
    return { policy, zone, isClockSure: (await isClockSure?.()) ?? true };
  }

  /** How a clip is kept at this moment, from the facts and not from what was reckoned. */
  async ofClip(clipId: string): Promise<ClipRetention> {
    const retention = await keptNow(this.#database, clipId, await this.ground());
    return {
      clipId,
      ...retention,
      mayBeDeleted: retention.reasons.length === 0,
      holds: await this.holds.ofClip(clipId),
      deletion: await readClipDeletion(this.#database, clipId),
    };
  }

  /** Clips whose time is over and whose deletion nobody has asked for, those that ended first first. */
  async expired(page: {
    after: [keptUntil: string, clipId: string] | null;
    limit: number;
  }): Promise<{ clips: ExpiredClip[]; next: [keptUntil: string, clipId: string] | null }> {
    const after = page.after === null ? '' : 'AND (keep_until, clip_retention.clip_id) > (?, ?)';
    const rows = await this.#database.read(
      `SELECT clip.clip_id, clip.name, clip.size_bytes, clip.recorder_id, recorder.serial_number, class, keep_until
       FROM clip_retention JOIN clip USING (clip_id) JOIN recorder USING (recorder_id)
       WHERE keep_until <= ? AND clip.state IN ('receipted', 'released') ${after}
         AND NOT EXISTS (SELECT 1 FROM deletion WHERE deletion.clip_id = clip.clip_id
           AND deletion.state IN ('requested', 'approved', 'started', 'done'))
       ORDER BY keep_until, clip_retention.clip_id LIMIT ?`,
      [new Date().toISOString(), ...(page.after ?? []), page.limit + 1],
    );
    const clips = rows.slice(0, page.limit).map((row) => ({
      clipId: String(row.clip_id),
      name: String(row.name),
      sizeBytes: Number(row.size_bytes),
      recorderId: String(row.recorder_id),
      recorderSerialNumber: typeof row.serial_number === 'string' ? row.serial_number : null,
      class: row.class as RetentionClass,
      keptUntil: String(row.keep_until),
    }));
    const last = rows.length > page.limit ? clips.at(-1) : undefined;
    return { clips, next: last === undefined ? null : [last.keptUntil, last.clipId] };
  }
}
