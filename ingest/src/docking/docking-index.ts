import type { RecorderIdentity, RecorderStatus } from '@docket/device-protocol';
import { v7 as uuidv7 } from 'uuid';
import type { JsonValue } from '../custody/canonical-json.ts';
import type { CustodyAction, CustodyLog } from '../custody/custody-log.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import { registerClaims } from '../register/claimed-identity.ts';
import { concernsAbout } from '../register/concerns.ts';
import { readStanding } from '../register/standing.ts';
import { announceStep } from '../step-channel.ts';
import { clockNotReadYet } from '../time/clock-statement.ts';
import type { DockingIssue, DockingState, RecorderConcern, RecorderSummary } from './docking-record.ts';

export interface DockingCounts {
  clipsListed: number;
  clipsPulled: number;
  clipsKnown: number;
  clipsQuarantined: number;
}

/** Changes to one docking, each with its custody entry. */
export class DockingIndex {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  async attach(slot: string, driver: string): Promise<string> {
    const dockingId = uuidv7();
    await this.#record('attached', dockingId, { slot, driver }, (transaction) =>
      transaction.run(
        "INSERT INTO docking (docking_id, slot, driver, state, attached_at, clock) VALUES (?, ?, ?, 'open', ?, ?)",
        [dockingId, slot, driver, new Date().toISOString(), JSON.stringify(clockNotReadYet)],
      ),
    );
    return dockingId;
  }

  /** Binds the docking to its recorder in the register; resolves with it and with what must be shown about it. */
  async identify(
    dockingId: string,
    slot: string,
    driver: string,
    identity: RecorderIdentity,
  ): Promise<{ summary: RecorderSummary; concerns: RecorderConcern[] }> {
    const { recorderId, concerns } = await this.#database.write(async (transaction) => {
      const recorderId = await registerClaims(transaction, { dockingId, slot, driver }, identity);
      const standing = await readStanding(transaction.all, recorderId);
      const concerns = standing === null ? [] : concernsAbout(standing, identity.officerNumber);
      await transaction.run('UPDATE docking SET recorder_id = ?, concerns = ? WHERE docking_id = ?', [
        recorderId,
        JSON.stringify(concerns),
        dockingId,
      ]);
      const details = { recorderId, ...identity, ...(concerns.length === 0 ? {} : { concerns }) };
      await this.#custody.append(transaction, { action: 'identified', dockingId, recorderId, details });
      return { recorderId, concerns };
    });
    announceStep('docking.identified', dockingId);
    const { source: _source, ...claims } = identity;
    return { summary: { recorderId, ...claims, driver }, concerns };
  }

  /** Keeps battery and room as the recorder told them. */
  async statusRead(dockingId: string, recorderId: string, status: RecorderStatus): Promise<void> {
    await this.#record('status-read', dockingId, { ...status }, (transaction) =>
      transaction.run(
        `INSERT INTO recorder_reading (docking_id, recorder_id, at, battery_percent, capacity_bytes, free_bytes)
         VALUES (?, ?, ?, ?, ?, ?)`,
        [
          dockingId,
          recorderId,
          new Date().toISOString(),
          status.batteryPercent,
          status.capacityBytes,
          status.freeBytes,
        ],
      ),
    );
  }

  /** `isListedWhole`: what the recorder held and is not among them, it did not hold. */
  async inventoried(dockingId: string, counts: DockingCounts, isListedWhole: boolean): Promise<void> {
    await this.#record('inventoried', dockingId, { ...counts, isListedWhole }, async (transaction) => {
      await updateCounts(transaction, dockingId, counts);
      await transaction.run('UPDATE docking SET listed_whole = ? WHERE docking_id = ?', [
        isListedWhole ? 1 : 0,
        dockingId,
      ]);
    });
  }

  async safe(dockingId: string, counts: DockingCounts): Promise<void> {
    await this.#record('safe', dockingId, { ...counts }, async (transaction) => {
      await updateCounts(transaction, dockingId, counts);
      await transaction.run('UPDATE docking SET safe_at = ? WHERE docking_id = ?', [
        new Date().toISOString(),
        dockingId,
      ]);
      await markDue(transaction, 'docking', [dockingId]);
    });
  }

  async end(
    dockingId: string,
    end: { state: Exclude<DockingState, 'open'>; counts: DockingCounts; failure: DockingIssue | null },
  ): Promise<void> {
    const action = end.state === 'failed' ? 'failed' : 'detached';
    const details = { state: end.state, ...(end.failure === null ? {} : { failure: { ...end.failure } }) };
    await this.#record(action, dockingId, details, async (transaction) => {
      await updateCounts(transaction, dockingId, end.counts);
      await transaction.run(
        'UPDATE docking SET state = ?, detached_at = ?, failure_code = ?, failure_detail = ? WHERE docking_id = ?',
        [
          end.state,
          new Date().toISOString(),
          end.failure?.code ?? null,
          end.failure?.detail ?? null,
          dockingId,
        ],
      );
    });
  }

  /** Closes dockings that an earlier run of the gateway left open: nobody saw how they ended. */
  async closeAbandoned(): Promise<void> {
    const rows = await this.#database.read("SELECT docking_id FROM docking WHERE state = 'open'");
    for (const row of rows) {
      const dockingId = String(row.docking_id);
      await this.#record(
        'detached',
        dockingId,
        { state: 'interrupted', reason: 'the gateway stopped' },
        (transaction) =>
          transaction.run("UPDATE docking SET state = 'interrupted', detached_at = ? WHERE docking_id = ?", [
            new Date().toISOString(),
            dockingId,
          ]),
      );
    }
  }

  async #record(
    action: CustodyAction,
    dockingId: string,
    details: { readonly [key: string]: JsonValue },
    change: (transaction: Transaction) => Promise<unknown>,
  ): Promise<void> {
    await this.#database.write(async (transaction) => {
      await change(transaction);
      await this.#custody.append(transaction, { action, dockingId, details });
    });
    announceStep(`docking.${action}`, dockingId);
  }
}

async function updateCounts(
  transaction: Transaction,
  dockingId: string,
  counts: DockingCounts,
): Promise<void> {
  await transaction.run(
    'UPDATE docking SET clips_listed = ?, clips_pulled = ?, clips_known = ?, clips_quarantined = ? WHERE docking_id = ?',
    [counts.clipsListed, counts.clipsPulled, counts.clipsKnown, counts.clipsQuarantined, dockingId],
  );
}
