import type { IndexDatabase } from '../../index-store/index-database.ts';
import { indexRecordDocument } from '../archive-layout.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveTarget } from '../archive-target.ts';
import type { IndexRecord } from './index-records.ts';
import type { FeedCursor, RecordPlace } from './record-place.ts';

export interface TargetPlaceOptions {
  database: IndexDatabase;
  target: ArchiveTarget;
  dockName: string;
  retry: RecordPlace['retry'];
}

/** The records of an archive target: a document each, kept and read back, ahead of the footage. */
export class TargetPlace implements RecordPlace {
  readonly feed: string;
  readonly destination: string;
  readonly mostAtOnce = 1;
  readonly retry: RecordPlace['retry'];
  readonly #options: TargetPlaceOptions;

  constructor(options: TargetPlaceOptions) {
    this.feed = `target:${options.target.name}`;
    this.destination = `${options.target.kind}:${options.target.name}`;
    this.retry = options.retry;
    this.#options = options;
  }

  async isOpen(): Promise<boolean> {
    const { database, target } = this.#options;
    const [row] = await database.read('SELECT paused_at FROM archive_target WHERE target = ?', [target.name]);
    return typeof row?.paused_at !== 'string';
  }

  async deliver(
    records: readonly IndexRecord[],
    cursor: FeedCursor,
    signal: AbortSignal,
  ): Promise<FeedCursor> {
    const { target, dockName } = this.#options;
    for (const record of records) {
      const kept = await target.putDocument(indexRecordDocument(dockName, record), signal);
      if (kept === record.sha256) continue;
      throw new ArchiveRefusal(
        'holds-other-bytes',
        `${target.name} gave another index record ${record.sequence} back than it was sent`,
      );
    }
    return { ...cursor, nextSequence: cursor.nextSequence + records.length };
  }
}
