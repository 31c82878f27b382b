import { moveClip } from '../../clip/clip-moves.ts';
import type { ClipState } from '../../clip/clip-states.ts';
import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase, Transaction } from '../../index-store/index-database.ts';
import { sha256Hex } from '../../store/sealed-record.ts';
import type { Receipt } from './receipt.ts';
import { isQuorum, type ReceiptQuorum } from './receipt-terms.ts';

export interface ReceiptBook {
  database: IndexDatabase;
  custody: CustodyLog;
  /** Names of the configured targets: only these count. */
  targets: readonly string[];
  quorum: ReceiptQuorum;
}

/**
 * Keeps a receipt, in one transaction with all that follows from it: the clip leaves the target's queue, is `forwarded` with
 * its first receipt and `receipted` with the last that the quorum wants. Safe to repeat.
 */
export async function takeReceipt(book: ReceiptBook, receipt: Receipt): Promise<void> {
  const { database, custody } = book;
  await database.write(async (transaction) => {
    await writeReceipt(transaction, receipt);
    await transaction.run('DELETE FROM forward WHERE clip_id = ? AND target = ?', [
      receipt.clipId,
      receipt.target,
    ]);
    const { clipId } = receipt;
    const details = detailsOf(receipt);
    const before = await stateOf(transaction, clipId);
    if (before === 'sealed') await moveClip(transaction, custody, { clipId, to: 'forwarded', details });
    const isEnough = await hasQuorum(transaction, book, clipId);
    if (isEnough && (before === 'sealed' || before === 'forwarded')) {
      await moveClip(transaction, custody, { clipId, to: 'receipted', details });
    } else if (before !== 'sealed') {
      await custody.append(transaction, { action: 'receipt-taken', clipId, details });
    }
  });
}

/** Clips that have the receipts which are asked for now: fewer archives may be configured, or fewer wanted, than before. */
export async function settleQuorum({ database, custody, targets, quorum }: ReceiptBook): Promise<void> {
  const book = { database, custody, targets, quorum };
  const rows = await database.read("SELECT clip_id FROM clip WHERE state = 'forwarded' ORDER BY clip_id");
  for (const row of rows) {
    const clipId = String(row.clip_id);
    await database.write(async (transaction) => {
      if (
        (await stateOf(transaction, clipId)) !== 'forwarded' ||
        !(await hasQuorum(transaction, book, clipId))
      )
        return;
      await moveClip(transaction, custody, { clipId, to: 'receipted', details: { quorum, targets } });
    });
  }
}

async function hasQuorum(transaction: Transaction, book: ReceiptBook, clipId: string): Promise<boolean> {
  const [row] = await transaction.all(
    `SELECT count(*) AS signed FROM receipt JOIN clip USING (clip_id)
     WHERE clip_id = ? AND grade <> 'unsigned' AND receipt.sha256 = clip.sha256 AND receipt.size_bytes = clip.size_bytes
       AND target IN (SELECT value FROM json_each(?))`,
    [clipId, JSON.stringify(book.targets)],
  );
  return isQuorum(Number(row?.signed ?? 0), book.targets.length, book.quorum);
}

async function writeReceipt(transaction: Transaction, receipt: Receipt): Promise<void> {
  await transaction.run(
    `INSERT OR REPLACE INTO receipt (clip_id, target, object, sha256, size_bytes, stored_at, issued_by, body, grade,
       record_sha256, verified, worm, retain_mode, retain_until)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      receipt.clipId,
      receipt.target,
      receipt.object,
      receipt.sha256,
      receipt.sizeBytes,
      receipt.storedAt,
      receipt.issuedBy,
      receipt.body,
      receipt.grade,
      receipt.recordSha256,
      receipt.verified,
      receipt.worm,
      receipt.retain.mode,
      receipt.retain.until,
    ],
  );
}

async function stateOf(transaction: Transaction, clipId: string): Promise<ClipState | undefined> {
  const [row] = await transaction.all('SELECT state FROM clip WHERE clip_id = ?', [clipId]);
  return row?.state as ClipState | undefined;
}

/** What the custody log tells of a receipt; the note itself is bound to it by its hash. */
function detailsOf(receipt: Receipt) {
  const { target, object, sha256, sizeBytes, storedAt, issuedBy, grade, body } = receipt;
  return { target, object, sha256, sizeBytes, storedAt, issuedBy, grade, noteSha256: sha256Hex(body) };
}
