import { setTimeout as delay } from 'node:timers/promises';
import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import { type ArchiveDocument, custodyHeadDocument } from '../archive-layout.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveTarget } from '../archive-target.ts';
import { custodyOrigin, readHeadText, writeHeadText } from './custody-head.ts';
import { isNoteError } from './note-error.ts';
import type { NoteSigner } from './note-key.ts';
import { readNote, signNote } from './signed-note.ts';

export interface CustodyHeadsOptions {
  database: IndexDatabase;
  custody: CustodyLog;
  dockName: string;
  /** The dock's keys under the log's origin. */
  signers: readonly NoteSigner[];
  onError(error: unknown): void;
  /** A new head is signed at most so often. */
  paceMs?: number;
}

/** A head as it was signed. */
export interface SignedHead {
  treeSize: number;
  signedAt: string;
  note: string;
}

/**
 * Heads of the custody log, signed at a steady pace and kept in every archive: whoever has one can tell whether what is shown
 * later is the same log grown on, or another. Each head is signed once, and stands in the index too.
 */
export class CustodyHeads {
  readonly #options: Required<CustodyHeadsOptions>;

  constructor(options: CustodyHeadsOptions) {
    this.#options = { paceMs: 300_000, ...options };
  }

  /** The head that is to be kept in every archive now: the last one signed, or a new one where entries came and it is time. */
  async currentHead(): Promise<SignedHead | null> {
    const last = await this.#lastSigned();
    const { custody, paceMs } = this.#options;
    const isRested =
      last === null ||
      Date.now() - Date.parse(last.signedAt) >= paceMs ||
      Date.parse(last.signedAt) > Date.now();
    if (custody.head.size <= (last?.treeSize ?? 0) || !isRested) return last;
    return this.#sign();
  }

  /** What a target does not have yet. */
  async due(target: string): Promise<ArchiveDocument | null> {
    const head = await this.currentHead();
    const [kept] = await this.#options.database.read(
      'SELECT tree_size FROM custody_head_kept WHERE target = ?',
      [target],
    );
    if (head === null || head.treeSize <= Number(kept?.tree_size ?? 0)) return null;
    return custodyHeadDocument(this.#options.dockName, head.treeSize, head.note);
  }

  /** The target has the head of this size. */
  async kept(target: string, treeSize: number): Promise<void> {
    await this.#options.database.write((transaction) =>
      transaction.run(
        `INSERT INTO custody_head_kept (target, tree_size, kept_at) VALUES (?, ?, ?)
         ON CONFLICT (target) DO UPDATE SET tree_size = excluded.tree_size, kept_at = excluded.kept_at`,
        [target, treeSize, new Date().toISOString()],
      ),
    );
  }

  /**
   * Keeps the due head in a target. A head of the same size that lies there with another root is never written over: it shows
   * that one of the two logs is not this dock's, or was rewritten. Throws ArchiveRefusal `exists` then.
   */
  async deposit(target: ArchiveTarget, signal: AbortSignal): Promise<void> {
    const document = await this.due(target.name);
    if (document === null) return;
    const there = await target.readDocument(document.key, signal);
    if (there !== null && !isSameHead(there, document.body)) {
      throw new ArchiveRefusal(
        'exists',
        `archive ${target.name} keeps another head of the custody log at ${document.key}: the log was rewritten, or another dock has this name`,
      );
    }
    if (there === null) await target.putDocument(document, signal);
    await this.kept(target.name, readHeadText(readNote(document.body).text).treeSize);
  }

  /** Deposits at its pace in every target, each by itself, until the signal aborts. */
  async run(targets: readonly ArchiveTarget[], signal: AbortSignal): Promise<void> {
    await Promise.all(targets.map((target) => this.#serve(target, signal)));
  }

  async #serve(target: ArchiveTarget, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.deposit(target, signal);
      } catch (error) {
        if (!signal.aborted) this.#options.onError(error);
      }
      // Ends at once where the signal aborts.
      await delay(this.#options.paceMs, undefined, { signal }).catch(() => {});
    }
  }

  async #lastSigned(): Promise<SignedHead | null> {
    const [row] = await this.#options.database.read(
      'SELECT tree_size, signed_at, note FROM custody_head ORDER BY tree_size DESC LIMIT 1',
    );
    if (row === undefined) return null;
    return { treeSize: Number(row.tree_size), signedAt: String(row.signed_at), note: String(row.note) };
  }

  async #sign(): Promise<SignedHead> {
    const { database, custody, signers, dockName } = this.#options;
    const { size: treeSize, rootHash } = custody.head;
    const note = signNote(writeHeadText({ origin: custodyOrigin(dockName), treeSize, rootHash }), signers);
    const signedAt = new Date().toISOString();
    await database.write((transaction) =>
      transaction.run(
        'INSERT INTO custody_head (tree_size, signed_at, note) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        [treeSize, signedAt, note],
      ),
    );
    // Two targets may ask at once; the first head of a size stands.
    return (await this.#lastSigned()) ?? { treeSize, signedAt, note };
  }
}

/** Two notes of the same head: a signature by SM2 differs each time. */
function isSameHead(one: string, other: string): boolean {
  try {
    return readNote(one).text === readNote(other).text;
  } catch (error) {
    if (isNoteError(error)) return false;
    throw error;
  }
}
