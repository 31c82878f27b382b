import type { ActivityFacts } from '../cases/case-record.ts';
import { around } from '../time/interval.ts';
import type { Span } from '../time/span.ts';
import { type BearingException, exemptionIn, isExplained } from './approved-exceptions.ts';
import type { DutyFacts } from './duty-facts.ts';
import type { Footage } from './footage.ts';
import { HeldFootage } from './held-footage.ts';
import type { Judgement, PersonConcern } from './judgement.ts';
import { stateOf } from './state-precedence.ts';

export interface JudgingPolicy {
  /** The longest pause in a whole-process recording that is no gap. */
  joinToleranceMs: number;
  /** How long after the activity footage may be handed in. */
  uploadWithinMs: number;
}

/** Everything that is held against one activity. */
export interface ActivityEvidence {
  activity: ActivityFacts;
  duty: DutyFacts;
  footage: readonly Footage[];
  exceptions: readonly BearingException[];
  people: readonly PersonConcern[];
}

/** Judges how far footage answers the duty of one activity, as things are known at `nowMs` (standards §6.2). Pure. */
export function judgeActivity(evidence: ActivityEvidence, policy: JudgingPolicy, nowMs: number): Judgement {
  const { activity, duty, exceptions, people } = evidence;
  const span = dutySpan(activity);
  const uploadDueMs = span === null ? null : span.end.highMs + policy.uploadWithinMs;
  const held = new HeldFootage(evidence, { span, uploadDueMs, joinToleranceMs: policy.joinToleranceMs });
  const exemption = exemptionIn(exceptions);
  const state = stateOf({ ...held.findings(), isExempt: exemption !== null });
  const gaps = held.gaps();
  const told = { startedMs: milliseconds(activity.startedAt), endedMs: milliseconds(activity.endedAt) };
  return {
    activityId: activity.activityId,
    caseId: activity.caseId,
    kind: activity.kind,
    step: activity.step,
    state,
    duty: duty.reference,
    level: duty.level,
    raisedBy: duty.raisedBy,
    isWholeProcessProposed: duty.isWholeProcessProposed,
    ...told,
    timeDoubtMs: activity.timeDoubtMs,
    clips: held.clips(),
    gaps,
    isExplained: isExplained(state, gaps, exceptions),
    ...held.measures(told),
    unproven: state === 'unverifiable' ? held.unproven() : [],
    exemption,
    exceptions: exceptions.map(({ fromMs: _from, toMs: _to, ...approved }) => approved),
    uploadDueAt: uploadDueMs === null ? null : new Date(uploadDueMs).toISOString(),
    isDue: uploadDueMs !== null && nowMs > uploadDueMs,
    people: [...people],
  };
}

/** The duty runs from start to end of the activity, each within the doubt of whoever wrote it down. */
function dutySpan({ startedAt, endedAt, timeDoubtMs }: ActivityFacts): Span | null {
  const [startedMs, endedMs] = [milliseconds(startedAt), milliseconds(endedAt)];
  if (startedMs === null || endedMs === null) return null;
  return { start: around(startedMs, timeDoubtMs), end: around(endedMs, timeDoubtMs) };
}

function milliseconds(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
