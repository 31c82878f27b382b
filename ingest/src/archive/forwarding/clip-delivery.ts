import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireClip } from '../../clip/clip-index.ts';
import type { ClipRecord } from '../../clip/clip-record.ts';
import { IngestError } from '../../errors.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import { announceStep } from '../../step-channel.ts';
import { recordFileName, type StoreLayout } from '../../store/store-layout.ts';
import { indexRecordDocument, receiptDocument, sealedRecordDocument } from '../archive-layout.ts';
import type { ArchiveDeposit, ArchiveTarget, DepositLine } from '../archive-target.ts';
import type { EncryptionSpool } from '../encryption/encryption-spool.ts';
import type { Receipts } from '../receipts/receipts.ts';
import { takeReceipt } from '../receipts/take-receipt.ts';
import type { IndexRecords } from '../records/index-records.ts';
import type { TargetSettings } from '../target-settings.ts';
import { depositRetention, type LeastRetention } from './deposit-retention.ts';

export interface ClipDeliveryOptions {
  database: IndexDatabase;
  layout: StoreLayout;
  dockName: string;
  leastRetention: LeastRetention;
  records: IndexRecords;
  receipts: Receipts;
  spool: EncryptionSpool;
  settings: readonly TargetSettings[];
}

/** The way of one clip to one target. */
export class ClipDelivery {
  readonly #options: ClipDeliveryOptions;

  constructor(options: ClipDeliveryOptions) {
    this.#options = options;
  }

  /**
   * What is known of the clip, its bytes, and the receipt for them, in this order; then the receipt is kept. Safe to repeat
   * from the beginning. Throws ArchiveRefusal, YieldLine, and IngestError RECEIPT_MISMATCH.
   */
  async deliver(
    target: ArchiveTarget,
    clipId: string,
    queuedAt: string,
    line: DepositLine,
    signal: AbortSignal,
  ): Promise<void> {
    const { database, dockName, leastRetention, records, receipts } = this.#options;
    const clip = await requireClip(database, clipId);
    const indexRecord = await records.recordOf(clipId);
    await target.putDocument(indexRecordDocument(dockName, indexRecord), signal);
    const recordSha256 = await target.putDocument(await this.#sealedRecord(clip), signal);
    const retention = await depositRetention(database, clipId, queuedAt, leastRetention);
    const { name, kind } = target;
    const content = await this.#contentFor(name, clip, signal);
    const deposit: ArchiveDeposit = { clipId, ...content, recordSha256, retention };
    const deposited = await target.deposit(deposit, line, signal);
    const receipt = await receipts.issue({ target: name, kind, deposit, deposited, recordSha256 });
    await target.putDocument(receiptDocument(clipId, receipt.body), signal);
    announceStep('archive.receipt-written', clipId);
    await takeReceipt(receipts.book, receipt);
    await this.forget(clipId, name);
  }

  /** Removes what was only kept to go on with the upload. */
  async forget(clipId: string, target: string): Promise<void> {
    if (this.#recipientsOf(target).length > 0) await this.#options.spool.forget({ clipId, target });
  }

  async #sealedRecord({ clipId }: ClipRecord) {
    const file = join(this.#options.layout.sealedFolder(clipId), recordFileName);
    return sealedRecordDocument(clipId, await readFile(file, 'utf8'));
  }

  /** What is sent: the original, or its encryption for the target, the same one again after a stop. */
  async #contentFor(
    target: string,
    clip: ClipRecord,
    signal: AbortSignal,
  ): Promise<Pick<ArchiveDeposit, 'original' | 'content'>> {
    const { clipId, name, state, sha256, sizeBytes, storePath } = clip;
    if (sha256 === null || storePath === null) {
      throw new IngestError('ILLEGAL_MOVE', `clip ${clipId} is ${state} but has no hash or place`);
    }
    const { layout, spool } = this.#options;
    const original = { sha256, sizeBytes };
    const plain = { ...original, file: layout.mediaFile(clipId, name) };
    const recipients = this.#recipientsOf(target);
    if (recipients.length === 0) return { original, content: { ...plain, encryption: 'none' } };
    const encrypted = await spool.encrypt({ clipId, target }, plain, recipients, signal);
    return { original, content: { ...encrypted, encryption: 'age' } };
  }

  #recipientsOf(target: string): readonly string[] {
    return this.#options.settings.find(({ name }) => name === target)?.encryptTo ?? [];
  }
}
