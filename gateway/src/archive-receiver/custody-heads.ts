import {
  type IndexDatabase,
  isNoteError,
  openNote,
  readNote,
  readVerifierKey,
  type Transaction,
} from '@docket/ingest';
import { ReceiverProblem } from './receiver-problem.ts';
import type { DockSettings } from './receiver-settings.ts';

/** A head of a dock's custody log: the tree's size and its root. */
export interface CustodyHead {
  dock: string;
  treeSize: number;
  /** Base64, as the checkpoint has it. */
  root: string;
}

/**
 * Reads a head as a C2SP tlog-checkpoint. Throws `head-not-signed` where the dock's key is known and did not sign it, and
 * `request-invalid` where it is no checkpoint of that size.
 */
export function readHead(note: string, dock: DockSettings, treeSize: number): CustodyHead {
  const lines = textOf(note, dock).split('\n');
  const [, size = '', root = ''] = lines;
  const isRoot =
    Buffer.from(root, 'base64').length === 32 && Buffer.from(root, 'base64').toString('base64') === root;
  if (!/^(?:0|[1-9]\d{0,15})$/u.test(size) || Number(size) !== treeSize || !isRoot) {
    throw new ReceiverProblem('request-invalid', 'this is no head of that size');
  }
  return { dock: dock.name, treeSize, root };
}

function textOf(note: string, { verifierKey }: DockSettings): string {
  try {
    return verifierKey === null ? readNote(note).text : openNote(note, [readVerifierKey(verifierKey)]).text;
  } catch (error) {
    if (!isNoteError(error)) throw error;
    const code = error.code === 'malformed' ? 'request-invalid' : 'head-not-signed';
    throw new ReceiverProblem(code, error.message);
  }
}

/**
 * Throws `head-conflict` where the head contradicts what is kept: another root for the same size, or a tree that became smaller
 * than one that was shown before. A head that is kept already may come again.
 */
export async function assertGrows(transaction: Transaction, head: CustodyHead): Promise<void> {
  const [same] = await transaction.all('SELECT root FROM custody_head WHERE dock = ? AND tree_size = ?', [
    head.dock,
    head.treeSize,
  ]);
  if (same?.root === head.root) return;
  if (same !== undefined)
    throw new ReceiverProblem('head-conflict', `at ${head.treeSize} entries the root was another`);
  const [last] = await transaction.all('SELECT max(tree_size) AS size FROM custody_head WHERE dock = ?', [
    head.dock,
  ]);
  if (last?.size !== null && Number(last?.size) > head.treeSize) {
    throw new ReceiverProblem('head-conflict', `the log had ${last?.size} entries already`);
  }
}

export async function keepHead(
  transaction: Transaction,
  { dock, treeSize, root }: CustodyHead,
): Promise<void> {
  await transaction.run(
    'INSERT INTO custody_head (dock, tree_size, root) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    [dock, treeSize, root],
  );
}

/** The last head of a dock's log. */
export async function readLastHead(database: IndexDatabase, dock: string): Promise<CustodyHead | null> {
  const [row] = await database.read(
    'SELECT tree_size, root FROM custody_head WHERE dock = ? ORDER BY tree_size DESC LIMIT 1',
    [dock],
  );
  return row === undefined ? null : { dock, treeSize: Number(row.tree_size), root: String(row.root) };
}
