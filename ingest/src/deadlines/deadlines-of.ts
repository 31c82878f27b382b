import type { ActivityFacts, CaseFacts } from '../cases/case-record.ts';
import type { DutyListContent } from '../duties/duty-list.ts';
import { dayOf, daysAfter, startOfDay } from './calendar-day.ts';
import type { Deadline, DeadlineKind, DeadlinePeriod } from './deadline.ts';
import {
  archivePeriod,
  type DeadlinePolicy,
  handInPeriod,
  preservePeriod,
  publishPeriod,
  unpublishPeriod,
} from './deadline-policy.ts';
import type { WorkingCalendar } from './working-calendar.ts';

/** One clip of an activity, as far as its deadlines ask. */
export interface FootageOfActivity {
  sealedAt: string | null;
  receiptedAt: string | null;
}

export interface ActivityForDeadlines {
  facts: ActivityFacts;
  /** The duty list wants it recorded, and nobody is exempt from it. */
  mustBeRecorded: boolean;
  footage: readonly FootageOfActivity[];
}

/** A person's word that something was done; the newest counts. `doneAt` `null` takes an earlier word back. */
export interface DeadlineStatement {
  kind: DeadlineKind;
  activityId: string | null;
  doneAt: string | null;
}

export interface CaseForDeadlines {
  facts: CaseFacts;
  activities: readonly ActivityForDeadlines[];
  /** What the department's list in force at the decision says of publishing. */
  publishing: DutyListContent['publishing'];
  /** When the decision became public and when it was taken back, as far as Docket itself did it. */
  publishedAt: string | null;
  unpublishedAt: string | null;
  /** Oldest first. */
  statements: readonly DeadlineStatement[];
}

export interface DeadlineGround {
  calendar: WorkingCalendar;
  policy: DeadlinePolicy;
  /** IANA zone in which days begin. */
  zone: string;
}

/** All deadlines of a case and its activities, from the facts as they stand. Pure: the hour plays no part. */
export function deadlinesOf(known: CaseForDeadlines, ground: DeadlineGround): Deadline[] {
  const found = [
    ...known.activities.flatMap((activity) => activityDeadlines(activity, ground)),
    ...caseDeadlines(known, ground),
  ];
  return found.map((deadline) => withStatement(deadline, known.statements));
}

function activityDeadlines(activity: ActivityForDeadlines, ground: DeadlineGround): Deadline[] {
  const { facts, footage, mustBeRecorded } = activity;
  if (facts.endedAt === null) return [];
  const about = { caseId: facts.caseId, activityId: facts.activityId, runsFrom: facts.endedAt };
  const deadlines: Deadline[] = [];
  if (mustBeRecorded || footage.length > 0) {
    const handIn = handInPeriod(ground.policy);
    const archive = archivePeriod(ground.policy);
    deadlines.push(
      due('hand-in', about, handIn, lastOf(footage.map(({ sealedAt }) => sealedAt)), ground),
      due('archive-footage', about, archive, lastOf(footage.map(({ receiptedAt }) => receiptedAt)), ground),
    );
  }
  if (facts.kind === 'evidence-preservation')
    deadlines.push(due('preserve', about, preservePeriod, null, ground));
  return deadlines;
}

function caseDeadlines(known: CaseForDeadlines, ground: DeadlineGround): Deadline[] {
  const { facts } = known;
  const about = (runsFrom: string) => ({ caseId: facts.caseId, activityId: null, runsFrom });
  const deadlines: Deadline[] = [];
  if (facts.closedOn !== null) {
    const filedAt = facts.filedOn === null ? null : startOfDay(facts.filedOn, ground.zone);
    const period = archivePeriod(ground.policy);
    deadlines.push(due('archive-file', about(facts.closedOn), period, filedAt, ground));
  }
  if (facts.decision === null || facts.secrecy === 'state-secret') return deadlines;
  const { decidedOn, revokedOn } = facts.decision;
  // A decision that was revoked is not published any more, but what was due before stays due.
  if (revokedOn === null || known.publishedAt !== null) {
    deadlines.push(due('publish', about(decidedOn), publishing(known, ground), known.publishedAt, ground));
  }
  if (revokedOn !== null) {
    deadlines.push(due('unpublish', about(revokedOn), unpublishPeriod, known.unpublishedAt, ground));
  }
  return deadlines;
}

/** The department's own list before the general rule. */
function publishing(
  { facts, publishing: own }: CaseForDeadlines,
  { policy }: DeadlineGround,
): DeadlinePeriod {
  const rule = own.find(({ categories }) => categories.includes(facts.category));
  if (rule === undefined) return publishPeriod(policy, facts.category);
  const { document, sentence } = rule.basis;
  const source = { document, article: null, sentence };
  return { count: rule.workingDays, unit: 'working-day', isCarried: false, source };
}

function due(
  kind: DeadlineKind,
  about: Pick<Deadline, 'caseId' | 'activityId' | 'runsFrom'>,
  period: DeadlinePeriod,
  metAt: string | null,
  { calendar, zone }: DeadlineGround,
): Deadline {
  const common = { kind, ...about, metAt, metBy: metAt === null ? null : ('facts' as const), period };
  if (period.unit === 'hour') {
    const dueAt = new Date(Date.parse(about.runsFrom) + period.count * 3_600_000).toISOString();
    return { ...common, dueOn: null, dueAt, isProvisional: false };
  }
  const event = about.runsFrom.length > 10 ? dayOf(about.runsFrom, zone) : about.runsFrom;
  const counted =
    period.unit === 'working-day'
      ? calendar.afterWorkingDays(event, period.count)
      : calendar.afterDays(event, period.count);
  const last = period.isCarried ? calendar.carriedTo(counted.day) : counted;
  return {
    ...common,
    dueOn: last.day,
    dueAt: startOfDay(daysAfter(last.day, 1), zone),
    isProvisional: counted.isProvisional || last.isProvisional,
  };
}

function withStatement(deadline: Deadline, statements: readonly DeadlineStatement[]): Deadline {
  if (deadline.metBy === 'facts') return deadline;
  const word = statements.findLast(
    ({ kind, activityId }) => kind === deadline.kind && activityId === deadline.activityId,
  );
  if (word === undefined || word.doneAt === null) return deadline;
  return { ...deadline, metAt: word.doneAt, metBy: 'statement' };
}

/** The last of several instants; `null` where one is missing, or there are none. */
function lastOf(instants: readonly (string | null)[]): string | null {
  if (instants.length === 0 || instants.includes(null)) return null;
  return instants.toSorted().at(-1) ?? null;
}
