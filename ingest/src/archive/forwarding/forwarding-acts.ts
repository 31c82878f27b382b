import type { CustodyAction, CustodyLog } from '../../custody/custody-log.ts';
import { IngestError } from '../../errors.ts';
import type { IndexDatabase, Transaction } from '../../index-store/index-database.ts';
import { markDue } from '../../reckoning/due.ts';
import type { PersonGround } from '../../retention/holds.ts';

/** What persons, and the centre, say about forwarding: each act durable, and in one transaction with its custody entry. */
export class ForwardingActs {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /** Stops a target until it is resumed; clips under way stop at their next piece. Nothing where it is paused. */
  async pause(target: string, ground: PersonGround): Promise<void> {
    await this.#database.write(async (transaction) => {
      await requireTarget(transaction, target);
      const changed = await transaction.run(
        'UPDATE archive_target SET paused_by = ?, paused_at = ?, paused_reason = ? WHERE target = ? AND paused_by IS NULL',
        [ground.person, new Date().toISOString(), ground.reason, target],
      );
      if (changed > 0) await this.#tell(transaction, 'forwarding-paused', ground, { target });
    });
  }

  /** Lets a paused target go on. Nothing where it is not paused. */
  async resume(target: string, ground: PersonGround): Promise<void> {
    await this.#database.write(async (transaction) => {
      await requireTarget(transaction, target);
      const changed = await transaction.run(
        'UPDATE archive_target SET paused_by = NULL, paused_at = NULL, paused_reason = NULL WHERE target = ? AND paused_by IS NOT NULL',
        [target],
      );
      if (changed > 0) await this.#tell(transaction, 'forwarding-resumed', ground, { target });
    });
  }

  /** Puts one clip back into the line as if it had never failed; a dead letter too. Throws FORWARD_UNKNOWN. */
  async retry(clipId: string, target: string, ground: PersonGround): Promise<void> {
    await this.#database.write(async (transaction) => {
      const [row] = await transaction.all('SELECT state FROM forward WHERE clip_id = ? AND target = ?', [
        clipId,
        target,
      ]);
      if (row === undefined)
        throw new IngestError('FORWARD_UNKNOWN', `clip ${clipId} does not wait for ${target}`, { clipId });
      await transaction.run(
        "UPDATE forward SET state = 'queued', attempts = 0, faults = 0, not_before = NULL WHERE clip_id = ? AND target = ?",
        [clipId, target],
      );
      await this.#tell(transaction, 'forwarding-retried', ground, { target }, clipId);
    });
  }

  /** The same for every dead letter and every clip that waits for its next try at a target. Resolves with how many. */
  async retryAll(target: string, ground: PersonGround): Promise<number> {
    return this.#database.write(async (transaction) => {
      await requireTarget(transaction, target);
      const clips = await transaction.run(
        `UPDATE forward SET state = 'queued', attempts = 0, faults = 0, not_before = NULL
         WHERE target = ? AND (state = 'dead' OR not_before IS NOT NULL)`,
        [target],
      );
      await this.#tell(transaction, 'forwarding-retried', ground, { target, clips });
      return clips;
    });
  }

  /**
   * Asks for clips to be archived next, whatever their tier. Resolves with how many still waited; clips that every target
   * signed for, and unknown ones, are passed over.
   */
  async demand(clipIds: readonly string[], ground: PersonGround): Promise<number> {
    return this.#database.write(async (transaction) => {
      const waiting = await transaction.all(
        `SELECT DISTINCT clip_id FROM forward
         WHERE clip_id IN (SELECT value FROM json_each(?)) AND demanded_at IS NULL`,
        [JSON.stringify(clipIds)],
      );
      const demanded = waiting.map((row) => String(row.clip_id));
      await transaction.run(
        `UPDATE forward SET demanded_at = ?, importance = max(importance, 1)
         WHERE clip_id IN (SELECT value FROM json_each(?)) AND demanded_at IS NULL`,
        [new Date().toISOString(), JSON.stringify(demanded)],
      );
      for (const clipId of demanded) await this.#tell(transaction, 'forwarding-demanded', ground, {}, clipId);
      await markDue(transaction, 'clip', demanded);
      return demanded.length;
    });
  }

  #tell(
    transaction: Transaction,
    action: CustodyAction,
    { person, reason }: PersonGround,
    details: Record<string, string | number>,
    clipId?: string,
  ): Promise<void> {
    return this.#custody.append(transaction, {
      action,
      actor: `operator:${person}`,
      ...(clipId === undefined ? {} : { clipId }),
      details: { ...details, reason },
    });
  }
}

async function requireTarget(transaction: Transaction, target: string): Promise<void> {
  const [row] = await transaction.all('SELECT 1 FROM archive_target WHERE target = ? AND is_configured = 1', [
    target,
  ]);
  if (row === undefined) throw new IngestError('ARCHIVE_TARGET_UNKNOWN', `no archive target ${target}`);
}
