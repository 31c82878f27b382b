import type { CaseFacts } from '../cases/case-record.ts';
import type { ClipState } from '../clip/clip-states.ts';
import { daysAfter, startOfDay } from '../deadlines/calendar-day.ts';
import type { DutyItem } from '../duties/duty-list.ts';
import {
  type KeepReason,
  type KeepReasonCode,
  leastMonths,
  type Retention,
  type RetentionClass,
  type RetentionPolicy,
} from './retention.ts';
import { afterDuration, afterMonths } from './retention-period.ts';

/** One standing link, as far as keeping asks. */
export interface LinkForRetention {
  caseId: string;
  /** `null`: no case system has told of it, or its sender took it back. */
  facts: CaseFacts | null;
  /** What the duty item says that the activity was judged by; `null`: none is known. */
  duty: { itemNumber: string; retention: DutyItem['retention']; activityEndedAt: string | null } | null;
}

/** All that decides whether a clip is kept, read at one moment. */
export interface RetentionFacts {
  clipId: string;
  state: ClipState;
  isMarked: boolean;
  isQuarantined: boolean;
  /** A receipt names exactly its hash and length. */
  isReceipted: boolean;
  /** Latest sealing by the custody log. */
  sealedAt: string | null;
  /** Latest linking or unlinking. */
  lastLinkedAt: string | null;
  mapping: 'linked' | 'queued' | 'set-aside' | null;
  links: readonly LinkForRetention[];
  /** Standing holds on the clip, and on every case it is or ever was linked to. */
  holdIds: readonly string[];
}

/** The class of a clip and every reason to keep it. Pure; a tag alone never ends a reason, it only makes new ones. */
export function retentionOf(
  facts: RetentionFacts,
  policy: RetentionPolicy,
  { now, zone }: { now: string; zone: string },
): Retention {
  const reasons = [
    ...stateReasons(facts),
    ...facts.holdIds.map((holdId) => reason('on-hold', holdId)),
    ...facts.links.flatMap((link) => linkReasons(link, zone)),
    ...ageReasons(facts, policy),
  ];
  const keepUntil = reasons.some(({ until }) => until === null)
    ? null
    : (reasons
        .map(({ until }) => until ?? '')
        .sort()
        .at(-1) ?? null);
  return {
    class: classOf(facts, reasons),
    keepUntil,
    reasons: reasons.filter(({ until }) => until === null || until > now),
  };
}

function classOf(facts: RetentionFacts, reasons: readonly KeepReason[]): RetentionClass {
  const forGood: KeepReasonCode[] = ['marked', 'case-permanent', 'duty-permanent'];
  if (reasons.some(({ code }) => forGood.includes(code))) return 'permanent';
  if (facts.links.length > 0) return 'linked';
  return facts.mapping === 'set-aside' && !facts.isQuarantined ? 'unlinked' : 'undecided';
}

function stateReasons(facts: RetentionFacts): KeepReason[] {
  const reasons: KeepReason[] = [];
  if (facts.state === 'deleted') reasons.push(reason('deleted'));
  if (facts.sealedAt === null) reasons.push(reason('not-sealed'));
  if (!facts.isReceipted) reasons.push(reason('not-receipted'));
  if (facts.isQuarantined) reasons.push(reason('quarantined'));
  if (facts.isMarked) reasons.push(reason('marked'));
  if (facts.mapping === null) reasons.push(reason('not-mapped'));
  else if (facts.mapping === 'queued') reasons.push(reason('queued'));
  return reasons;
}

function linkReasons({ caseId, facts, duty }: LinkForRetention, zone: string): KeepReason[] {
  return [reason('linked', caseId), caseReason(caseId, facts, zone), ...dutyReasons(duty)];
}

function caseReason(caseId: string, facts: CaseFacts | null, zone: string): KeepReason {
  if (facts === null) return reason('case-unknown', caseId);
  if (facts.retention === 'permanent') return reason('case-permanent', caseId);
  if (facts.closedOn === null) return reason('case-open', caseId);
  if (facts.retention === null) return reason('case-retention-unknown', caseId);
  const closedAt = startOfDay(daysAfter(facts.closedOn, 1), zone);
  const until = afterDuration(closedAt, facts.retention.duration);
  return until === null
    ? reason('case-retention-unknown', caseId)
    : reason('case-period-runs', caseId, until);
}

function dutyReasons(duty: LinkForRetention['duty']): KeepReason[] {
  if (duty === null || duty.retention === 'same-as-file') return [];
  if (duty.retention === 'permanent') return [reason('duty-permanent', duty.itemNumber)];
  const from = duty.activityEndedAt;
  const until = from === null ? null : afterDuration(from, duty.retention.duration);
  return [reason('duty-period-runs', duty.itemNumber, until)];
}

function ageReasons({ sealedAt, lastLinkedAt }: RetentionFacts, policy: RetentionPolicy): KeepReason[] {
  const months = Math.max(leastMonths, policy.unlinkedMonths);
  const reasons: KeepReason[] = [];
  if (sealedAt !== null) reasons.push(reason('months-run', null, afterMonths(sealedAt, months)));
  // A link that somebody took away must not make the clip go the same day.
  if (lastLinkedAt !== null) {
    reasons.push(reason('lately-linked', null, afterMonths(lastLinkedAt, leastMonths)));
  }
  return reasons;
}

function reason(
  code: KeepReasonCode,
  subject: string | null = null,
  until: string | null = null,
): KeepReason {
  return { code, subject, until };
}
