import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { Reckoning } from '../../reckoning/reckoner.ts';
import { forwardOrder } from './forward-order.ts';
import type { ForwardingPolicy } from './forwarding-policy.ts';
import { readForwardFacts } from './read-forward-facts.ts';

/** Keeps in the queue how urgent each clip is, whenever a mark, link, hold, operation or time has changed. */
export class ForwardReckoning implements Reckoning {
  readonly kind = 'clip';
  readonly #database: IndexDatabase;
  readonly #policy: ForwardingPolicy;
  readonly #onChange: () => void;

  /** `onChange` is called when the line has another order. */
  constructor(database: IndexDatabase, policy: ForwardingPolicy, onChange: () => void) {
    this.#database = database;
    this.#policy = policy;
    this.#onChange = onChange;
  }

  async reckon(clipIds: readonly string[]): Promise<void> {
    const facts = await readForwardFacts(this.#database, clipIds);
    if (facts.length === 0) return;
    const changed = await this.#database.write(async (transaction) => {
      let rows = 0;
      for (const known of facts) {
        const { importance, dueAtMs, recordedAtMs } = forwardOrder(known, this.#policy);
        const order = [importance, new Date(dueAtMs).toISOString(), new Date(recordedAtMs).toISOString()];
        rows += await transaction.run(
          `UPDATE forward SET importance = ?1, due_at = ?2, recorded_at = ?3
           WHERE clip_id = ?4 AND (importance, due_at, recorded_at) IS NOT (?1, ?2, ?3)`,
          [...order, known.clipId],
        );
      }
      return rows;
    });
    if (changed > 0) this.#onChange();
  }

  /** Reckons every clip that waits: the policy may be another than at the last start. */
  async reckonAll(signal: AbortSignal): Promise<void> {
    let after = '';
    while (!signal.aborted) {
      const rows = await this.#database.read(
        'SELECT DISTINCT clip_id FROM forward WHERE clip_id > ? ORDER BY clip_id LIMIT 200',
        [after],
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      await this.reckon(rows.map((row) => String(row.clip_id)));
      after = String(last.clip_id);
    }
  }
}
