import {
  appendLeaf,
  emptyFrontier,
  type Frontier,
  type IndexDatabase,
  leafHash,
  type NoteSigner,
  type ReceiptText,
  rootOf,
  signNote,
  type Transaction,
  writeReceiptText,
} from '@docket/ingest';

const hashBytes = 32;

export interface LoggedReceipt {
  dock: string;
  clipId: string;
  key: string;
  /** What it says, but for its place in the log. */
  says: Omit<ReceiptText, 'archive' | 'log'>;
}

/**
 * Every receipt this archive signed, as an RFC 6962 tree: leaf n is the text of receipt n, `log` line included. The checkpoint is
 * a signed note in the form of C2SP tlog-checkpoint.
 */
export class ReceiptLog {
  readonly #database: IndexDatabase;
  readonly #signer: NoteSigner;
  readonly #origin: string;
  /** With the receipts of the transaction under way; there is one writer, so there is one. */
  #frontier: Frontier;

  private constructor(database: IndexDatabase, signer: NoteSigner, frontier: Frontier) {
    this.#database = database;
    this.#signer = signer;
    this.#origin = `${signer.name}/log`;
    this.#frontier = frontier;
  }

  static async open(database: IndexDatabase, signer: NoteSigner): Promise<ReceiptLog> {
    const [last] = await database.read(
      'SELECT leaf_index, subtrees FROM receipt ORDER BY leaf_index DESC LIMIT 1',
    );
    const frontier =
      last === undefined
        ? emptyFrontier
        : { size: Number(last.leaf_index) + 1, subtrees: cutHashes(last.subtrees as Buffer) };
    return new ReceiptLog(database, signer, frontier);
  }

  /** Signs and appends; the note is worth something once the transaction is durable. */
  async append(transaction: Transaction, { dock, clipId, key, says }: LoggedReceipt): Promise<string> {
    const before = this.#frontier;
    const log = { origin: this.#origin, treeSize: before.size + 1, leafIndex: before.size };
    const text = writeReceiptText({ ...says, archive: this.#signer.name, log });
    const note = signNote(text, [this.#signer]);
    const { frontier } = appendLeaf(before, leafHash(Buffer.from(text)));
    await transaction.run(
      'INSERT INTO receipt (leaf_index, dock, clip_id, key, text, note, subtrees) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [before.size, dock, clipId, key, text, note, Buffer.concat(frontier.subtrees)],
    );
    this.#frontier = frontier;
    transaction.onRollback(() => {
      this.#frontier = before;
    });
    return note;
  }

  /** The log as it stands on the disk: origin, size and root, signed. */
  async checkpoint(): Promise<string> {
    const [last] = await this.#database.read(
      'SELECT leaf_index, subtrees FROM receipt ORDER BY leaf_index DESC LIMIT 1',
    );
    const size = last === undefined ? 0 : Number(last.leaf_index) + 1;
    const subtrees = last === undefined ? [] : cutHashes(last.subtrees as Buffer);
    const root = rootOf({ size, subtrees }).toString('base64');
    return signNote(`${this.#origin}\n${size}\n${root}\n`, [this.#signer]);
  }

  /** Texts of receipts in their order, for whoever checks the tree. */
  async entries(from: number, count: number): Promise<string[]> {
    const rows = await this.#database.read(
      'SELECT text FROM receipt WHERE leaf_index >= ? ORDER BY leaf_index LIMIT ?',
      [from, count],
    );
    return rows.map((row) => String(row.text));
  }
}

function cutHashes(joined: Buffer): Buffer[] {
  return Array.from({ length: joined.length / hashBytes }, (_, index) =>
    joined.subarray(index * hashBytes, (index + 1) * hashBytes),
  );
}
