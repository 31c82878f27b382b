import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../custody/canonical-json.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, IndexReader, Transaction } from '../index-store/index-database.ts';
import { readCaseFile } from './case-file.ts';
import { composeContent } from './compose-packet.ts';
import type { OpenQuestion, Readiness } from './open-question.ts';
import type { ReviewPacket } from './review-packet.ts';

/** A packet as kept: the SHA-256 is of the bytes of `text`, which are what was handed out. */
export interface KeptPacket {
  sha256: string;
  caseId: string;
  madeAt: string;
  madeBy: string;
  reviewReady: boolean;
  text: string;
}

/** The finding of a review; `returned`: sent back for more, neither passed nor failed. */
export const reviewFindings = ['passed', 'failed', 'returned'] as const;
export type ReviewFinding = (typeof reviewFindings)[number];

export interface ReviewAct {
  sequence: number;
  act: 'submitted' | ReviewFinding;
  packetSha256: string;
  person: string;
  opinion: string | null;
  reason: string;
  at: string;
}

/**
 * Legal review of decisions (法制审核, 行政处罚法 §58): packets made and kept, and the acts of those who submit and of
 * those who review. Docket tells what it knows; the finding is a person's.
 */
export class LegalReview {
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;

  constructor(database: IndexDatabase, custody: CustodyLog) {
    this.#database = database;
    this.#custody = custody;
  }

  /**
   * The packet of a case as it stands now, for `person`. The newest kept one is handed out again where nothing of its
   * content has changed. `null` where there is no such case.
   */
  async makePacket(caseId: string, person: string): Promise<KeptPacket | null> {
    return this.#database.write(async (transaction) => {
      const index = within(transaction);
      const file = await readCaseFile(index, caseId);
      if (file === null) return null;
      const madeAt = new Date().toISOString();
      const content = await composeContent(index, file, madeAt);
      const contentSha256 = sha256(canonicalJson(content as unknown as JsonValue));
      const [newest] = await index.read(
        'SELECT * FROM review_packet WHERE case_id = ? ORDER BY made_at DESC, sha256 LIMIT 1',
        [caseId],
      );
      if (newest?.content_sha256 === contentSha256) return keptPacket(newest);
      const custodyHead = await headOf(index);
      const packet: ReviewPacket = { v: 1, madeAt, madeBy: person, custodyHead, content };
      const text = canonicalJson(packet as unknown as JsonValue);
      const hash = sha256(text);
      const { reviewReady } = content.readiness;
      const decision = file.facts.decision;
      await transaction.run(
        `INSERT INTO review_packet (sha256, case_id, made_at, made_by, content_sha256, decision, is_ready, packet)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          hash,
          caseId,
          madeAt,
          person,
          contentSha256,
          decision === null ? null : canonicalJson(decision as unknown as JsonValue),
          Number(reviewReady),
          text,
        ],
      );
      await this.#custody.append(transaction, {
        action: 'review-recorded',
        actor: `operator:${person}`,
        details: { act: 'packet-made', caseId, packetSha256: hash, reviewReady },
      });
      return { sha256: hash, caseId, madeAt, madeBy: person, reviewReady, text };
    });
  }

  /** A packet that was handed out before, unchanged; `null` where it is not of this case. */
  async readPacket(caseId: string, hash: string): Promise<KeptPacket | null> {
    const [row] = await this.#database.read('SELECT * FROM review_packet WHERE sha256 = ? AND case_id = ?', [
      hash,
      caseId,
    ]);
    return row === undefined ? null : keptPacket(row);
  }

  /** All packets of a case, newest first, without their text. */
  async listPackets(caseId: string): Promise<Omit<KeptPacket, 'text'>[]> {
    const rows = await this.#database.read(
      `SELECT sha256, case_id, made_at, made_by, is_ready FROM review_packet
       WHERE case_id = ? ORDER BY made_at DESC, sha256 LIMIT 500`,
      [caseId],
    );
    return rows.map((row) => {
      const { text: _, ...told } = keptPacket(row);
      return told;
    });
  }

  /** The questions that stand open in the case now; `null` where there is no such case. Records nothing. */
  async openQuestions(caseId: string): Promise<{ questions: OpenQuestion[]; readiness: Readiness } | null> {
    const file = await readCaseFile(this.#database, caseId);
    if (file === null) return null;
    const { questions, readiness } = await composeContent(this.#database, file, new Date().toISOString());
    return { questions, readiness };
  }

  /** All acts on a case, oldest first; the last one stands. */
  async listActs(caseId: string): Promise<ReviewAct[]> {
    const rows = await this.#database.read('SELECT * FROM review_entry WHERE case_id = ? ORDER BY sequence', [
      caseId,
    ]);
    return rows.map((row) => ({
      sequence: Number(row.sequence),
      act: row.act as ReviewAct['act'],
      packetSha256: String(row.packet_sha256),
      person: String(row.person),
      opinion: row.opinion === null ? null : String(row.opinion),
      reason: String(row.reason),
      at: String(row.at),
    }));
  }

  /** Lays a packet before review. Throws IngestError REVIEW_PACKET_UNKNOWN. */
  async submit(caseId: string, packetSha256: string, person: string, reason: string): Promise<void> {
    await this.#database.write(async (transaction) => {
      await requirePacket(transaction, caseId, packetSha256);
      await this.#enter(transaction, caseId, {
        act: 'submitted',
        packetSha256,
        person,
        opinion: null,
        reason,
      });
    });
  }

  /**
   * What a reviewer found. Throws IngestError REVIEW_PACKET_UNKNOWN, REVIEW_NOT_SUBMITTED where this packet does not lie
   * before review, SAME_PERSON where the reviewer submitted it.
   */
  async find(
    caseId: string,
    finding: { act: ReviewFinding; packetSha256: string; person: string; opinion: string; reason: string },
  ): Promise<void> {
    await this.#database.write(async (transaction) => {
      await requirePacket(transaction, caseId, finding.packetSha256);
      const [standing] = await transaction.all('SELECT * FROM standing_review WHERE case_id = ?', [caseId]);
      if (standing?.act !== 'submitted' || standing.packet_sha256 !== finding.packetSha256)
        throw new IngestError('REVIEW_NOT_SUBMITTED', 'this packet does not lie before review');
      if (standing.person === finding.person)
        throw new IngestError('SAME_PERSON', 'whoever submitted the packet cannot review it');
      await this.#enter(transaction, caseId, finding);
    });
  }

  async #enter(
    transaction: Transaction,
    caseId: string,
    { act, packetSha256, person, opinion, reason }: Omit<ReviewAct, 'sequence' | 'at'>,
  ): Promise<void> {
    await transaction.run(
      `INSERT INTO review_entry (sequence, case_id, act, packet_sha256, person, opinion, reason, at)
       VALUES ((SELECT coalesce(max(sequence) + 1, 0) FROM review_entry), ?, ?, ?, ?, ?, ?, ?)`,
      [caseId, act, packetSha256, person, opinion, reason, new Date().toISOString()],
    );
    await this.#custody.append(transaction, {
      action: 'review-recorded',
      actor: `operator:${person}`,
      details: { act, caseId, packetSha256, opinion, reason },
    });
  }
}

/** The uncommitted state that a transaction sees: one moment for all that is read. */
export function within(transaction: Transaction): IndexReader {
  return { read: (sql, parameters) => transaction.all(sql, parameters) };
}

async function requirePacket(transaction: Transaction, caseId: string, hash: string): Promise<void> {
  const rows = await transaction.all('SELECT 1 FROM review_packet WHERE sha256 = ? AND case_id = ?', [
    hash,
    caseId,
  ]);
  if (rows.length === 0)
    throw new IngestError('REVIEW_PACKET_UNKNOWN', 'no such packet was made of this case');
}

async function headOf(index: IndexReader): Promise<ReviewPacket['custodyHead']> {
  const [row] = await index.read(
    'SELECT sequence + 1 AS size, lower(hex(root_hash)) AS root FROM custody_entry ORDER BY sequence DESC LIMIT 1',
  );
  return { size: Number(row?.size ?? 0), rootHash: String(row?.root ?? sha256('')) };
}

function keptPacket(row: Record<string, unknown>): KeptPacket {
  return {
    sha256: String(row.sha256),
    caseId: String(row.case_id),
    madeAt: String(row.made_at),
    madeBy: String(row.made_by),
    reviewReady: row.is_ready === 1,
    text: String(row.packet),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
