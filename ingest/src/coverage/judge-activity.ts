import { isDeepStrictEqual } from 'node:util';
import type { ActivityFacts } from '../cases/case-record.ts';
import { around } from '../time/interval.ts';
import type { Span } from '../time/span.ts';
import { type BearingException, exemptionIn, isExplained } from './approved-exceptions.ts';
import type { DutyFacts } from './duty-facts.ts';
import type { Footage } from './footage.ts';
import { type HeldAgainst, HeldFootage } from './held-footage.ts';
import type { CoverageGap, CoverageState, Judgement, JudgementGround, PersonConcern } from './judgement.ts';
import { stateOf } from './state-precedence.ts';
import { withWhateverDelay } from './whatever-delay.ts';

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
  const against = { span, uploadDueMs, joinToleranceMs: policy.joinToleranceMs };
  const { held, state, gaps } = answerOf(evidence, against);
  const exemption = exemptionIn(exceptions);
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
    restsOn: groundsOf(evidence, against, { state, gaps }),
    exemption,
    exceptions: exceptions.map(({ fromMs: _from, toMs: _to, ...approved }) => approved),
    uploadDueAt: uploadDueMs === null ? null : new Date(uploadDueMs).toISOString(),
    isDue: uploadDueMs !== null && nowMs > uploadDueMs,
    people: [...people],
  };
}

interface Answer {
  state: CoverageState;
  gaps: CoverageGap[];
}

function answerOf(evidence: ActivityEvidence, against: HeldAgainst): Answer & { held: HeldFootage } {
  const held = new HeldFootage(evidence, against);
  const isExempt = exemptionIn(evidence.exceptions) !== null;
  return { held, state: stateOf({ ...held.findings(), isExempt }), gaps: held.gaps() };
}

/** What the answer rests on that nothing proves: without it there would be another one. */
function groundsOf(evidence: ActivityEvidence, against: HeldAgainst, found: Answer): JudgementGround[] {
  const footage = withWhateverDelay(evidence.footage);
  if (footage === null) return [];
  const { state, gaps } = answerOf({ ...evidence, footage }, against);
  return isDeepStrictEqual({ state, gaps }, found) ? [] : ['delay-assumed'];
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
