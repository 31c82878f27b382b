import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  announceStep,
  ClipLocks,
  errnoOf,
  type IndexDatabase,
  makeFolder,
  replaceFile,
  sha256Hex,
  syncFolder,
  type Transaction,
} from '@docket/ingest';
import { assertGrows, keepHead, readHead } from './custody-heads.ts';
import { assertFits, type DocumentKind, readDocumentKey } from './document-keys.ts';
import { assertFollows, keepLink, readLink } from './index-chain.ts';
import { ReceiverProblem } from './receiver-problem.ts';
import type { DockSettings } from './receiver-settings.ts';

/** A document on its way to be kept, with what its kind asks of those before it. */
interface Arriving {
  dock: DockSettings;
  key: string;
  body: string;
  kind: DocumentKind;
}

/**
 * The small documents beside the clips, each a file under its key. None is ever lost: an index record is written once; a
 * sealed record, a receipt or the same head signed anew takes the place of the one before, which moves to `superseded/`. What
 * contradicts a chain or a log is refused, and kept in `evidence/`.
 */
export class Documents {
  readonly #folder: string;
  readonly #database: IndexDatabase;
  /** One at a time of each dock: a chain is looked at and written in one go. */
  readonly #docks = new ClipLocks();

  constructor(folder: string, database: IndexDatabase) {
    this.#folder = folder;
    this.#database = database;
  }

  /** Keeps a document durably; resolves with its SHA-256. Safe to repeat. Throws ReceiverProblem. */
  async put(dock: DockSettings, key: string, body: string): Promise<string> {
    const kind = readDocumentKey(key);
    assertFits(kind, dock.name, body);
    return this.#docks.hold(dock.name, async () => {
      const arriving = { dock, key, body, kind };
      try {
        return await this.#keep(arriving);
      } catch (error) {
        if (error instanceof ReceiverProblem) await this.#keepEvidence(arriving, error);
        throw error;
      }
    });
  }

  /** A dock's document as it lies here; `null` where it put none. */
  async read(dock: DockSettings, key: string): Promise<string | null> {
    readDocumentKey(key);
    const [row] = await this.#database.read('SELECT dock FROM document WHERE key = ?', [key]);
    return row?.dock === dock.name ? readOrNull(join(this.#folder, key)) : null;
  }

  async #keep(arriving: Arriving): Promise<string> {
    const { dock, key, body, kind } = arriving;
    const sha256 = sha256Hex(body);
    // Looked at before the file is written, and again with what is kept of it.
    await this.#database.write((transaction) => assertConsistent(transaction, arriving));
    const path = join(this.#folder, key);
    const before = await readOrNull(path);
    if (before !== body) {
      if (before !== null) await this.#supersede(dock, key, kind, before);
      await makeFolder(dirname(path));
      await replaceFile(path, body, join(this.#folder, 'incoming'), 0o440);
    } else {
      await syncFolder(dirname(path));
    }
    announceStep('receiver.document-written', key);
    await this.#database.write(async (transaction) => {
      await keepConsistent(transaction, arriving);
      await transaction.run(
        `INSERT INTO document (key, dock, sha256, size_bytes, stored_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET sha256 = excluded.sha256, size_bytes = excluded.size_bytes`,
        [key, dock.name, sha256, Buffer.byteLength(body), new Date().toISOString()],
      );
    });
    announceStep('receiver.document-kept', key);
    return sha256;
  }

  /** Only its own dock may put another in the place of a record or receipt. */
  async #supersede(dock: DockSettings, key: string, kind: DocumentKind, before: string): Promise<void> {
    const [row] = await this.#database.read('SELECT dock FROM document WHERE key = ?', [key]);
    if (row !== undefined && row.dock !== dock.name) throw new ReceiverProblem('not-yours');
    // Without a row it was written by a put that was cut off before anyone was told.
    if (row === undefined) return;
    if (kind.kind === 'index') throw new ReceiverProblem('document-kept');
    const aside = join(this.#folder, 'superseded', `${key}.${sha256Hex(before).slice(0, 16)}`);
    await makeFolder(dirname(aside));
    await replaceFile(aside, before, join(this.#folder, 'incoming'), 0o440);
  }

  async #keepEvidence({ dock, key, body }: Arriving, { code }: ReceiverProblem): Promise<void> {
    if (!['chain-broken', 'head-conflict', 'document-kept'].includes(code)) return;
    const sha256 = sha256Hex(body);
    const [known] = await this.#database.read(
      'SELECT 1 FROM evidence WHERE dock = ? AND key = ? AND sha256 = ?',
      [dock.name, key, sha256],
    );
    const [counted] = await this.#database.read('SELECT count(*) AS kept FROM evidence WHERE dock = ?', [
      dock.name,
    ]);
    if (known !== undefined || Number(counted?.kept) >= mostEvidence) return;
    const path = join(this.#folder, 'evidence', `${key}.${sha256.slice(0, 16)}`);
    await makeFolder(dirname(path));
    await replaceFile(path, body, join(this.#folder, 'incoming'), 0o440);
    await this.#database.write((transaction) =>
      transaction.run(
        'INSERT INTO evidence (dock, key, reason, sha256, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        [dock.name, key, code, sha256, new Date().toISOString()],
      ),
    );
  }
}

/** A dock that contradicts itself without end must not fill the disk. */
const mostEvidence = 1000;

async function assertConsistent(transaction: Transaction, { kind, dock, body }: Arriving): Promise<void> {
  if (kind.kind === 'index') await assertFollows(transaction, readLink(body, kindLink(kind)));
  if (kind.kind === 'head') await assertGrows(transaction, readHead(body, dock, kind.treeSize));
}

async function keepConsistent(transaction: Transaction, { kind, dock, body }: Arriving): Promise<void> {
  if (kind.kind === 'index') {
    const link = readLink(body, kindLink(kind));
    await assertFollows(transaction, link);
    await keepLink(transaction, link);
  }
  if (kind.kind === 'head') {
    const head = readHead(body, dock, kind.treeSize);
    await assertGrows(transaction, head);
    await keepHead(transaction, head);
  }
}

function kindLink({ dock, sequence }: Extract<DocumentKind, { kind: 'index' }>) {
  return { dock, sequence };
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
