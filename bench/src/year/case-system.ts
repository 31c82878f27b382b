import type { ActivityFacts, CaseCategory, CaseFactsRecord, CaseWork, Delivery } from '@docket/ingest';
import { Random } from '../random.ts';
import {
  departmentId,
  firstDayMs,
  hourMs,
  type TrueActivity,
  type TrueDay,
  type TrueYear,
} from './true-year.ts';

export const sender = 'year';
const categories: readonly CaseCategory[] = ['penalty', 'inspection', 'license', 'coercion', 'levy', 'fee'];
const batch = 500;

/** What the case system of the department tells, and when: most of it at once, some late, some wrong at first. */
export class CaseSystem {
  readonly #year: TrueYear;
  readonly #caseWork: CaseWork;

  constructor(year: TrueYear, caseWork: CaseWork) {
    this.#year = year;
    this.#caseWork = caseWork;
  }

  async tellPeopleAndCases(): Promise<void> {
    const units: CaseFactsRecord[] = [0, 1, 2, 3].map((index) => ({
      kind: 'unit',
      facts: {
        unitId: `${sender}/unit-${index}`,
        name: `执法${index + 1}队`,
        code: `U${index}`,
        departmentId,
        parentUnitId: null,
      },
      isWithdrawn: false,
    }));
    const officers: CaseFactsRecord[] = this.#year.officers.map((officer, index) => ({
      kind: 'officer',
      facts: {
        officerId: officer.officerId,
        name: `人员${index + 1}`,
        unitId: officer.unitId,
        post: null,
        certificateNumber: officer.certificateNumber,
        officerNumber: officer.number,
        categories: [...categories],
        area: null,
        validFrom: '2020-01-01',
        validUntil: '2030-12-31',
        issuer: 'provincial',
      },
      isWithdrawn: false,
    }));
    await this.#send([...units, ...officers, ...this.#cases()]);
  }

  /** What is told of the activities of some days before their clips come; `changed` ones with wrong times. */
  async tellActivities(days: readonly TrueDay[]): Promise<void> {
    const told = days.flatMap(({ activities }) => activities).filter(({ telling }) => telling !== 'late');
    await this.#send([
      ...told.map((activity) => this.#record(activity, activity.telling === 'changed' ? 3 * hourMs : 0)),
      ...this.#neverHappened(days).map((facts) => ({ kind: 'activity', facts, isWithdrawn: false }) as const),
    ]);
  }

  /** What comes after the clips: late activities, right times, and that some never happened. */
  async tellTheRest(days: readonly TrueDay[]): Promise<void> {
    const told = days.flatMap(({ activities }) => activities).filter(({ telling }) => telling !== 'at-once');
    await this.#send([
      ...told.map((activity) => this.#record(activity, 0)),
      ...this.#neverHappened(days).map((facts) => ({ kind: 'activity', facts, isWithdrawn: true }) as const),
    ]);
  }

  #cases(): CaseFactsRecord[] {
    const random = new Random(this.#year.options.seed + 1);
    const first = new Map<number, TrueActivity>();
    for (const activity of this.#year.activities) {
      if (!first.has(activity.caseIndex)) first.set(activity.caseIndex, activity);
    }
    return [...first].map(([index, { startMs, officers }]) => ({
      kind: 'case',
      facts: {
        caseId: caseIdOf(index),
        number: `长商罚〔2025〕第${index + 1}号`,
        name: `案件${index + 1}`,
        departmentId,
        unitId: this.#year.officers[officers[0] ?? 0]?.unitId ?? '',
        category: categories[random.whole(0, categories.length - 1)] ?? 'penalty',
        matter: null,
        isRandomInspection: false,
        riskTriggers: [],
        secrecy: 'none',
        openedOn: dayOf(startMs),
        closedOn: null,
        retention: null,
        filedOn: null,
        decision: null,
      },
      isWithdrawn: false,
    }));
  }

  #record(activity: TrueActivity, wrongByMs: number): CaseFactsRecord {
    return { kind: 'activity', facts: this.#facts(activity, wrongByMs), isWithdrawn: false };
  }

  #facts(activity: TrueActivity, wrongByMs: number): ActivityFacts {
    const { mistakenOfficer } = activity;
    const officers = [...activity.officers, ...(mistakenOfficer === null ? [] : [mistakenOfficer])];
    return {
      activityId: activity.activityId,
      caseId: caseIdOf(activity.caseIndex),
      kind: activity.kind,
      step: activity.step,
      place: null,
      area: null,
      officerIds: officers.map((index) => this.#year.officers[index]?.officerId ?? ''),
      startedAt: new Date(activity.toldStartMs + wrongByMs).toISOString(),
      endedAt: new Date(activity.toldEndMs + wrongByMs).toISOString(),
      timeDoubtMs: activity.timeDoubtMs,
      isRandomInspection: activity.isRandomInspection,
      riskTriggers: activity.hasRiskTrigger ? ['major-property'] : [],
      isWholeProcess: activity.isOrderedWhole,
    };
  }

  /** Activities that the case system tells of by mistake, in the evening of somebody, and takes back. */
  #neverHappened(days: readonly TrueDay[]): ActivityFacts[] {
    return days.flatMap(({ activities, day }) => {
      const last = activities.at(-1);
      if (last === undefined || day % 5 !== 2) return [];
      const facts = this.#facts(last, 0);
      return [
        {
          ...facts,
          activityId: `${sender}/never-${day}`,
          startedAt: new Date(last.endMs + 130_000).toISOString(),
          endedAt: new Date(last.endMs + 1_800_000).toISOString(),
          riskTriggers: [],
          isWholeProcess: false,
        },
      ];
    });
  }

  async #send(records: readonly CaseFactsRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += batch) {
      const deliveries: Delivery[] = records
        .slice(from, from + batch)
        .map((record) => ({ record, revision: null }));
      await this.#caseWork.book.receive(sender, deliveries, 'token:year');
    }
  }
}

export function caseIdOf(index: number): string {
  return `${sender}/case-${index}`;
}

/** Day in Asia/Shanghai, which has had no summer time since 1991. */
function dayOf(atMs: number): string {
  return new Date(Math.max(atMs, firstDayMs) + 8 * hourMs).toISOString().slice(0, 10);
}
