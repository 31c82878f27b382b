import { createHash } from 'node:crypto';
import type { CaseFacts, OfficerFacts, UnitFacts } from '../cases/case-record.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { DutyListVersion } from '../duties/duty-list.ts';
import type { DutyLists } from '../duties/duty-lists.ts';
import { IngestError, isIngestError } from '../errors.ts';
import type { IndexDatabase, Transaction } from '../index-store/index-database.ts';
import type { StatisticsAnswer } from '../statistics/statistics-queries.ts';
import { DisclosureOutbox, type DisclosureWay } from './outbox.ts';
import { projectDecision, projectDutyList, projectOfficerList, projectStatistics } from './project.ts';
import type { DisclosureKind } from './published-columns.ts';
import { lastPeriod, type StatisticsPeriod } from './statistics-period.ts';

export interface DisclosurePolicy {
  /** By which ways the public is told; none: nothing is sent, and what may be published waits. */
  ways: readonly DisclosureWay[];
  /** What the public is told. */
  kinds: readonly DisclosureKind[];
  /** How long a period of published statistics is; `null` where they are not told. */
  statisticsEvery: StatisticsPeriod | null;
}

/** What disclosure asks of the rest of Docket. */
export interface DisclosureSources {
  dutyLists: DutyLists;
  /** Coverage of activities by category over days. */
  coverageByCategory(from: string, to: string): Promise<StatisticsAnswer>;
}

/** Something that could not be told as it stands: its `reason` names the column, never its content. */
export interface DisclosureRefusal {
  kind: DisclosureKind;
  subject: string;
  reason: string;
}

/**
 * Tells the public (公示) of duty lists, officers and the results of decisions. It sees nothing of clips, media or the
 * store, and whatever it tells is built column by column in `project.ts`.
 */
export class Disclosure {
  readonly outbox: DisclosureOutbox;
  readonly #database: IndexDatabase;
  readonly #sources: DisclosureSources;
  readonly #policy: DisclosurePolicy;

  constructor(
    database: IndexDatabase,
    custody: CustodyLog,
    sources: DisclosureSources,
    policy: DisclosurePolicy,
  ) {
    this.#database = database;
    this.#sources = sources;
    this.#policy = policy;
    this.outbox = new DisclosureOutbox(database, custody, policy.ways);
  }

  /** Keeps the result of a decision to be told, in the transaction that marked it publishable. Throws DISCLOSURE_REFUSED. */
  async onPublishable(transaction: Transaction, caseId: string): Promise<void> {
    if (!this.#tells('decision')) return;
    const [row] = await transaction.all(
      `SELECT enforcement_case.facts AS facts, unit.facts AS unit FROM enforcement_case LEFT JOIN unit USING (unit_id)
       WHERE case_id = ?`,
      [caseId],
    );
    if (row === undefined) throw new IngestError('DISCLOSURE_REFUSED', 'there is no such case');
    const unit = row.unit === null ? null : (JSON.parse(String(row.unit)) as UnitFacts);
    const content = projectDecision(JSON.parse(String(row.facts)) as CaseFacts, unit?.name ?? null);
    await this.outbox.publish(transaction, {
      kind: 'decision',
      subject: decisionSubject(caseId),
      caseId,
      content,
    });
  }

  /** Keeps it to be told that a decision is no longer public. */
  async onUnpublishable(transaction: Transaction, caseId: string, cause: string): Promise<void> {
    await this.outbox.withdraw(transaction, {
      kind: 'decision',
      subject: decisionSubject(caseId),
      caseId,
      // Why a case became secret, or a person took it back, is nobody's business.
      content: {
        withdrawnOn: this.#sources.dutyLists.today(),
        cause: cause === 'revoked' ? 'revoked' : 'withdrawn',
      },
    });
  }

  /** Tells of every list that is not what the public was told last. Resolves with what could not be told. */
  async refresh(): Promise<DisclosureRefusal[]> {
    const refusals: DisclosureRefusal[] = [];
    const today = this.#sources.dutyLists.today();
    for (const departmentId of await this.#sources.dutyLists.departments()) {
      const list = await this.#sources.dutyLists.inForce(departmentId, today);
      if (list === null) continue;
      const subject = encodeURIComponent(departmentId);
      const offers: [DisclosureKind, (transaction: Transaction) => Promise<unknown>][] = [
        ['duty-list', async () => projectDutyList(list)],
        ['officer-list', (transaction) => this.#officers(transaction, list, today)],
      ];
      for (const [kind, project] of offers) {
        if (!this.#tells(kind)) continue;
        const refusal = await this.#offer(kind, subject, project);
        if (refusal !== null) refusals.push(refusal);
      }
    }
    const refusal = await this.#offerStatistics(today);
    return refusal === null ? refusals : [...refusals, refusal];
  }

  /** Counts of the last period that is over. */
  async #offerStatistics(today: string): Promise<DisclosureRefusal | null> {
    const { statisticsEvery } = this.#policy;
    if (statisticsEvery === null || !this.#tells('statistics')) return null;
    const { name, from, to } = lastPeriod(statisticsEvery, today);
    const answer = await this.#sources.coverageByCategory(from, to);
    // A period in which nothing happened is nothing to tell of.
    if (answer.groups.length === 0) return null;
    return this.#offer('statistics', name, async () => projectStatistics(answer));
  }

  async #offer(
    kind: DisclosureKind,
    subject: string,
    project: (transaction: Transaction) => Promise<unknown>,
  ): Promise<DisclosureRefusal | null> {
    try {
      await this.#database.write(async (transaction) => {
        const content = (await project(transaction)) as never;
        await this.outbox.publish(transaction, { kind, subject, caseId: null, content });
      });
      return null;
    } catch (error) {
      if (!isIngestError(error, 'DISCLOSURE_REFUSED')) throw error;
      return { kind, subject, reason: error.message };
    }
  }

  /** Officers of a department whose certificate is valid today. */
  async #officers(transaction: Transaction, { departmentId, content }: DutyListVersion, today: string) {
    const rows = await transaction.all(
      `SELECT officer.facts AS facts, unit.facts AS unit FROM officer JOIN unit USING (unit_id)
       WHERE department_id = ?1 AND officer.is_withdrawn = 0 AND unit.is_withdrawn = 0
         AND officer.certificate_number IS NOT NULL
         AND coalesce(json_extract(officer.facts, '$.validFrom') <= ?2, TRUE)
         AND coalesce(json_extract(officer.facts, '$.validUntil') >= ?2, TRUE)`,
      [departmentId, today],
    );
    const officers = rows.map((row) => ({
      facts: JSON.parse(String(row.facts)) as OfficerFacts,
      unitName: (JSON.parse(String(row.unit)) as UnitFacts).name,
    }));
    return projectOfficerList(departmentId, officers, content.publishesValidity);
  }

  #tells(kind: DisclosureKind): boolean {
    return this.#policy.kinds.includes(kind);
  }
}

/** Names a decision to the public without any id of the case system. */
function decisionSubject(caseId: string): string {
  return createHash('sha256').update(`decision ${caseId}`).digest('hex').slice(0, 32);
}
