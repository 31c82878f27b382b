import { type CustodyHead, readHeadText } from '../archive/receipts/custody-head.ts';
import { isNoteError } from '../archive/receipts/note-error.ts';
import { openNote } from '../archive/receipts/signed-note.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import type { Difference } from './difference.ts';
import { loggedKeys } from './logged-keys.ts';

export interface HeadsReport {
  headsChecked: number;
  differences: Difference[];
}

/** Holds every head the dock signed against the log as it stands: it may only have grown since. */
export async function verifyHeads(index: IndexReader): Promise<HeadsReport> {
  const { heads } = await loggedKeys(index);
  const rows = await index.read(
    `SELECT tree_size, note, root_hash FROM custody_head LEFT JOIN custody_entry ON sequence = tree_size - 1 ORDER BY tree_size`,
  );
  const differences = rows.flatMap(({ tree_size, note, root_hash }): Difference[] => {
    const differs = (detail: string): Difference[] => [
      { code: 'custody-head-differs', subject: `head of ${tree_size} entries`, detail },
    ];
    let head: CustodyHead;
    try {
      head = readHeadText(openNote(String(note), heads).text);
    } catch (error) {
      if (!isNoteError(error)) throw error;
      return differs(error.message);
    }
    if (head.treeSize !== tree_size || !heads.some(({ name }) => name === head.origin)) {
      return differs('it is the head of another log or size');
    }
    if (!Buffer.isBuffer(root_hash)) return differs('the log is shorter now than when its head was signed');
    return root_hash.equals(head.rootHash)
      ? []
      : differs('the log has another root than when its head was signed');
  });
  return { headsChecked: rows.length, differences };
}
