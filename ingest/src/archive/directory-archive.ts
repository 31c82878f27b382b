import { link, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { v4 as uuidv4 } from 'uuid';
import { canonicalJson } from '../custody/canonical-json.ts';
import { errnoOf, IngestError, isIngestError } from '../errors.ts';
import { ClipLocks } from '../pull/clip-locks.ts';
import type { HashPool } from '../pull/hash-pool.ts';
import { pullStream } from '../pull/pull-stream.ts';
import { readBackFile } from '../pull/read-back.ts';
import { DeletionWarrant } from '../retention/deletion-warrant.ts';
import { announceStep } from '../step-channel.ts';
import { makeFolder, replaceFile, syncFolder } from '../store/durable-files.ts';
import { sha256Hex } from '../store/sealed-record.ts';
import { dayOfClipId } from '../store/store-layout.ts';
import { assertSameArchive, type KnownArchive } from './archive-identity.ts';
import type { ArchiveDeposit, ArchiveTarget, Receipt, RemovalOutcome } from './archive-target.ts';
import { StoredFileReader } from './stored-file-reader.ts';

export interface DirectoryArchiveOptions {
  name: string;
  /** Root of the archive: a local folder or a mounted share. */
  directory: string;
  pool: HashPool;
  /** Who issues the receipts, e.g. `directory:evidence@dock-1`. */
  issuer: string;
  /** Which archive this is, remembered outside of it. */
  known: KnownArchive;
}

/** The longest wait for one buffer of our own store's disk. */
const storeStallTimeoutMs = 600_000;

/** Bytes on the archive's disk, as the archive read them. */
interface StoredBytes {
  sha256: string;
  sizeBytes: number;
}

interface StoredObject extends StoredBytes {
  object: string;
}

const ReceiptFile = Type.Object({
  v: Type.Literal(1),
  target: Type.String(),
  clipId: Type.String(),
  object: Type.String(),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  sizeBytes: Type.Integer({ minimum: 0 }),
  recordSha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  storedAt: Type.String(),
  issuedBy: Type.String(),
});

/**
 * An archive in a folder. Bytes lie once for each content under their SHA-256:
 *
 *   archive.json                         the mark by which docks know this archive again
 *   clips/<h0h1>/<h2h3>/<sha256>         the media
 *   records/<yyyy-mm-dd>/<clip id>.json  the sealed record of each clip
 *   receipts/<yyyy-mm-dd>/<clip id>.json the receipt of each clip
 *   incoming/<issuer>/                   deposits under way, under temporary names
 */
export class DirectoryArchive implements ArchiveTarget {
  readonly kind = 'directory';
  readonly name: string;
  readonly #root: string;
  readonly #pool: HashPool;
  readonly #issuer: string;
  readonly #known: KnownArchive;
  /** Where this dock's deposits under way lie: on a shared archive each dock sweeps only its own. */
  readonly #incoming: string;
  /** One deposit or removal of a content at a time: a receipt must not name what is just being removed. */
  readonly #contents = new ClipLocks();

  constructor(options: DirectoryArchiveOptions) {
    this.name = options.name;
    this.#root = options.directory;
    this.#pool = options.pool;
    this.#issuer = options.issuer;
    this.#known = options.known;
    this.#incoming = join(options.directory, 'incoming', folderNameOf(options.issuer));
  }

  async deposit(deposit: ArchiveDeposit, signal: AbortSignal): Promise<Receipt> {
    try {
      await this.#assertSame();
      await makeFolder(this.#incoming);
      return await this.#contents.hold(deposit.sha256, async () => {
        const stored = await this.#storeMedia(deposit, signal);
        const recordSha256 = await this.#storeRecord(deposit, signal);
        return this.#issueReceipt(deposit, stored, recordSha256);
      });
    } catch (error) {
      if (isIngestError(error) || signal.aborted) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new IngestError('ARCHIVE_FAILED', `archive ${this.name}: ${message}`, {
        clipId: deposit.clipId,
        cause: error,
      });
    }
  }

  async receiptOf(clipId: string, sha256: string): Promise<Receipt | null> {
    let body: string;
    try {
      body = await readFile(this.#receiptFile(clipId), 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
    const value = parseJson(body);
    if (!Check(ReceiptFile, value) || value.clipId !== clipId || value.sha256 !== sha256) return null;
    const { v: _version, ...facts } = value;
    return { ...facts, body };
  }

  async remove(warrant: DeletionWarrant, isNeeded: () => Promise<boolean>): Promise<RemovalOutcome> {
    DeletionWarrant.assertGenuine(warrant);
    const { clipId, sha256 } = warrant;
    try {
      await this.#assertSame();
      if (await this.#isShared()) return 'shared-with-other-docks';
      return await this.#contents.hold(sha256, async () => {
        if (await isNeeded()) return 'needed-by-another-clip';
        const path = join(this.#root, objectOf(sha256));
        await rm(path, { force: true });
        announceStep('archive.removed', clipId);
        await syncFolder(dirname(path)).catch((error: unknown) => {
          // Nothing was ever there: no folder either.
          if (errnoOf(error) !== 'ENOENT') throw error;
        });
        return 'removed';
      });
    } catch (error) {
      if (isIngestError(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new IngestError('ARCHIVE_FAILED', `archive ${this.name}: ${message}`, { clipId, cause: error });
    }
  }

  #assertSame(): Promise<void> {
    return assertSameArchive({
      root: this.#root,
      name: this.name,
      incoming: this.#incoming,
      known: this.#known,
    });
  }

  /** Every dock that ever deposited here has a folder of its own among those under way. */
  async #isShared(): Promise<boolean> {
    const docks = await readdir(dirname(this.#incoming));
    return docks.some((name) => name !== basename(this.#incoming));
  }

  async sweep(): Promise<void> {
    await this.#assertSame();
    await makeFolder(this.#incoming);
    for (const name of await readdir(this.#incoming)) {
      await rm(join(this.#incoming, name), { recursive: true, force: true });
    }
  }

  /** Temporary name, fsync, re-hash of what lies on the disk, then a link under the hash, which never overwrites. */
  async #storeMedia(deposit: ArchiveDeposit, signal: AbortSignal): Promise<StoredObject> {
    const { sha256 } = deposit;
    const object = objectOf(sha256);
    const path = join(this.#root, object);
    const held = await this.#held(path, deposit, signal);
    if (held !== null) {
      // Linked by a run that may have ended before its link was durable.
      await syncFolder(dirname(path));
      return { object, ...held };
    }
    const temporary = join(this.#incoming, `${deposit.clipId}-${uuidv4()}.part`);
    try {
      await this.#write(deposit, temporary, signal);
      announceStep('archive.written', deposit.clipId);
      const stored = await this.#readHeld(temporary, deposit, signal);
      await makeFolder(dirname(path));
      await link(temporary, path).catch((error: unknown) => {
        if (errnoOf(error) !== 'EEXIST') throw error;
      });
      announceStep('archive.linked', deposit.clipId);
      await syncFolder(dirname(path));
      return { object, ...stored };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #write(deposit: ArchiveDeposit, destination: string, signal: AbortSignal): Promise<void> {
    const reader = await StoredFileReader.open(deposit.mediaFile);
    try {
      await pullStream(reader, destination, this.#pool, {
        clipName: deposit.clipId,
        stallTimeoutMs: storeStallTimeoutMs,
        signal,
        onProgress: () => {},
      });
    } finally {
      await reader.close();
    }
  }

  /** What the archive holds of these bytes already, by reading them and not by their name; `null` where nothing. */
  async #held(path: string, deposit: ArchiveDeposit, signal: AbortSignal): Promise<StoredBytes | null> {
    try {
      await stat(path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
    return this.#readHeld(path, deposit, signal);
  }

  async #readHeld(path: string, deposit: ArchiveDeposit, signal: AbortSignal): Promise<StoredBytes> {
    const { sha256, sizeBytes } = await readBackFile(path, 'sha256', this.#pool, signal);
    if (sha256 === deposit.sha256 && sizeBytes === deposit.sizeBytes) return { sha256, sizeBytes };
    throw new IngestError(
      'ARCHIVE_MISMATCH',
      `archive ${this.name} reads ${sizeBytes} bytes with SHA-256 ${sha256} at ${path}, expected ${deposit.sizeBytes} bytes with ${deposit.sha256}`,
      { clipId: deposit.clipId },
    );
  }

  /** Resolves with the SHA-256 of the record as the archive's disk gives it. */
  async #storeRecord(deposit: ArchiveDeposit, signal: AbortSignal): Promise<string> {
    const path = join(this.#root, 'records', dayOfClipId(deposit.clipId), `${deposit.clipId}.json`);
    await makeFolder(dirname(path));
    await replaceFile(path, deposit.record, this.#incoming);
    const { sha256 } = await readBackFile(path, 'sha256', this.#pool, signal);
    if (sha256 === sha256Hex(deposit.record)) return sha256;
    throw new IngestError(
      'ARCHIVE_MISMATCH',
      `archive ${this.name} reads another record than was sent at ${path}`,
      {
        clipId: deposit.clipId,
      },
    );
  }

  async #issueReceipt(deposit: ArchiveDeposit, stored: StoredObject, recordSha256: string): Promise<Receipt> {
    const issued = await this.receiptOf(deposit.clipId, deposit.sha256);
    if (issued?.recordSha256 === recordSha256) return issued;
    const facts = {
      target: this.name,
      clipId: deposit.clipId,
      object: `directory:${this.name}/${stored.object}`,
      sha256: stored.sha256,
      sizeBytes: stored.sizeBytes,
      recordSha256,
      storedAt: new Date().toISOString(),
      issuedBy: this.#issuer,
    };
    const body = canonicalJson({ v: 1, ...facts });
    const path = this.#receiptFile(deposit.clipId);
    await makeFolder(dirname(path));
    await replaceFile(path, body, this.#incoming);
    announceStep('archive.receipt-written', deposit.clipId);
    return { ...facts, body };
  }

  #receiptFile(clipId: string): string {
    return join(this.#root, 'receipts', dayOfClipId(clipId), `${clipId}.json`);
  }
}

/** Where a content lies below the archive's root. */
function objectOf(sha256: string): string {
  return join('clips', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
}

/** `undefined` where the text is no JSON: a damaged receipt is no receipt. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An issuer as one plain folder name. */
function folderNameOf(issuer: string): string {
  return issuer.replace(/[^A-Za-z0-9._-]/gu, '_').replace(/^\.+/u, '_');
}
