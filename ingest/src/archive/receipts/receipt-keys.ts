import type { CustodyLog } from '../../custody/custody-log.ts';
import type { IndexDatabase } from '../../index-store/index-database.ts';
import type { CommonTargetSettings } from '../target-settings.ts';
import { NoteError } from './note-error.ts';
import type { NoteSigner, NoteVerifier } from './note-key.ts';
import type { ReceiptGrade } from './receipt-terms.ts';
import { type ReceiptText, readReceiptText } from './receipt-text.ts';
import { openNote } from './signed-note.ts';
import { readVerifierKey } from './verifier-key.ts';

/** A receipt that a trusted key signed. */
export interface BelievedReceipt {
  text: ReceiptText;
  grade: ReceiptGrade;
  /** `name+hash` of the key. */
  issuedBy: string;
}

/** Whose signature under a receipt counts: the dock's own, and for each archive the keys that are pinned for it. */
export class ReceiptKeys {
  readonly dock: readonly NoteVerifier[];
  readonly #ofTarget: ReadonlyMap<string, readonly NoteVerifier[]>;

  /** Throws NoteError `malformed` where a pinned key is none. */
  constructor(
    dock: readonly Pick<NoteSigner, 'verifierKey'>[],
    targets: readonly Pick<CommonTargetSettings, 'name' | 'receiptKeys'>[],
  ) {
    this.dock = dock.map(({ verifierKey }) => readVerifierKey(verifierKey));
    this.#ofTarget = new Map(
      targets.map(({ name, receiptKeys }) => [name, receiptKeys.map(readVerifierKey)]),
    );
  }

  /** `name+hash` of the key the dock signs with first, as receipts carry it. */
  get dockKey(): string {
    return this.dock[0] === undefined ? '' : keyIdentity(this.dock[0]);
  }

  /** Keys pinned for a target; none where the gateway signs for it. */
  pinned(target: string): readonly NoteVerifier[] {
    return this.#ofTarget.get(target) ?? [];
  }

  /** Reads a receipt as a stranger does, by nothing but its text and the keys. Throws NoteError. */
  believe(target: string, note: string): BelievedReceipt {
    const pinned = this.pinned(target);
    const { text, signedBy } = openNote(note, [...pinned, ...this.dock]);
    const archive = signedBy.find((key) => pinned.includes(key));
    const [signer] = archive === undefined ? signedBy : [archive];
    if (signer === undefined) throw new NoteError('not-signed', 'no trusted key signed this note');
    return {
      text: readReceiptText(text),
      grade: archive === undefined ? 'gateway-verified' : 'archive-signed',
      issuedBy: keyIdentity(signer),
    };
  }

  /** Writes into index and custody log which keys are trusted from now on, as far as it does not stand there. */
  async keep(database: IndexDatabase, custody: CustodyLog): Promise<void> {
    const trusted = [
      ...this.dock.map(({ verifierKey }) => ({ verifierKey, target: null })),
      ...[...this.#ofTarget].flatMap(([target, keys]) =>
        keys.map(({ verifierKey }) => ({ verifierKey, target })),
      ),
    ];
    await database.write(async (transaction) => {
      for (const { verifierKey, target } of trusted) {
        const isNew = await transaction.run(
          'INSERT INTO receipt_key (verifier_key, target, trusted_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
          [verifierKey, target ?? '', new Date().toISOString()],
        );
        if (isNew === 0) continue;
        await custody.append(transaction, {
          action: 'receipt-key-trusted',
          details: { verifierKey, target },
        });
      }
    });
  }
}

function keyIdentity({ name, keyHash }: NoteVerifier): string {
  return `${name}+${keyHash}`;
}
