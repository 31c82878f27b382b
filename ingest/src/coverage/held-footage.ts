import { possiblePart, type Span, surePart } from '../time/span.ts';
import { type BearingException, explanationOf } from './approved-exceptions.ts';
import { type Cover, coverOf, type Gap, measured, possiblyOverlaps, surelyOverlaps } from './cover.ts';
import { type DutyFacts, isWholeProcess } from './duty-facts.ts';
import { type Footage, isBounded } from './footage.ts';
import type { CoverageGap, CoveringClip, Judgement, UnprovenReason } from './judgement.ts';
import { type Run, runsOf } from './runs.ts';
import type { Findings } from './state-precedence.ts';

interface HeldEvidence {
  duty: DutyFacts;
  footage: readonly Footage[];
  exceptions: readonly BearingException[];
}

export interface HeldAgainst {
  /** The duty; `null` where nobody told when it was. */
  span: Span | null;
  uploadDueMs: number | null;
  joinToleranceMs: number;
}

interface ToldTimes {
  startedMs: number | null;
  endedMs: number | null;
}

/** Footage held against a duty: all of it, and what was handed in in time. */
export class HeldFootage {
  readonly #evidence: HeldEvidence;
  readonly #against: HeldAgainst;
  readonly #allowed: readonly Footage[];
  readonly #runs: readonly Run[];
  readonly #cover: Cover | null;

  constructor(evidence: HeldEvidence, against: HeldAgainst) {
    this.#evidence = evidence;
    this.#against = against;
    const { span, joinToleranceMs } = against;
    this.#allowed = evidence.footage.filter((clip) => this.#isAllowed(clip));
    this.#runs = runsOf(this.#allowed, joinToleranceMs);
    this.#cover = span === null ? null : coverOf(span, this.#runs, joinToleranceMs);
  }

  findings(): Omit<Findings, 'isExempt'> {
    const { duty } = this.#evidence;
    const { span } = this.#against;
    const inTime = this.#allowed.filter((clip) => !this.#isLate(clip));
    const isWhole = isWholeProcess(duty);
    return {
      isDutyKnown: duty.level !== null && duty.level !== 'own-list',
      isAsked: duty.level !== 'none',
      isAnsweredInTime: this.#isAnsweredBy(inTime),
      isAnswered: this.#isAnsweredBy(this.#allowed),
      isAnythingHere: this.#allowed.some(
        ({ span: recorded }) => span === null || possiblyOverlaps(span, recorded),
      ),
      hasTimes: span !== null,
      isSurelyBroken: isWhole && (this.#cover?.gaps.some(({ kind }) => kind === 'sure') ?? false),
    };
  }

  /** A required activity is answered by any footage of it, a whole one by footage that leaves no gap. */
  #isAnsweredBy(footage: readonly Footage[]): boolean {
    const { span, joinToleranceMs } = this.#against;
    if (span === null) return false;
    const isSeen = footage.some((clip) => clip.isHashSound && surelyOverlaps(span, clip.span));
    if (!isSeen || !isWholeProcess(this.#evidence.duty)) return isSeen;
    return coverOf(span, runsOf(footage, joinToleranceMs), joinToleranceMs).gaps.length === 0;
  }

  gaps(): CoverageGap[] {
    if (this.#cover === null || !isWholeProcess(this.#evidence.duty)) return [];
    return this.#cover.gaps.map((gap) => this.#told(gap));
  }

  /** Of the duty as it is told, without the doubt of its ends. */
  measures({ startedMs, endedMs }: ToldTimes): Pick<Judgement, 'coveredMs' | 'gapMs'> {
    if (this.#cover === null || startedMs === null || endedMs === null)
      return { coveredMs: null, gapMs: null };
    const { coveredMs, gapMs } = measured(this.#cover, { fromMs: startedMs, toMs: endedMs });
    return { coveredMs, gapMs: isWholeProcess(this.#evidence.duty) ? gapMs : null };
  }

  clips(): CoveringClip[] {
    return this.#evidence.footage.map((clip) => {
      const sure = clip.isHashSound ? surePart(clip.span) : null;
      const possible = possiblePart(clip.span);
      const run = this.#runs.findIndex(({ clipIds }) => clipIds.includes(clip.clipId));
      return {
        clipId: clip.clipId,
        recorderId: clip.recorderId,
        officerId: clip.officerId,
        mediaKind: clip.mediaKind,
        sure: sure === null || !isBounded(sure) ? null : { fromMs: sure.lowMs, toMs: sure.highMs },
        possible: { fromMs: finite(possible.lowMs), toMs: finite(possible.highMs) },
        guess: clip.guess,
        run: run < 0 ? null : run,
        sealedAt: new Date(clip.sealedMs).toISOString(),
        isLate: this.#isLate(clip),
        shortcoming: this.#isAllowed(clip) ? unprovenOf(clip) : 'kind-not-allowed',
      };
    });
  }

  /** What keeps it from being proven or disproven, the graver first. */
  unproven(): UnprovenReason[] {
    const { duty } = this.#evidence;
    if (duty.reference === null) return ['no-duty-list'];
    if (duty.level === null || duty.level === 'own-list') return ['list-is-silent'];
    if (this.#against.span === null) return ['activity-without-times'];
    const ofClips = this.#allowed.flatMap((clip) => unprovenOf(clip) ?? []);
    const reasons = new Set<UnprovenReason>(ofClips);
    if (reasons.size === 0) reasons.add(isWholeProcess(duty) ? 'gap-within-doubt' : 'overlap-within-doubt');
    return [...reasons];
  }

  #isAllowed({ mediaKind }: Footage): boolean {
    return this.#evidence.duty.mediaKinds?.includes(mediaKind) ?? true;
  }

  #isLate({ sealedMs }: Footage): boolean {
    const { uploadDueMs } = this.#against;
    return uploadDueMs !== null && sealedMs > uploadDueMs;
  }

  #told(gap: Gap): CoverageGap {
    const [from, to] = [told(gap.from.lowMs, gap.from.highMs), told(gap.to.lowMs, gap.to.highMs)];
    return {
      from: from.at,
      fromDoubtMs: from.doubtMs,
      to: to.at,
      toDoubtMs: to.doubtMs,
      kind: gap.kind,
      explanation: explanationOf(gap, this.#evidence.exceptions, this.#against.joinToleranceMs),
    };
  }
}

/** An instant ± a doubt that holds all of a range. */
function told(lowMs: number, highMs: number): { at: string; doubtMs: number } {
  const middleMs = Math.round((lowMs + highMs) / 2);
  return { at: new Date(middleMs).toISOString(), doubtMs: Math.max(highMs - middleMs, middleMs - lowMs) };
}

/** Why a clip's time or bytes prove nothing; `null` where they do. */
function unprovenOf({ isHashSound, doubts, span }: Footage): UnprovenReason | null {
  if (!isHashSound) return 'hash-differs';
  if (isBounded(span.start) && isBounded(span.end)) return null;
  for (const doubt of ['host-unsynchronised', 'clock-step-suspected', 'sources-conflict'] as const) {
    if (doubts.includes(doubt)) return doubt;
  }
  return 'times-unproven';
}

function finite(valueMs: number): number | null {
  return Number.isFinite(valueMs) ? valueMs : null;
}
