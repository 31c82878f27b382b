import { setTimeout as delay } from 'node:timers/promises';
import type { HashPool } from '../../pull/hash-pool.ts';
import { receiveBytes } from '../../pull/receive-bytes.ts';
import { contentKey, encryptedContentKey } from '../archive-layout.ts';
import { ArchiveRefusal } from '../archive-refusal.ts';
import type { ArchiveDeposit, ContentDigest, Deposited, Holding } from '../archive-target.ts';
import { isNoteError } from '../receipts/note-error.ts';
import type { NoteVerifier } from '../receipts/note-key.ts';
import { type ReceiptText, readReceiptText } from '../receipts/receipt-text.ts';
import { openNote, readNote } from '../receipts/signed-note.ts';
import { readVerifierKey } from '../receipts/verifier-key.ts';
import type { HttpTargetSettings } from '../target-settings.ts';
import type { HttpLine } from './http-line.ts';
import { problemOf, refusalOf, retryAfterOf } from './http-refusals.ts';

/** A service re-reads what it holds before it signs, and says so meanwhile. */
const longestReadingMs = 3_600_000;
const usualPauseMs = 1000;
const longestPauseMs = 30_000;

/** Asks the service to hold a content for a clip, and believes its receipt only as far as it can be checked. */
export class ClaimedDeposits {
  readonly #line: HttpLine;
  readonly #archive: string;
  readonly #trusted: readonly NoteVerifier[];
  readonly #pool: HashPool;

  constructor(line: HttpLine, { name, receiptKeys }: HttpTargetSettings, pool: HashPool) {
    this.#line = line;
    this.#pool = pool;
    this.#archive = name;
    this.#trusted = receiptKeys.map(readVerifierKey);
  }

  /** What the service holds and has signed for; `null` where it does not have the content. Safe to repeat. */
  async claim(deposit: ArchiveDeposit, signal: AbortSignal, purpose?: 'probe'): Promise<Deposited | null> {
    const note = await this.#ask(deposit, signal, purpose);
    if (note === null) return null;
    const text = this.#read(note);
    const holding = this.#holdingOf(text, deposit);
    if (this.#trusted.length > 0) return { holding, note };
    // Nobody vouches for who signed it: the bytes themselves are asked for.
    const stored = await this.readBack(holding.object.key, signal);
    if (stored.sha256 !== deposit.content.sha256 || stored.sizeBytes !== deposit.content.sizeBytes) {
      throw this.#otherBytes(
        `its ${holding.object.key} has ${stored.sizeBytes} bytes with SHA-256 ${stored.sha256}`,
      );
    }
    const verified = { level: 'readback', by: 'gateway', at: holding.verified.at } as const;
    return { holding: { ...holding, stored, verified, log: null }, note: null };
  }

  /** The object as the service gives it: its length and its hash. */
  readBack(key: string, signal: AbortSignal): Promise<ContentDigest> {
    return this.#line.read({ method: 'GET', path: `v1/objects/${key}` }, signal, async (head, body) => {
      if (head.status !== 200) {
        throw refusalOf(this.#archive, `reading ${key} back`, { ...head, body: Buffer.alloc(0) });
      }
      const received = await receiveBytes(body, {
        handle: null,
        positionBytes: 0,
        pool: this.#pool,
        digest: 'sha256',
      });
      if (received.brokenOff !== null) throw received.brokenOff;
      return { sha256: received.digests?.sha256 ?? '', sizeBytes: received.sizeBytes };
    });
  }

  async #ask(
    { clipId, original, content, recordSha256, retention }: ArchiveDeposit,
    signal: AbortSignal,
    purpose: 'probe' | undefined,
  ): Promise<string | null> {
    const { sha256, sizeBytes, encryption } = content;
    const body = JSON.stringify({
      clip: clipId,
      original,
      content: { sha256, sizeBytes, encryption },
      recordSha256,
      retention,
      ...(purpose === undefined ? {} : { purpose }),
    });
    const headers = { 'content-type': 'application/json' };
    for (const untilMs = Date.now() + longestReadingMs; ; ) {
      const answer = await this.#line.ask({ method: 'POST', path: 'v1/deposits', headers, body }, signal);
      if (answer.status === 200) return answer.body.toString('utf8');
      if (answer.status === 404 && problemOf(answer)?.code === 'not-held') return null;
      if (answer.status !== 202) throw refusalOf(this.#archive, `clip ${clipId}`, answer);
      if (Date.now() > untilMs) {
        throw new ArchiveRefusal('busy', `archive ${this.#archive} does not finish reading clip ${clipId}`);
      }
      const pauseMs = retryAfterOf(answer.headers['retry-after'], Date.now()) ?? usualPauseMs;
      await delay(Math.min(pauseMs, longestPauseMs), undefined, { signal });
    }
  }

  #read(note: string): ReceiptText {
    try {
      const { text } = this.#trusted.length > 0 ? openNote(note, this.#trusted) : readNote(note);
      return readReceiptText(text);
    } catch (error) {
      if (!isNoteError(error)) throw error;
      // A service that signs with another key than was agreed is another service: it waits for people.
      throw new ArchiveRefusal(
        'denied',
        `archive ${this.#archive}: its receipt is not believed: ${error.message}`,
      );
    }
  }

  /** What the receipt says, where it says what was asked. */
  #holdingOf(text: ReceiptText, deposit: ArchiveDeposit): Holding {
    const { original, content, recordSha256, retention } = deposit;
    const isPlain = content.encryption === 'none';
    const key = isPlain ? contentKey(original.sha256) : encryptedContentKey(original.sha256, content.sha256);
    const stored = text.stored ?? { sha256: text.clip.sha256, sizeBytes: text.clip.sizeBytes };
    const root = text.archive;
    if (text.clip.sha256 !== original.sha256 || text.clip.sizeBytes !== original.sizeBytes) {
      throw this.#otherBytes(
        `its receipt is for ${text.clip.sizeBytes} bytes with SHA-256 ${text.clip.sha256}`,
      );
    }
    if (
      (text.stored === null) !== isPlain ||
      stored.sha256 !== content.sha256 ||
      stored.sizeBytes !== content.sizeBytes
    ) {
      throw this.#otherBytes(
        `its receipt says it holds ${stored.sizeBytes} bytes with SHA-256 ${stored.sha256}`,
      );
    }
    if (text.recordSha256 !== recordSha256) throw this.#otherBytes('its receipt names another record');
    if (text.object.name !== `http:${root}/${key}`)
      throw this.#otherBytes('its receipt names another object');
    if (text.verified.by !== 'archive' || text.verified.level !== 'readback') {
      throw this.#otherBytes('it has not read back what it holds');
    }
    if (!keepsLongEnough(text.retain, retention)) {
      throw new ArchiveRefusal(
        'not-kept',
        `archive ${this.#archive} keeps clip ${deposit.clipId} until ${text.retain.until ?? 'no day'}, not until ${retention.until}`,
      );
    }
    const { versionId, etag } = text.object;
    return {
      object: { root, key, versionId, etag },
      stored,
      retain: text.retain,
      verified: text.verified,
      log: text.log,
    };
  }

  #otherBytes(why: string): ArchiveRefusal {
    return new ArchiveRefusal('holds-other-bytes', `archive ${this.#archive}: ${why}`);
  }
}

function keepsLongEnough(retain: Holding['retain'], asked: ArchiveDeposit['retention']): boolean {
  if (asked.isOnHold && !retain.isOnHold) return false;
  if (asked.until === null) return true;
  return (
    retain.mode !== 'NONE' && retain.until !== null && Date.parse(retain.until) >= Date.parse(asked.until)
  );
}
