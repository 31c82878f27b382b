import { isNoteError } from '../archive/receipts/note-error.ts';
import { ReceiptKeys } from '../archive/receipts/receipt-keys.ts';
import type { SqlRow } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { Difference } from './difference.ts';
import { loggedKeys } from './logged-keys.ts';

/** Receipts read at a time, so that a large store needs little memory. */
const receiptsPerRead = 1000;

export interface ReceiptsReport {
  receiptsChecked: number;
  differences: Difference[];
}

/**
 * Opens every signed receipt by the keys the custody log names, and holds it against what index and clip say. Receipts from
 * before they were signed prove nothing and are passed over.
 */
export async function verifyReceipts(index: IndexReader): Promise<ReceiptsReport> {
  const { dock, ofTarget } = await loggedKeys(index);
  const keys = new ReceiptKeys(
    dock,
    [...ofTarget].map(([name, pinned]) => ({
      name,
      receiptKeys: pinned.map(({ verifierKey }) => verifierKey),
    })),
  );
  const report: ReceiptsReport = { receiptsChecked: 0, differences: [] };
  let after: [string, string] = ['', ''];
  for (;;) {
    const rows = await index.read(
      `SELECT receipt.*, clip.sha256 AS clip_sha256, clip.size_bytes AS clip_size, clip.record_sha256 AS clip_record
       FROM receipt JOIN clip USING (clip_id) WHERE (clip_id, target) > (?, ?) ORDER BY clip_id, target LIMIT ?`,
      [...after, receiptsPerRead],
    );
    for (const row of rows) {
      after = [String(row.clip_id), String(row.target)];
      if (row.grade === 'unsigned') continue;
      report.differences.push(...differencesOf(keys, row));
      report.receiptsChecked += 1;
    }
    if (rows.length < receiptsPerRead) return report;
  }
}

function differencesOf(keys: ReceiptKeys, row: SqlRow): Difference[] {
  const subject = `${row.clip_id}, ${row.target}`;
  try {
    const { text, grade, issuedBy } = keys.believe(String(row.target), String(row.body));
    const said: [field: string, inReceipt: unknown, elsewhere: readonly unknown[]][] = [
      ['sha256', text.clip.sha256, [row.sha256, row.clip_sha256]],
      ['size', text.clip.sizeBytes, [row.size_bytes, row.clip_size]],
      ['record', text.recordSha256, [row.record_sha256, row.clip_record]],
      ['object', text.object.name, [row.object]],
      ['retain until', text.retain.until, [row.retain_until]],
      ['grade', grade, [row.grade]],
      ['key', issuedBy, [row.issued_by]],
    ];
    return said
      .filter(([, inReceipt, elsewhere]) => elsewhere.some((value) => value !== inReceipt))
      .map(([field, inReceipt, elsewhere]) => ({
        code: 'receipt-differs',
        subject,
        detail: `${field}: receipt ${inReceipt}, index ${elsewhere.join(' and ')}`,
      }));
  } catch (error) {
    if (!isNoteError(error)) throw error;
    return [{ code: 'receipt-not-trusted', subject, detail: error.message }];
  }
}
