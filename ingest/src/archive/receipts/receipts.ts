import type { CustodyLog } from '../../custody/custody-log.ts';
import { IngestError } from '../../errors.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { TargetSettings } from '../target-settings.ts';
import { type DockKey, dockKeyName } from './dock-key.ts';
import { isNoteError } from './note-error.ts';
import type { NoteSigner } from './note-key.ts';
import type { Receipt, ReceiptGround } from './receipt.ts';
import { type BelievedReceipt, ReceiptKeys } from './receipt-keys.ts';
import type { ReceiptTerms } from './receipt-terms.ts';
import { type ReceiptText, type WormWord, writeReceiptText } from './receipt-text.ts';
import { signNote } from './signed-note.ts';
import type { ReceiptBook } from './take-receipt.ts';

export interface ReceiptServices {
  database: IndexDatabase;
  custody: CustodyLog;
  dockName: string;
}

/** Makes receipts where the gateway signs, and checks them where the archive does. */
export class Receipts {
  readonly keys: ReceiptKeys;
  readonly terms: ReceiptTerms;
  /** What `takeReceipt` wants. */
  readonly book: ReceiptBook;
  readonly #signers: readonly NoteSigner[];
  readonly #database: IndexDatabase;
  readonly #targets: readonly TargetSettings[];

  private constructor(
    services: ReceiptServices,
    targets: readonly TargetSettings[],
    { terms, signers }: { terms: ReceiptTerms; signers: readonly NoteSigner[] },
  ) {
    const { database, custody } = services;
    this.keys = new ReceiptKeys(signers, targets);
    this.terms = terms;
    this.book = { database, custody, targets: targets.map(({ name }) => name), quorum: terms.quorum };
    this.#signers = signers;
    this.#database = database;
    this.#targets = targets;
  }

  /**
   * Keeps in index and custody log whose receipts count from now on. Throws NoteError `malformed` where a pinned key is none.
   */
  static async open(
    services: ReceiptServices,
    targets: readonly TargetSettings[],
    { terms, key }: { terms: ReceiptTerms; key: DockKey },
  ): Promise<Receipts> {
    const receipts = new Receipts(services, targets, {
      terms,
      signers: key.signers(dockKeyName(services.dockName)),
    });
    await receipts.keys.keep(services.database, services.custody);
    return receipts;
  }

  /**
   * The receipt of a deposit: the archive's own where keys are pinned for it, else one signed by the dock. It is read again
   * as a stranger would and held against all that is known of the clip before it is believed. Throws IngestError
   * RECEIPT_MISMATCH where anything differs; then there is no receipt.
   */
  async issue(ground: ReceiptGround): Promise<Receipt> {
    const { target, deposit } = ground;
    await this.#assertOfClip(ground);
    assertHoldsContent(ground);
    const body = this.keys.pinned(target).length === 0 ? await this.#sign(ground) : ground.deposited.note;
    if (body === null) throw mismatch(ground, 'the archive gave none, though a key of its own is pinned');
    const believed = this.#believe(ground, body);
    assertFits(ground, believed);
    const { text, grade, issuedBy } = believed;
    return {
      target,
      clipId: deposit.clipId,
      grade,
      object: text.object.name,
      sha256: text.clip.sha256,
      sizeBytes: text.clip.sizeBytes,
      recordSha256: text.recordSha256,
      verified: text.verified.level,
      worm: text.worm.state,
      retain: text.retain,
      storedAt: text.verified.at,
      issuedBy,
      body,
    };
  }

  /** What is forwarded must be the clip as it was sealed: the index says so, and not who forwards. */
  async #assertOfClip(ground: ReceiptGround): Promise<void> {
    const { clipId, original } = ground.deposit;
    const [clip] = await this.#database.read(
      'SELECT sha256, size_bytes, record_sha256 FROM clip WHERE clip_id = ?',
      [clipId],
    );
    const isSame = clip?.sha256 === original.sha256 && clip.size_bytes === original.sizeBytes;
    if (!isSame) throw mismatch(ground, 'what was forwarded is not the clip that was sealed');
    if (clip.record_sha256 !== ground.recordSha256)
      throw mismatch(ground, 'its record is not the one that was sealed');
  }

  async #sign(ground: ReceiptGround): Promise<string> {
    const { holding } = ground.deposited;
    const { original, content } = ground.deposit;
    const text: ReceiptText = {
      archive: ground.target,
      clip: { ...digestOf(original), sm3: null },
      stored: content.encryption === 'none' ? null : digestOf(content),
      recordSha256: ground.recordSha256,
      object: {
        name: objectName(ground),
        versionId: holding.object.versionId,
        etag: holding.object.etag,
      },
      retain: holding.retain,
      worm: await this.#wormWord(ground),
      verified: holding.verified,
      log: holding.log,
    };
    try {
      return signNote(writeReceiptText(text), this.#signers);
    } catch (error) {
      if (!isNoteError(error)) throw error;
      throw mismatch(ground, error.message, error);
    }
  }

  /** Proven only by the latest probe, and only for what is locked; where the settings merely say so, declared. */
  async #wormWord({ target, deposited }: ReceiptGround): Promise<WormWord> {
    const { mode } = deposited.holding.retain;
    const [probe] = await this.#database.read(
      'SELECT probe_id, ended_at, is_worm_proven FROM archive_probe WHERE target = ? ORDER BY started_at DESC, rowid DESC LIMIT 1',
      [target],
    );
    if (probe?.is_worm_proven === 1 && mode !== 'NONE') {
      return { state: 'proven', probeId: String(probe.probe_id), at: String(probe.ended_at) };
    }
    const settings = this.#targets.find(({ name }) => name === target);
    const isDeclared =
      settings?.kind === 's3' && settings.retention === 'compliance' && mode === 'COMPLIANCE';
    return { state: isDeclared ? 'declared' : 'none' };
  }

  #believe(ground: ReceiptGround, body: string): BelievedReceipt {
    try {
      const believed = this.keys.believe(ground.target, body);
      if (believed.grade === 'archive-signed' || this.keys.pinned(ground.target).length === 0)
        return believed;
    } catch (error) {
      if (!isNoteError(error)) throw error;
      throw mismatch(ground, error.message, error);
    }
    throw mismatch(ground, 'it is not signed by the archive');
  }
}

/** What the target says it holds must be what was sent, before anybody signs for it. */
function assertHoldsContent(ground: ReceiptGround): void {
  const { sha256, sizeBytes } = ground.deposited.holding.stored;
  const { content } = ground.deposit;
  if (sha256 === content.sha256 && sizeBytes === content.sizeBytes) return;
  throw mismatch(ground, 'what the archive says it holds is not what was sent');
}

/** Holds each field of a receipt against what is known without it. */
function assertFits(ground: ReceiptGround, { text }: BelievedReceipt): void {
  const { holding } = ground.deposited;
  const { original, content, retention } = ground.deposit;
  const stored = content.encryption === 'none' ? null : content;
  const asked = retention.until;
  const isLocked = text.retain.mode === 'COMPLIANCE';
  const said: [field: string, isRight: boolean][] = [
    ['clip', text.clip.sha256 === original.sha256 && text.clip.sizeBytes === original.sizeBytes],
    ['stored', text.stored?.sha256 === stored?.sha256 && text.stored?.sizeBytes === stored?.sizeBytes],
    ['record', text.recordSha256 === ground.recordSha256],
    ['object', placeOf(text.object.name) === placeOf(objectName(ground))],
    ['version', text.object.versionId === holding.object.versionId],
    ['retain', text.retain.mode === holding.retain.mode && text.retain.isOnHold === holding.retain.isOnHold],
    ['retain until', isSameInstant(text.retain.until, holding.retain.until)],
    ['retain until', !isLocked || asked === null || isNotBefore(text.retain.until, asked)],
    ['hold', !isLocked || text.retain.isOnHold || !retention.isOnHold],
    ['verified', text.verified.level === holding.verified.level && text.verified.by === holding.verified.by],
  ];
  const wrong = said.find(([, isRight]) => !isRight);
  if (wrong !== undefined) throw mismatch(ground, `its ${wrong[0]} is not what is known`);
}

function objectName({ kind, deposited }: ReceiptGround): string {
  const { root, key } = deposited.holding.object;
  return `${kind}:${root}/${key}`;
}

/** Root and key; an archive may name its own kind. */
function placeOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function isSameInstant(one: string | null, other: string | null): boolean {
  return one === null || other === null ? one === other : Date.parse(one) === Date.parse(other);
}

function isNotBefore(until: string | null, asked: string): boolean {
  return until !== null && Date.parse(until) >= Date.parse(asked);
}

function digestOf({ sha256, sizeBytes }: { sha256: string; sizeBytes: number }) {
  return { sha256, sizeBytes };
}

function mismatch({ target, deposit }: ReceiptGround, why: string, cause?: unknown): IngestError {
  const { clipId } = deposit;
  return new IngestError(
    'RECEIPT_MISMATCH',
    `the receipt of ${target} for clip ${clipId} is not taken: ${why}`,
    {
      clipId,
      cause,
    },
  );
}
