import { readdir, readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { clipsInStates } from '../clip/clip-queries.ts';
import type { ClipRecord } from '../clip/clip-record.ts';
import { storedStates } from '../clip/clip-states.ts';
import { IngestError } from '../errors.ts';
import { Connection } from '../index-store/connection.ts';
import type { IndexReader } from '../index-store/index-database.ts';
import { HashPool } from '../pull/hash-pool.ts';
import { readBackFile } from '../pull/read-back.ts';
import { parseSealedFile, type SealedFile } from '../store/sealed-file.ts';
import { sha256Hex } from '../store/sealed-record.ts';
import { deletionFileName, mediaFileName, recordFileName, StoreLayout } from '../store/store-layout.ts';
import type { Difference, DifferenceCode } from './difference.ts';
import { verifyCustody } from './verify-custody.ts';
import { type DeletedClip, verifyDeletions } from './verify-deletions.ts';
import { verifyHeads } from './verify-heads.ts';
import { verifyLiveChain } from './verify-live-chain.ts';
import { verifyLocalCopies } from './verify-local-copies.ts';
import { verifyReceipts } from './verify-receipts.ts';

export interface VerifyReport {
  clipsChecked: number;
  /** Of these, clips whose bytes have left the store for the archive’s, with the custody log telling so. */
  clipsInArchiveOnly: number;
  bytesChecked: number;
  entriesChecked: number;
  /** Receipts whose signature was checked. */
  receiptsChecked: number;
  /** Signed heads of the custody log that were held against it. */
  headsChecked: number;
  /** Clips whose bytes are gone, with the custody log telling why. */
  deleted: DeletedClip[];
  differences: Difference[];
}

export interface VerifyOptions {
  onClip?(done: number, total: number): void;
  signal?: AbortSignal;
}

/**
 * Reads a store whole, past the page cache, and holds it against itself: media against sealed records, records against
 * the index, and everything against the custody log. Writes nothing; may run beside a gateway. Throws IngestError
 * INDEX_FAILED only where the folder holds no index at all.
 */
export async function verifyStore(directory: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const layout = new StoreLayout(directory);
  await stat(layout.indexFile).catch((cause: unknown) => {
    throw new IngestError('INDEX_FAILED', `${directory} is no store: it has no index.sqlite`, { cause });
  });
  const connection = await Connection.open(layout.indexFile, 'read-only');
  const pool = new HashPool(availableParallelism());
  try {
    const index: IndexReader = { read: (sql, parameters) => connection.all(sql, parameters) };
    const clips = await clipsInStates(index, storedStates);
    const deleted = await clipsInStates(index, ['deleted']);
    const check = new StoreCheck(layout, pool, options);
    await check.clips(clips);
    await check.deletedClips(deleted);
    await check.strangers([...clips, ...deleted]);
    const left = clips.filter(({ localRemovedAt }) => localRemovedAt !== null);
    check.report.differences.push(...(await verifyLocalCopies(index, layout, left)));
    const deletions = await verifyDeletions(index, layout, deleted);
    check.report.differences.push(...(await verifyLiveChain(index, check.liveRecords)));
    check.report.deleted = deletions.deleted;
    check.report.differences.push(...deletions.differences);
    const custody = await verifyCustody(index);
    check.report.entriesChecked = custody.entriesChecked;
    check.report.differences.push(...custody.differences);
    const receipts = await verifyReceipts(index);
    check.report.receiptsChecked = receipts.receiptsChecked;
    const heads = await verifyHeads(index);
    check.report.headsChecked = heads.headsChecked;
    check.report.differences.push(...receipts.differences, ...heads.differences);
    return check.report;
  } finally {
    await pool.stop();
    await connection.close();
  }
}

class StoreCheck {
  readonly report: VerifyReport = {
    clipsChecked: 0,
    clipsInArchiveOnly: 0,
    bytesChecked: 0,
    entriesChecked: 0,
    receiptsChecked: 0,
    headsChecked: 0,
    deleted: [],
    differences: [],
  };
  /** Sealed records of live segments, by clip id. */
  readonly liveRecords = new Map<string, SealedFile>();
  readonly #layout: StoreLayout;
  readonly #pool: HashPool;
  readonly #options: VerifyOptions;

  constructor(layout: StoreLayout, pool: HashPool, options: VerifyOptions) {
    this.#layout = layout;
    this.#pool = pool;
    this.#options = options;
  }

  async clips(clips: readonly ClipRecord[]): Promise<void> {
    for (const [position, clip] of clips.entries()) {
      this.#options.signal?.throwIfAborted();
      const record = await this.#record(clip);
      if (record !== null) this.#compareWithIndex(clip, record);
      if (clip.localRemovedAt === null) await this.#media(clip, record);
      else this.report.clipsInArchiveOnly += 1;
      this.report.clipsChecked += 1;
      this.#options.onClip?.(position + 1, clips.length);
    }
  }

  /** Of a deleted clip the sealed record stays. */
  async deletedClips(clips: readonly ClipRecord[]): Promise<void> {
    for (const clip of clips) {
      const record = await this.#record(clip);
      if (record !== null) this.#compareWithIndex(clip, record);
    }
  }

  async #record(clip: ClipRecord): Promise<SealedFile | null> {
    const path = join(this.#layout.sealedFolder(clip.clipId), recordFileName);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      this.#differ('record-missing', clip.clipId, `${path}: ${String(error)}`);
      return null;
    }
    const found = sha256Hex(text);
    if (found !== clip.recordSha256) {
      this.#differ(
        'record-differs',
        clip.clipId,
        `${path}: SHA-256 ${found}, sealed with ${clip.recordSha256}`,
      );
    }
    const record = parseSealedFile(text);
    if (record === null) this.#differ('record-unreadable', clip.clipId, `${path} is no sealed record`);
    if (record?.live !== undefined) this.liveRecords.set(clip.clipId, record);
    return record;
  }

  #compareWithIndex(clip: ClipRecord, record: SealedFile): void {
    const pairs: [string, string | number | null, string | number][] = [
      ['clipId', clip.clipId, record.clipId],
      ['sha256', clip.sha256, record.media.sha256],
      ['blake3', clip.blake3, record.media.blake3],
      ['sizeBytes', clip.sizeBytes, record.media.sizeBytes],
      ['path', clip.pathBytes.toString('base64'), record.original.pathBase64],
    ];
    for (const [field, inIndex, inRecord] of pairs) {
      if (inIndex === inRecord) continue;
      this.#differ('index-differs', clip.clipId, `${field}: index ${inIndex}, sealed record ${inRecord}`);
    }
  }

  /** Both hashes are compared with what record and index say; where those differ, the bytes can fit only one. */
  async #media(clip: ClipRecord, record: SealedFile | null): Promise<void> {
    const path = this.#layout.mediaFile(clip.clipId, clip.name);
    try {
      const stored = await readBackFile(path, 'sha256+blake3', this.#pool, this.#options.signal);
      this.report.bytesChecked += stored.sizeBytes;
      const witnesses = [
        { by: 'index', ...clip },
        ...(record === null ? [] : [{ by: 'record', ...record.media }]),
      ];
      const against = witnesses.filter(
        ({ sha256, blake3, sizeBytes }) =>
          stored.sha256 !== sha256 || stored.blake3 !== blake3 || stored.sizeBytes !== sizeBytes,
      );
      if (against.length === 0) return;
      const found = `${stored.sizeBytes} bytes, SHA-256 ${stored.sha256}`;
      const said = against.map(({ by, sha256, sizeBytes }) => `${by} ${sizeBytes} bytes, SHA-256 ${sha256}`);
      this.#differ('media-differs', clip.clipId, `${path}: ${found}; sealed as: ${said.join('; ')}`);
    } catch (error) {
      if (this.#options.signal?.aborted === true) throw error;
      this.#differ('media-missing', clip.clipId, `${path}: ${String(error)}`);
    }
  }

  /** Whatever lies among the sealed clips and is not one of them. */
  async strangers(clips: readonly ClipRecord[]): Promise<void> {
    const known = new Set(clips.map((clip) => clip.storePath));
    for (const day of await entriesOf(this.#layout.clips)) {
      for (const clipId of await entriesOf(join(this.#layout.clips, day))) {
        const folder = join(day, clipId);
        if (!known.has(folder))
          this.#differ('not-in-index', folder, 'a sealed folder the index does not know');
      }
    }
    for (const clip of clips) await this.#strangersBeside(clip);
  }

  async #strangersBeside(clip: ClipRecord): Promise<void> {
    const folder = this.#layout.sealedFolder(clip.clipId);
    // Whether the media of a deleted clip is still there is told by `verifyDeletions`.
    const own = [recordFileName, mediaFileName(clip.name)];
    if (clip.state === 'deleted') own.push(deletionFileName);
    for (const name of await entriesOf(folder)) {
      if (!own.includes(name))
        this.#differ('unexpected-file', clip.clipId, `${join(folder, name)} does not belong to the clip`);
    }
  }

  #differ(code: DifferenceCode, subject: string, detail: string): void {
    this.report.differences.push({ code, subject, detail });
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
