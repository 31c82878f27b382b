import type { ActGround, CustodyLog, IndexDatabase, Transaction } from '@docket/ingest';

/**
 * How far a recorder has come with an image. `restarting`: it was told to start the image; `confirmed`: it runs it and
 * keeps it; `reverted`: it runs another one after all; `failed`: it refused the image, or was not well under it.
 */
export type UpdateState = 'sending' | 'sent' | 'restarting' | 'confirmed' | 'reverted' | 'failed';

export interface UpdateRow {
  imageHash: string;
  recorderId: string;
  state: UpdateState;
  slot: string;
  versionBefore: string | null;
  begunAt: string;
  changedAt: string;
  detail: string | null;
}

/** Where a step was done, for the custody entry. */
export interface UpdatePlace {
  imageHash: string;
  version: string;
  recorderId: string;
  dockingId: string | null;
  slot: string;
}

/** Roll-outs and what each recorder has of them; every change stands in the custody log. */
export class RollOutIndex {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(store: { database: IndexDatabase; custody: CustodyLog }) {
    this.#database = store.database;
    this.#custody = store.custody;
  }

  async updates(imageHash: string): Promise<UpdateRow[]> {
    const rows = await this.#database.read(
      'SELECT * FROM firmware_update WHERE image_hash = ? ORDER BY begun_at, recorder_id',
      [imageHash],
    );
    return rows.map(rowOf);
  }

  async update(imageHash: string, recorderId: string): Promise<UpdateRow | null> {
    const [row] = await this.#database.read(
      'SELECT * FROM firmware_update WHERE image_hash = ? AND recorder_id = ?',
      [imageHash, recorderId],
    );
    return row === undefined ? null : rowOf(row);
  }

  /** Recorders that were told to start an image and were not seen well since. */
  async restarting(): Promise<(UpdateRow & { version: string })[]> {
    const rows = await this.#database.read(
      "SELECT u.*, r.version FROM firmware_update u JOIN firmware_roll_out r USING (image_hash) WHERE u.state = 'restarting'",
    );
    return rows.map((row) => ({ ...rowOf(row), version: String(row.version) }));
  }

  /** Why the roll-out stopped; `null` while it goes on. */
  async stopped(imageHash: string): Promise<{ at: string; reason: string } | null> {
    const [row] = await this.#database.read(
      'SELECT stopped_at, stopped_reason FROM firmware_roll_out WHERE image_hash = ? AND stopped_at IS NOT NULL',
      [imageHash],
    );
    return row === undefined ? null : { at: String(row.stopped_at), reason: String(row.stopped_reason) };
  }

  /**
   * Counts the recorder in, where it has begun already or fewer than `limit` have. Resolves with whether it may go on;
   * asked by several dockings at once, no more than `limit` are told so.
   */
  begin(place: UpdatePlace, versionBefore: string | null, limit: number): Promise<boolean> {
    return this.#database.write(async (transaction) => {
      await transaction.run('INSERT OR IGNORE INTO firmware_roll_out (image_hash, version) VALUES (?, ?)', [
        place.imageHash,
        place.version,
      ]);
      const [stopped] = await transaction.all(
        'SELECT 1 FROM firmware_roll_out WHERE image_hash = ? AND stopped_at IS NOT NULL',
        [place.imageHash],
      );
      if (stopped !== undefined) return false;
      const begun = await transaction.all('SELECT recorder_id FROM firmware_update WHERE image_hash = ?', [
        place.imageHash,
      ]);
      if (begun.some((row) => row.recorder_id === place.recorderId)) return true;
      if (begun.length >= limit) return false;
      const now = new Date().toISOString();
      await transaction.run(
        `INSERT INTO firmware_update (image_hash, recorder_id, state, slot, version_before, begun_at, changed_at)
         VALUES (?, ?, 'sending', ?, ?, ?, ?)`,
        [place.imageHash, place.recorderId, place.slot, versionBefore, now, now],
      );
      await this.#enter(transaction, place, 'sending', null);
      return true;
    });
  }

  async moved(place: UpdatePlace, state: UpdateState, detail: string | null = null): Promise<void> {
    await this.#database.write((transaction) => this.#move(transaction, place, state, detail));
  }

  /** A recorder failed: no other gets the image any more. */
  async failed(place: UpdatePlace, state: 'reverted' | 'failed', reason: string): Promise<void> {
    await this.#database.write(async (transaction) => {
      await this.#move(transaction, place, state, reason);
      await transaction.run(
        'UPDATE firmware_roll_out SET stopped_at = ?, stopped_reason = ? WHERE image_hash = ? AND stopped_at IS NULL',
        [new Date().toISOString(), reason, place.imageHash],
      );
      const { imageHash, version } = place;
      await this.#custody.append(transaction, {
        action: 'roll-out-stopped',
        recorderId: place.recorderId,
        details: { imageHash, version, reason },
      });
    });
  }

  /**
   * Lets a stopped roll-out go on, and those recorders that failed try again, as an operator decided. Resolves with
   * false where nothing was stopped.
   */
  resume(imageHash: string, { operator, reason }: ActGround): Promise<boolean> {
    return this.#database.write(async (transaction) => {
      const changed = await transaction.run(
        'UPDATE firmware_roll_out SET stopped_at = NULL, stopped_reason = NULL WHERE image_hash = ? AND stopped_at IS NOT NULL',
        [imageHash],
      );
      if (changed === 0) return false;
      await transaction.run(
        "DELETE FROM firmware_update WHERE image_hash = ? AND state IN ('reverted', 'failed')",
        [imageHash],
      );
      await this.#custody.append(transaction, {
        action: 'roll-out-resumed',
        actor: `operator:${operator}`,
        details: { imageHash, reason },
      });
      return true;
    });
  }

  async #move(
    transaction: Transaction,
    place: UpdatePlace,
    state: UpdateState,
    detail: string | null,
  ): Promise<void> {
    await transaction.run(
      'UPDATE firmware_update SET state = ?, slot = ?, changed_at = ?, detail = ? WHERE image_hash = ? AND recorder_id = ?',
      [state, place.slot, new Date().toISOString(), detail, place.imageHash, place.recorderId],
    );
    await this.#enter(transaction, place, state, detail);
  }

  async #enter(
    transaction: Transaction,
    { imageHash, version, recorderId, dockingId, slot }: UpdatePlace,
    state: UpdateState,
    detail: string | null,
  ): Promise<void> {
    await this.#custody.append(transaction, {
      action: `firmware-${state}`,
      recorderId,
      ...(dockingId === null ? {} : { dockingId }),
      details: { imageHash, version, slot, ...(detail === null ? {} : { detail }) },
    });
  }
}

function rowOf(row: Readonly<Record<string, unknown>>): UpdateRow {
  return {
    imageHash: String(row.image_hash),
    recorderId: String(row.recorder_id),
    state: row.state as UpdateState,
    slot: String(row.slot),
    versionBefore: row.version_before === null ? null : String(row.version_before),
    begunAt: String(row.begun_at),
    changedAt: String(row.changed_at),
    detail: row.detail === null ? null : String(row.detail),
  };
}
