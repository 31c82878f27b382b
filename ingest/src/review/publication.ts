import type { CustodyLog } from '../custody/custody-log.ts';
import { IngestError } from '../errors.ts';
import type { IndexDatabase, IndexReader, Transaction } from '../index-store/index-database.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';

/** Why a decision needs legal review, or does not; see `docs/review.md`. */
export const reviewRules = [
  'major',
  'not-major',
  'category-reviewed',
  'category-not-reviewed',
  'no-list',
] as const;
export type ReviewRule = (typeof reviewRules)[number];

/** What keeps a decision from being marked publishable. */
export const publicationObstacles = [
  'no-decision',
  'case-withdrawn',
  'decision-revoked',
  'secret',
  'review-missing',
  'review-open',
  'review-returned',
  'review-failed',
  'review-stale',
] as const;
export type PublicationObstacle = (typeof publicationObstacles)[number];

export type UnpublishableCause = 'revoked' | 'secret' | 'case-withdrawn' | 'by-person';

export interface PublicationAct {
  act: 'publishable' | 'unpublishable';
  cause: UnpublishableCause | null;
  reviewRule: ReviewRule;
  person: string;
  reason: string;
  at: string;
}

/** Whether the decision of a case may be published now, and what was said of it before. */
export interface PublicationStanding {
  isReviewNeeded: boolean;
  reviewRule: ReviewRule;
  /** The standing review is of the decision as it now is; `null` without a review. */
  isReviewCurrent: boolean | null;
  obstacles: PublicationObstacle[];
  isPublishable: boolean;
  /** The decision has changed since it was marked publishable. */
  isStale: boolean;
  acts: PublicationAct[];
}

/** Who takes back what the law lets nobody leave public. */
const byItself = 'docket';

/** Told in the transaction of the act itself, so that what is disclosed follows it by construction. */
export interface PublicationListener {
  onPublishable(transaction: Transaction, caseId: string): Promise<void>;
  onUnpublishable(transaction: Transaction, caseId: string, cause: UnpublishableCause): Promise<void>;
}

/**
 * Says which decisions may be published. What is allowed is decided by `decision_gate` in the index, whose trigger no
 * code gets past; here it is told in words.
 */
export class Publication implements Reckoning {
  readonly kind = 'case';
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #listener: PublicationListener;

  constructor(database: IndexDatabase, custody: CustodyLog, listener: PublicationListener) {
    this.#database = database;
    this.#custody = custody;
    this.#listener = listener;
  }

  /** `null` where there is no such case. */
  async standing(caseId: string): Promise<PublicationStanding | null> {
    const gate = await readGate(this.#database, caseId);
    if (gate === null) return null;
    const acts = await this.#database.read(
      'SELECT * FROM decision_publication WHERE case_id = ? ORDER BY sequence',
      [caseId],
    );
    const newest = acts.at(-1);
    const isPublishable = newest?.act === 'publishable';
    return {
      isReviewNeeded: gate.isReviewNeeded,
      reviewRule: gate.reviewRule,
      isReviewCurrent: gate.reviewAct === null ? null : gate.isReviewCurrent,
      obstacles: obstaclesOf(gate),
      isPublishable,
      isStale: isPublishable && newest.decision !== gate.decision,
      acts: acts.map((row) => ({
        act: row.act as PublicationAct['act'],
        cause: row.cause as PublicationAct['cause'],
        reviewRule: row.review_rule as ReviewRule,
        person: String(row.person),
        reason: String(row.reason),
        at: String(row.at),
      })),
    };
  }

  /**
   * Marks the decision of a case, as it stands now, publishable; the only way there is. Throws IngestError
   * DECISION_NOT_PUBLISHABLE, whose message lists the obstacles.
   */
  async markPublishable(caseId: string, person: string, reason: string): Promise<void> {
    await this.#database.write(async (transaction) => {
      const gate = await readGate({ read: (sql, values) => transaction.all(sql, values) }, caseId);
      const obstacles: PublicationObstacle[] = gate === null ? ['no-decision'] : obstaclesOf(gate);
      if (gate === null || gate.decision === null || obstacles.length > 0)
        throw new IngestError('DECISION_NOT_PUBLISHABLE', obstacles.join(', '));
      await this.#enter(transaction, caseId, gate, { act: 'publishable', cause: null, person, reason });
      await this.#listener.onPublishable(transaction, caseId);
    });
  }

  /** Marks a changed decision publishable in place of the one that is. Throws DECISION_NOT_PUBLISHED too. */
  async correct(caseId: string, person: string, reason: string): Promise<void> {
    const standing = await this.standing(caseId);
    if (standing?.isPublishable !== true)
      throw new IngestError('DECISION_NOT_PUBLISHED', 'the decision is not marked publishable');
    await this.markPublishable(caseId, person, reason);
  }

  /** Takes the word back, and what was disclosed with it. Throws IngestError DECISION_NOT_PUBLISHED. */
  async withdraw(caseId: string, person: string, reason: string): Promise<void> {
    await this.#database.write(async (transaction) => {
      const newest = await newestAct(transaction, caseId);
      if (newest?.act !== 'publishable')
        throw new IngestError('DECISION_NOT_PUBLISHED', 'the decision is not marked publishable');
      await this.#takeBack(transaction, caseId, 'by-person', person, reason);
    });
  }

  /** Takes back what may no longer be public: revoked decisions (行政处罚法 §48), secret cases, withdrawn ones. */
  async reckon(caseIds: readonly string[]): Promise<void> {
    for (const caseId of caseIds) {
      const [published] = await this.#database.read(
        `SELECT act FROM decision_publication WHERE case_id = ? ORDER BY sequence DESC LIMIT 1`,
        [caseId],
      );
      if (published?.act !== 'publishable') continue;
      await this.#database.write(async (transaction) => {
        const gate = await readGate({ read: (sql, values) => transaction.all(sql, values) }, caseId);
        const cause = gate === null ? null : causeToTakeBack(gate);
        if (cause === null || (await newestAct(transaction, caseId))?.act !== 'publishable') return;
        await this.#takeBack(transaction, caseId, cause, byItself, cause);
      });
    }
  }

  async #takeBack(
    transaction: Transaction,
    caseId: string,
    cause: UnpublishableCause,
    person: string,
    reason: string,
  ): Promise<void> {
    const newest = await newestAct(transaction, caseId);
    const gate = {
      decision: String(newest?.decision),
      reviewSequence: newest?.review_sequence as number | null,
      reviewRule: newest?.review_rule as ReviewRule,
    };
    await this.#enter(transaction, caseId, gate, { act: 'unpublishable', cause, person, reason });
    await this.#listener.onUnpublishable(transaction, caseId, cause);
  }

  async #enter(
    transaction: Transaction,
    caseId: string,
    gate: Pick<Gate, 'decision' | 'reviewSequence' | 'reviewRule'>,
    { act, cause, person, reason }: Pick<PublicationAct, 'act' | 'cause' | 'person' | 'reason'>,
  ): Promise<void> {
    await transaction.run(
      `INSERT INTO decision_publication (sequence, case_id, act, decision, review_sequence, review_rule, cause, person, reason, at)
       VALUES ((SELECT coalesce(max(sequence) + 1, 0) FROM decision_publication), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        caseId,
        act,
        gate.decision,
        gate.reviewSequence,
        gate.reviewRule,
        cause,
        person,
        reason,
        new Date().toISOString(),
      ],
    );
    await this.#custody.append(transaction, {
      action: act === 'publishable' ? 'decision-publishable' : 'decision-unpublishable',
      ...(cause === null || cause === 'by-person' ? { actor: `operator:${person}` } : {}),
      details: { caseId, reason, reviewRule: gate.reviewRule, ...(cause === null ? {} : { cause }) },
    });
  }
}

interface Gate {
  decision: string | null;
  isRevoked: boolean;
  secrecy: string;
  isWithdrawn: boolean;
  reviewRule: ReviewRule;
  isReviewNeeded: boolean;
  reviewSequence: number | null;
  reviewAct: string | null;
  isReviewCurrent: boolean;
  isOpen: boolean;
}

async function readGate(index: IndexReader, caseId: string): Promise<Gate | null> {
  const [row] = await index.read('SELECT * FROM decision_gate WHERE case_id = ?', [caseId]);
  if (row === undefined) return null;
  return {
    decision: row.decision === null ? null : String(row.decision),
    isRevoked: row.revoked_on !== null,
    secrecy: String(row.secrecy),
    isWithdrawn: row.is_withdrawn === 1,
    reviewRule: row.review_rule as ReviewRule,
    isReviewNeeded: row.is_review_needed === 1,
    reviewSequence: row.review_sequence as number | null,
    reviewAct: row.review_act === null ? null : String(row.review_act),
    isReviewCurrent: row.is_review_current === 1,
    isOpen: row.is_open === 1,
  };
}

/** What the gate objects to, in words. Where it is closed and none of these is said, that is a fault in Docket. */
function obstaclesOf(gate: Gate): PublicationObstacle[] {
  const found: PublicationObstacle[] = [];
  if (gate.decision === null) found.push('no-decision');
  if (gate.isWithdrawn) found.push('case-withdrawn');
  if (gate.isRevoked) found.push('decision-revoked');
  if (gate.secrecy !== 'none') found.push('secret');
  if (gate.reviewAct === null) {
    if (gate.isReviewNeeded) found.push('review-missing');
  } else if (gate.reviewAct === 'submitted') found.push('review-open');
  else if (gate.reviewAct === 'returned') found.push('review-returned');
  else if (gate.reviewAct === 'failed') found.push('review-failed');
  else if (!gate.isReviewCurrent) found.push('review-stale');
  return found;
}

function causeToTakeBack({ isRevoked, decision, secrecy, isWithdrawn }: Gate): UnpublishableCause | null {
  if (isWithdrawn) return 'case-withdrawn';
  if (isRevoked || decision === null) return 'revoked';
  return secrecy === 'none' ? null : 'secret';
}

async function newestAct(transaction: Transaction, caseId: string) {
  const [row] = await transaction.all(
    'SELECT * FROM decision_publication WHERE case_id = ? ORDER BY sequence DESC LIMIT 1',
    [caseId],
  );
  return row;
}
