import type { IndexDatabase } from '../index-store/index-database.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import type { RetentionPolicy } from './retention.ts';
import { readRetentionFacts } from './retention-facts.ts';
import { type RetentionFacts, retentionOf } from './retention-of.ts';

export interface RetentionGround {
  database: IndexDatabase;
  policy: RetentionPolicy;
  zone: string;
}

/**
 * Writes down of each clip its class and when it may go, so that expired clips are found fast. Nothing is deleted on its
 * word: `deletionVerdict` reads the facts again.
 */
export class RetentionReckoning implements Reckoning {
  readonly kind = 'clip';
  readonly #ground: RetentionGround;

  constructor(ground: RetentionGround) {
    this.#ground = ground;
  }

  async reckon(clipIds: readonly string[]): Promise<void> {
    const { database } = this.#ground;
    const facts = await readRetentionFacts(database, clipIds);
    await database.write(async (transaction) => {
      for (const [clipId, known] of facts) {
        const { class: kept, keepUntil, reasons } = this.#withReceipt(known);
        await transaction.run(
          `INSERT INTO clip_retention (clip_id, class, keep_until, reasons) VALUES (?, ?, ?, ?)
           ON CONFLICT (clip_id) DO UPDATE SET class = excluded.class, keep_until = excluded.keep_until, reasons = excluded.reasons`,
          [clipId, kept, keepUntil, JSON.stringify(reasons)],
        );
      }
    });
  }

  /** A receipt comes without the clip being reckoned anew, so the query for expired clips looks at it by itself. */
  #withReceipt(facts: RetentionFacts) {
    const { policy, zone } = this.#ground;
    return retentionOf({ ...facts, isReceipted: true }, policy, { now: new Date().toISOString(), zone });
  }
}
