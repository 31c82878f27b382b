import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import {
  announceStep,
  ClipLocks,
  contentKey,
  encryptedContentKey,
  type IndexDatabase,
  type RemovalOutcome,
  type Transaction,
} from '@docket/ingest';
import type { DepositClaim } from './deposit-claim.ts';
import type { ReceiptLog } from './receipt-log.ts';
import { ReceiverProblem } from './receiver-problem.ts';
import type { DockSettings } from './receiver-settings.ts';
import type { StoredContents } from './stored-contents.ts';
import type { UploadStore } from './upload-store.ts';

export interface DepositServices {
  /** Name of this archive. */
  name: string;
  database: IndexDatabase;
  contents: StoredContents;
  uploads: UploadStore;
  log: ReceiptLog;
}

/** An upload of one clip and content by one dock has one id: begun again after a lost answer, it is the same. */
export function uploadIdOf(dock: string, clipId: string, contentSha256: string, sizeBytes: number): string {
  const name = [dock, clipId, contentSha256, sizeBytes].join('\n');
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** Turns uploads into what is kept and signed for, and lets go of what need not be kept any more. */
export class Deposits {
  readonly #services: DepositServices;
  /** One act on a content at a time. */
  readonly #contents = new ClipLocks();
  readonly #claims = new Map<string, Promise<string>>();

  constructor(services: DepositServices) {
    this.#services = services;
  }

  /**
   * The receipt for a clip whose content lies here or was uploaded whole: what is under the key was read back from the disk for
   * this very receipt. Claims that say the same share one reading. Throws ReceiverProblem `not-held`, `content-differs`,
   * `object-damaged`, `record-missing`, `quota-exceeded`.
   */
  claim(dock: DockSettings, claim: DepositClaim): Promise<string> {
    const same = JSON.stringify([dock.name, claim]);
    const underWay = this.#claims.get(same);
    if (underWay !== undefined) return underWay;
    const key = keyOf(claim);
    const receipt = this.#contents.hold(key, () => this.#keep(dock, claim, key));
    this.#claims.set(same, receipt);
    // Kept a little longer than it takes: whoever was told to ask again finds the answer.
    receipt.catch(() => {}).finally(() => setTimeout(() => this.#claims.delete(same), rememberedMs).unref());
    return receipt;
  }

  /** Whoever has the answer will not ask for this one again. */
  told(dock: DockSettings, claim: DepositClaim): void {
    this.#claims.delete(JSON.stringify([dock.name, claim]));
  }

  async #keep(dock: DockSettings, claim: DepositClaim, key: string): Promise<string> {
    const { database, contents, uploads } = this.#services;
    const { sha256, sizeBytes } = claim.content;
    await this.#assertRecord(dock, claim.recordSha256);
    const name = { key, sha256, sizeBytes };
    const uploadId = uploadIdOf(dock.name, claim.clip, sha256, sizeBytes);
    if (!(await contents.reread(name))) {
      const [upload] = await database.read('SELECT offset_bytes FROM upload WHERE id = ?', [uploadId]);
      if (upload === undefined || Number(upload.offset_bytes) !== sizeBytes)
        throw new ReceiverProblem('not-held');
      await this.#assertQuota(dock, sizeBytes);
      await contents.place(uploads.fileOf(uploadId), name).catch(async (error: unknown) => {
        if (error instanceof ReceiverProblem && error.code === 'content-differs')
          await uploads.remove(uploadId);
        throw error;
      });
    }
    const verifiedAt = new Date().toISOString();
    const note = await database.write(async (transaction) => {
      const retain = await keepDeposit(transaction, { dock: dock.name, claim, key, storedAt: verifiedAt });
      await transaction.run('DELETE FROM upload WHERE id = ?', [uploadId]);
      return this.#services.log.append(transaction, {
        dock: dock.name,
        clipId: claim.clip,
        key,
        says: {
          clip: { ...claim.original, sm3: null },
          stored: claim.content.encryption === 'none' ? null : { sha256, sizeBytes },
          recordSha256: claim.recordSha256,
          object: { name: `http:${this.#services.name}/${key}`, versionId: null, etag: null },
          retain,
          worm: { state: retain.mode === 'NONE' ? 'none' : 'declared' },
          verified: { level: 'readback', by: 'archive', at: verifiedAt },
        },
      });
    });
    announceStep('receiver.receipt-signed', claim.clip);
    await rm(uploads.fileOf(uploadId), { force: true });
    await contents.seal(key);
    announceStep('receiver.sealed', claim.clip);
    return note;
  }

  async #assertRecord(dock: DockSettings, sha256: string): Promise<void> {
    const [row] = await this.#services.database.read('SELECT 1 FROM document WHERE dock = ? AND sha256 = ?', [
      dock.name,
      sha256,
    ]);
    if (row === undefined) throw new ReceiverProblem('record-missing');
  }

  async #assertQuota({ name, quotaBytes }: DockSettings, sizeBytes: number): Promise<void> {
    if (quotaBytes === null) return;
    const [row] = await this.#services.database.read(
      'SELECT coalesce(sum(size_bytes), 0) AS bytes FROM object WHERE key IN (SELECT key FROM deposit WHERE dock = ?)',
      [name],
    );
    if (Number(row?.bytes) + sizeBytes > quotaBytes) throw new ReceiverProblem('quota-exceeded');
  }

  /** Lets go of a dock's clip. Throws `retained` before its day or while it is on hold, `not-found`. */
  async remove(dock: string, clipId: string): Promise<RemovalOutcome> {
    const { database } = this.#services;
    const rows = await database.read('SELECT key FROM deposit WHERE dock = ? AND clip_id = ? ORDER BY key', [
      dock,
      clipId,
    ]);
    if (rows.length === 0) throw new ReceiverProblem('not-found');
    let outcome: RemovalOutcome = 'removed';
    for (const { key } of rows) {
      const one = await this.#contents.hold(String(key), () => this.#removeOne(dock, clipId, String(key)));
      if (one !== 'removed') outcome = one;
    }
    return outcome;
  }

  /** The row goes first: no receipt is signed for what is just being removed, and none stands for what is gone. */
  async #removeOne(dock: string, clipId: string, key: string): Promise<RemovalOutcome> {
    const others = await this.#services.database.write(async (transaction) => {
      const [deposit] = await transaction.all(
        'SELECT retain_until, is_on_hold FROM deposit WHERE dock = ? AND clip_id = ? AND key = ?',
        [dock, clipId, key],
      );
      if (deposit === undefined) return [];
      const until = deposit.retain_until;
      if (Number(deposit.is_on_hold) === 1) throw new ReceiverProblem('retained', 'it is on hold');
      if (until !== null && String(until) > new Date().toISOString()) {
        throw new ReceiverProblem('retained', `until ${until}`);
      }
      await transaction.run('DELETE FROM deposit WHERE dock = ? AND clip_id = ? AND key = ?', [
        dock,
        clipId,
        key,
      ]);
      const left = await transaction.all('SELECT dock FROM deposit WHERE key = ?', [key]);
      if (left.length === 0) await transaction.run('UPDATE object SET is_leaving = 1 WHERE key = ?', [key]);
      return left.map((row) => String(row.dock));
    });
    announceStep('receiver.deposit-forgotten', clipId);
    if (others.length > 0)
      return others.includes(dock) ? 'needed-by-another-clip' : 'shared-with-other-docks';
    await this.#leave(key);
    return 'removed';
  }

  /** Takes away the bytes nobody needs any more; a stop in between is made good at the next start. */
  async #leave(key: string): Promise<void> {
    const { database, contents } = this.#services;
    await contents.remove(key);
    announceStep('receiver.bytes-removed', key);
    await database.write((transaction) =>
      transaction.run('DELETE FROM object WHERE key = ? AND is_leaving = 1', [key]),
    );
  }

  /** Ends removals that a stop cut off. */
  async finishRemovals(): Promise<void> {
    const rows = await this.#services.database.read('SELECT key FROM object WHERE is_leaving = 1');
    for (const { key } of rows) await this.#contents.hold(String(key), () => this.#leave(String(key)));
  }

  /** Canaries of probes go once nothing keeps them. */
  async sweepProbes(): Promise<void> {
    const rows = await this.#services.database.read(
      'SELECT dock, clip_id FROM deposit WHERE is_probe = 1 AND is_on_hold = 0 AND (retain_until IS NULL OR retain_until <= ?)',
      [new Date().toISOString()],
    );
    for (const { dock, clip_id: clipId } of rows) await this.remove(String(dock), String(clipId));
  }
}

const rememberedMs = 60_000;

function keyOf({ original, content }: DepositClaim): string {
  return content.encryption === 'none'
    ? contentKey(original.sha256)
    : encryptedContentKey(original.sha256, content.sha256);
}

/** Retention grows and is never shortened; a hold is as it was last said. */
async function keepDeposit(
  transaction: Transaction,
  { dock, claim, key, storedAt }: { dock: string; claim: DepositClaim; key: string; storedAt: string },
) {
  const { until, isOnHold } = claim.retention;
  await transaction.run(
    'INSERT INTO object (key, sha256, size_bytes, stored_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET is_leaving = 0',
    [key, claim.content.sha256, claim.content.sizeBytes, storedAt],
  );
  await transaction.run(
    `INSERT INTO deposit (dock, clip_id, key, retain_until, is_on_hold, is_probe) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (dock, clip_id, key) DO UPDATE SET is_on_hold = excluded.is_on_hold,
       retain_until = nullif(max(coalesce(retain_until, ''), coalesce(excluded.retain_until, '')), '')`,
    [
      dock,
      claim.clip,
      key,
      until === null ? null : new Date(until).toISOString(),
      isOnHold ? 1 : 0,
      claim.purpose === 'probe' ? 1 : 0,
    ],
  );
  const [kept] = await transaction.all(
    'SELECT retain_until, is_on_hold FROM deposit WHERE dock = ? AND clip_id = ? AND key = ?',
    [dock, claim.clip, key],
  );
  const keptUntil = typeof kept?.retain_until === 'string' ? kept.retain_until : null;
  const isHeld = Number(kept?.is_on_hold) === 1;
  const mode = keptUntil === null && !isHeld ? ('NONE' as const) : ('COMPLIANCE' as const);
  return { mode, until: keptUntil, isOnHold: isHeld };
}
