import type { CaseFacts } from '../cases/case-record.ts';
import type { CaseCategory } from '../cases/case-terms.ts';
import type { CustodyLog } from '../custody/custody-log.ts';
import type { DutyListVersion } from '../duties/duty-list.ts';
import type { DutyLists } from '../duties/duty-lists.ts';
import { dutyOf } from '../duties/duty-of.ts';
import type { IndexDatabase } from '../index-store/index-database.ts';
import { markDue } from '../reckoning/due.ts';
import type { Reckoning } from '../reckoning/reckoner.ts';
import { dayInZone } from '../time/day-in-zone.ts';
import { type DutyFacts, noDutyList } from './duty-facts.ts';
import type { Footage } from './footage.ts';
import { type JudgingPolicy, judgeActivity } from './judge-activity.ts';
import type { PersonConcern } from './judgement.ts';
import { type JudgedNow, keepJudgements } from './keep-judgements.ts';
import { checkPeople, defaultTwoOfficerCategories } from './people-check.ts';
import {
  readActivities,
  readApprovedExceptions,
  readOfficers,
  type ToldActivity,
} from './read-activities.ts';
import { readFootage } from './read-footage.ts';

export interface CoveragePolicy extends JudgingPolicy {
  /** IANA zone in which days begin. */
  zone: string;
  /** Categories in which two officers have to act (行政处罚法 §42). */
  twoOfficerCategories: readonly CaseCategory[];
}

export const usualCoverage: CoveragePolicy = {
  joinToleranceMs: 2_000,
  uploadWithinMs: 24 * 3_600_000,
  zone: 'Asia/Shanghai',
  twoOfficerCategories: defaultTwoOfficerCategories,
};

/** Judges activities whenever something they rest on has changed, and keeps every judgement. Runs after mapping. */
export class Coverage {
  readonly reckonings: readonly Reckoning[];
  readonly policy: CoveragePolicy;
  readonly #database: IndexDatabase;
  readonly #custody: CustodyLog;
  readonly #dutyLists: DutyLists;
  readonly #now: () => number;

  /** `now`: the dock's clock in Unix milliseconds. */
  constructor(
    store: { database: IndexDatabase; custody: CustodyLog; dutyLists: DutyLists },
    policy: Partial<CoveragePolicy> = {},
    now: () => number = Date.now,
  ) {
    this.#database = store.database;
    this.#custody = store.custody;
    this.#dutyLists = store.dutyLists;
    this.policy = { ...usualCoverage, ...policy };
    this.#now = now;
    this.reckonings = [
      { kind: 'clip', reckon: (clipIds) => this.#markActivities(clipIds) },
      {
        kind: 'activity',
        reckon: (activityIds) => this.judge(activityIds),
        markByClock: () => this.markPassed(),
      },
    ];
  }

  /** Judges activities anew, by what is known now. Says nothing of ids that nobody has told of. */
  async judge(activityIds: readonly string[]): Promise<void> {
    const told = await readActivities(this.#database, activityIds);
    const standing = told.filter(({ isWithdrawn }) => !isWithdrawn);
    const [footage, exceptions, officers] = await Promise.all([
      readFootage(
        this.#database,
        standing.map(({ activity }) => activity.activityId),
      ),
      readApprovedExceptions(this.#database, standing),
      readOfficers(
        this.#database,
        standing.flatMap(({ activity }) => activity.officerIds),
      ),
    ]);
    const judged: JudgedNow[] = [];
    for (const one of told) {
      const { activityId, caseId } = one.activity;
      if (one.isWithdrawn) {
        judged.push({ activityId, caseId, judgement: null });
        continue;
      }
      const list = await this.#listOf(one);
      const clips = footage.get(activityId) ?? [];
      const judgement = judgeActivity(
        {
          activity: one.activity,
          duty: dutyFacts(one, list),
          footage: clips,
          exceptions: exceptions.get(activityId) ?? [],
          people: this.#concerns(one, list, clips, officers),
        },
        this.policy,
        this.#now(),
      );
      judged.push({ activityId, caseId, judgement });
    }
    await keepJudgements(this.#database, this.#custody, judged);
  }

  /** Marks activities whose footage is not here although the time to hand it in has passed since they were judged. */
  async markPassed(): Promise<void> {
    const rows = await this.#database.read('SELECT activity_id FROM judgement WHERE due_again_ms <= ?', [
      this.#now(),
    ]);
    if (rows.length === 0) return;
    const activityIds = rows.map((row) => String(row.activity_id));
    await this.#database.write((transaction) => markDue(transaction, 'activity', activityIds));
  }

  /** A clip whose time, bytes or wearer are understood otherwise is judged otherwise, though its links stay. */
  async #markActivities(clipIds: readonly string[]): Promise<void> {
    const rows = await this.#database.read(
      `SELECT DISTINCT clip_link.activity_id FROM json_each(?) AS wanted
       CROSS JOIN clip_link ON clip_link.clip_id = wanted.value WHERE clip_link.activity_id IS NOT NULL`,
      [JSON.stringify(clipIds)],
    );
    if (rows.length === 0) return;
    const activityIds = rows.map((row) => String(row.activity_id));
    await this.#database.write((transaction) => markDue(transaction, 'activity', activityIds));
  }

  async #listOf({ activity, ofCase }: ToldActivity): Promise<DutyListVersion | null> {
    if (ofCase === null) return null;
    return this.#dutyLists.inForce(ofCase.departmentId, this.#dayOf(activity, ofCase));
  }

  /** The day an activity is judged by: when it began, else when it ended, else when its case was opened. */
  #dayOf({ startedAt, endedAt }: ToldActivity['activity'], { openedOn }: CaseFacts): string {
    const instant = startedAt ?? endedAt;
    return instant === null ? openedOn : dayInZone(Date.parse(instant), this.policy.zone);
  }

  #concerns(
    { activity, ofCase }: ToldActivity,
    list: DutyListVersion | null,
    footage: readonly Footage[],
    officers: Parameters<typeof checkPeople>[0]['officers'],
  ): PersonConcern[] {
    if (ofCase === null) return [];
    return checkPeople(
      {
        activity,
        category: ofCase.category,
        day: this.#dayOf(activity, ofCase),
        officers,
        acceptedIssuers: list?.content.certificateIssuers ?? [],
        recordedBy: footage.flatMap(({ officerId }) => officerId ?? []),
      },
      this.policy.twoOfficerCategories,
    );
  }
}

function dutyFacts({ activity, ofCase }: ToldActivity, list: DutyListVersion | null): DutyFacts {
  if (ofCase === null || list === null) return noDutyList;
  const { departmentId, version, sha256, content } = list;
  const { item, level, raisedBy, isWholeProcessProposed } = dutyOf(content, ofCase, activity);
  return {
    reference: { departmentId, version, sha256, itemNumber: item?.number ?? null },
    level,
    mediaKinds: item?.mediaKinds ?? null,
    raisedBy,
    isWholeProcessProposed,
  };
}
