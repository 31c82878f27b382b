import type { Span } from '../time/span.ts';
import {
  activitySpan,
  apartMs,
  type CandidateActivity,
  mayCoincide,
  mayOverlap,
  surelyOverlap,
} from './activity-span.ts';
import type { DecidedLink, Decision, LinkTarget, QueueReason } from './decision.ts';
import type { ClipEvidence, MappingPolicy, Naming } from './link-evidence.ts';
import { suggestLinks } from './suggest-links.ts';

/**
 * Where a clip belongs. Never a guess: an activity is linked only where the overlap holds wherever within their doubt the
 * times truly lie, or where a code names it and nothing speaks against that. Everything else waits for a person.
 */
export function decideLinks(evidence: ClipEvidence, policy: MappingPolicy): Decision {
  const { links, reasons } = new Deciding(evidence, policy).result();
  return { links, reasons, suggestions: reasons.length === 0 ? [] : suggestLinks(evidence, policy) };
}

/** An activity of the wearer with its times. */
interface OwnActivity {
  activity: CandidateActivity;
  span: Span;
}

class Deciding {
  readonly #evidence: ClipEvidence;
  readonly #policy: MappingPolicy;
  readonly #own: readonly OwnActivity[];
  readonly #reasons = new Set<QueueReason>();
  readonly #links = new Map<string, DecidedLink>();
  /** Links that an operation made; they stand. */
  readonly #ofOperation = new Set<string>();
  #isAgainst = false;

  constructor(evidence: ClipEvidence, policy: MappingPolicy) {
    this.#evidence = evidence;
    this.#policy = policy;
    const { wearer, activities } = evidence;
    this.#own = activities.flatMap((activity) => {
      const isOwn = wearer.state === 'known' && activity.officerIds.includes(wearer.officerId);
      const span = isOwn ? activitySpan(activity) : null;
      return span === null ? [] : [{ activity, span }];
    });
  }

  result(): { links: DecidedLink[]; reasons: QueueReason[] } {
    for (const naming of this.#namings()) this.#takeNaming(naming);
    if (!this.#isAgainst) this.#takeOverlaps();
    const links = [...this.#links.entries()].filter(
      ([key]) => !this.#isAgainst || this.#ofOperation.has(key),
    );
    return { links: links.map(([, link]) => link), reasons: [...this.#reasons] };
  }

  /** What names the clip; what names several places that exclude each other names none. */
  #namings(): Naming[] {
    const known = this.#evidence.namings.filter((naming) => this.#isOfThisClip(naming));
    if (known.some((naming) => !this.#isKnown(naming) && naming.source === 'qr'))
      this.#against('code-unknown');
    const namings = known.filter((naming) => this.#isKnown(naming));
    if (this.#isOnePlace(namings)) return namings;
    this.#against('codes-disagree');
    return namings.filter(({ isOfOperation }) => isOfOperation);
  }

  #isOfThisClip({ during }: Naming): boolean {
    const span = this.#usableSpan();
    return during === null || (span !== null && surelyOverlap(span, during));
  }

  #isKnown({ isKnown, activityId }: Naming): boolean {
    return isKnown && (activityId === null || this.#activity(activityId) !== null);
  }

  #isOnePlace(namings: readonly Naming[]): boolean {
    const caseIds = new Set(namings.map(({ caseId }) => caseId));
    const activities = [...new Set(namings.flatMap(({ activityId }) => this.#activity(activityId) ?? []))];
    const clip = this.#usableSpan();
    const areAllRecorded = activities.every((activity) => {
      const span = activitySpan(activity);
      return clip !== null && span !== null && surelyOverlap(clip, span);
    });
    const areApart = activities.every((one, position) =>
      activities.slice(position + 1).every((other) => areSurelyApart(one, other)),
    );
    return activities.length > 1 ? areAllRecorded && areApart : caseIds.size <= 1;
  }

  #takeNaming(naming: Naming): void {
    const activity = this.#activity(naming.activityId);
    if (naming.isOfOperation) this.#takeOfOperation(naming);
    else if (activity !== null) this.#takeNamedActivity(naming, activity);
    else if (naming.caseId !== null) this.#takeNamedCase(naming, naming.caseId);
  }

  /** Who wore it is the operation's word, and whether they were to act is asked when the case is reviewed. */
  #takeOfOperation(naming: Naming): void {
    const activity = this.#activity(naming.activityId);
    const clip = this.#usableSpan();
    const span = activity === null ? null : activitySpan(activity);
    const isElsewhere = this.#surelyRecorded().some((own) => own.activity.caseId !== naming.caseId);
    const isAtAnotherTime = clip !== null && span !== null && !mayOverlap(clip, span);
    if (isElsewhere || isAtAnotherTime) this.#reasons.add('live-against-time');
    const target = activity === null ? this.#targetInCase(naming, String(naming.caseId)) : targetOf(activity);
    this.#ofOperation.add(keyOf(target));
    this.#link(target, 'live', 'certain');
  }

  #takeNamedActivity({ source }: Naming, activity: CandidateActivity): void {
    const word = source === 'qr' ? 'code' : 'live';
    if (!this.#mayBeOf(activity.officerIds)) this.#against(`${word}-against-officer`);
    const span = activitySpan(activity);
    const clip = this.#usableSpan();
    // Of a clip whose time may be used the overlap tells: a recorder is on before its wearer is on the spot.
    const isTooEarly = clip === null && span !== null && this.#evidence.latestStartMs < span.start.lowMs;
    if (isTooEarly || (span !== null && clip !== null && !mayOverlap(clip, span))) {
      this.#against(`${word}-against-time`);
    } else if (span !== null && clip !== null && hasTimes(activity) && !surelyOverlap(clip, span)) {
      // Shown on the way, and the clip may have ended before the activity began.
      this.#against('overlap-within-doubt');
    }
    this.#link(targetOf(activity), source);
  }

  #takeNamedCase(naming: Naming, caseId: string): void {
    const { source } = naming;
    const word = source === 'qr' ? 'code' : 'live';
    const ofCase = this.#evidence.activities.filter((activity) => activity.caseId === caseId);
    const officerIds = ofCase.flatMap((activity) => activity.officerIds);
    if (!this.#mayBeOf(officerIds)) this.#against(`${word}-against-officer`);
    if (this.#surelyRecorded().some(({ activity }) => activity.caseId !== caseId))
      this.#against(`${word}-against-time`);
    this.#link(this.#targetInCase(naming, caseId), source);
  }

  /** What names a case leaves the activity open; the time may tell it. */
  #targetInCase({ step }: Naming, caseId: string): LinkTarget {
    const clip = this.#usableSpan();
    const touched = this.#own.filter(
      ({ activity, span }) => activity.caseId === caseId && clip !== null && mayOverlap(clip, span),
    );
    const [only, ...others] = touched;
    const isTold = only !== undefined && others.length === 0 && this.#surelyRecorded().includes(only);
    return isTold ? targetOf(only.activity) : { caseId, activityId: null, step };
  }

  #surelyRecorded(): OwnActivity[] {
    const clip = this.#usableSpan();
    return this.#own.filter(({ span }) => clip !== null && surelyOverlap(clip, span));
  }

  #takeOverlaps(): void {
    const isNamed = this.#links.size > 0;
    const { wearer } = this.#evidence;
    const clip = this.#usableSpan();
    if (!isNamed && wearer.state === 'unknown') this.#reasons.add(wearer.reason);
    if (!isNamed && clip === null) this.#reasons.add(this.#reasonOfTime());
    if (clip === null || wearer.state === 'unknown') return;
    const touched = this.#own.filter(({ span }) => mayOverlap(clip, span));
    if (touched.length === 0 && !isNamed) this.#reasons.add('no-activity');
    for (const own of touched) this.#takeOverlap(clip, own, touched);
  }

  #takeOverlap(clip: Span, { activity, span }: OwnActivity, touched: readonly OwnActivity[]): void {
    const { caseId, activityId, step } = activity;
    if (this.#isNamed(activity) || this.#isRuledOutByOperation(caseId)) return;
    const coinciding = touched.filter(
      (other) => other.activity.activityId !== activityId && mayCoincide(other.span, span),
    );
    const isRuledOut = coinciding.some((other) => this.#isNamed(other.activity));
    if (isRuledOut) return;
    if (this.#isAssumed() && this.#near(clip).length > 1) this.#reasons.add('time-assumed');
    else if (!surelyOverlap(clip, span)) this.#reasons.add(reasonOfDoubt(activity));
    else if (coinciding.length > 0) this.#reasons.add('activities-overlap');
    else this.#link({ caseId, activityId, step }, 'interval');
  }

  /** What was recorded for an operation is of its case, whatever else its wearer did at that time. */
  #isRuledOutByOperation(caseId: string): boolean {
    return [...this.#ofOperation].some((key) => this.#links.get(key)?.caseId !== caseId);
  }

  #isNamed(activity: CandidateActivity): boolean {
    const link = this.#links.get(keyOf(activity));
    return link !== undefined && link.source !== 'interval';
  }

  #link(
    target: LinkTarget,
    source: DecidedLink['source'],
    confidence: DecidedLink['confidence'] = this.#confidenceOf(source),
  ): void {
    const key = keyOf(target);
    if (this.#links.get(key)?.confidence !== 'certain')
      this.#links.set(key, { ...target, source, confidence });
  }

  #confidenceOf(source: DecidedLink['source']): DecidedLink['confidence'] {
    return source === 'qr' ? 'certain' : this.#isAssumed() ? 'assumed' : 'strong';
  }

  /** Something speaks against the rest: nothing is linked, and a person sees both. */
  #against(reason: QueueReason): void {
    this.#reasons.add(reason);
    this.#isAgainst = true;
  }

  /** Whether nothing speaks against one of these officers having worn the recorder. */
  #mayBeOf(officerIds: readonly string[]): boolean {
    const { wearer } = this.#evidence;
    const worn = wearer.state === 'known' ? [wearer.officerId] : wearer.candidateIds;
    return worn.length === 0 || officerIds.length === 0 || worn.some((id) => officerIds.includes(id));
  }

  #near(clip: Span): OwnActivity[] {
    return this.#own.filter(({ span }) => apartMs(clip, span) <= this.#policy.nearMs);
  }

  #isAssumed(): boolean {
    return this.#evidence.recorded?.basis !== 'proven';
  }

  /** The time as far as anything may rest on it. */
  #usableSpan(): Span | null {
    const { recorded } = this.#evidence;
    return recorded?.basis === 'proven' || recorded?.basis === 'assumed' ? recorded.span : null;
  }

  #reasonOfTime(): QueueReason {
    return this.#evidence.recorded?.basis === 'doubtful' ? 'time-doubtful' : 'time-unknown';
  }

  #activity(activityId: string | null): CandidateActivity | null {
    return this.#evidence.activities.find((activity) => activity.activityId === activityId) ?? null;
  }
}

function targetOf({ caseId, activityId, step }: LinkTarget): LinkTarget {
  return { caseId, activityId, step };
}

function keyOf({ caseId, activityId }: { caseId: string; activityId: string | null }): string {
  return JSON.stringify([caseId, activityId]);
}

function areSurelyApart(one: CandidateActivity, other: CandidateActivity): boolean {
  const [left, right] = [activitySpan(one), activitySpan(other)];
  return left !== null && right !== null && !mayCoincide(left, right);
}

function reasonOfDoubt(activity: CandidateActivity): QueueReason {
  return hasTimes(activity) ? 'overlap-within-doubt' : 'activity-without-times';
}

function hasTimes({ startedMs, endedMs }: CandidateActivity): boolean {
  return startedMs !== null && endedMs !== null;
}
