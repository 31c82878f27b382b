import { lengthMs, type Stretch, union, within, without } from '../../coverage/stretches.ts';
import type { Interval } from '../../time/interval.ts';
import type { Span } from '../../time/span.ts';
import type { Alignment } from './align-pictures.ts';
import type { MatchEvidence, SegmentMatch, UndecidedReason } from './match.ts';
import type { PicturePlace } from './picture-place.ts';

/** A sealed live segment, as far as deciding needs it. */
export interface SegmentFacts {
  clipId: string;
  lengthMs: number;
  /** When its first moment was captured, in Unix milliseconds, whatever its delay; an end nothing is known of is infinite. */
  start: Interval;
  /** Its place in the custody log: dockings that begin after it was sealed began after it was captured. */
  sealedAt: number;
}

/** A clip of the recorder that is or may be footage, as far as deciding needs it. */
export interface OriginalFacts {
  clipId: string;
  /** What is proven of when it was recorded; infinite where nothing is. */
  span: Span;
  isStored: boolean;
  /** False where its bytes are not those the recorder or the record told of. */
  isSound: boolean;
  /** The place in the custody log of the docking that first listed it. */
  firstListedAt: number;
  comparison: 'none' | 'waiting' | 'compared' | 'other-format' | 'unreadable';
  alignments: readonly Alignment[];
  /** Where it lies beside the segment, told by equal pictures; `null` where none are known. */
  place: PicturePlace | null;
  lengthMs: number | null;
}

/** A docking that listed every folder of the recorder and took all it found. */
export interface WholeListing {
  dockingId: string;
  /** The place in the custody log where the docking began. */
  attachedAt: number;
}

export interface DecidingLimits {
  /** Recorders pause this long between two files; what live has there is no loss. */
  pauseMs: number;
}

export const usualDeciding: DecidingLimits = { pauseMs: 2_000 };

/** The clock of a stream and of a file may run this much otherwise than time does, with the cut of a file besides. */
const liveRateShare = 2e-4;
const fileRateShare = 1e-3;
const cutMs = 100;

/**
 * Decides every moment of a live segment once; stretches are in order and make up the whole segment. Pure. Nothing is
 * `live-only` that any clip the recorder held at that docking can be, wherever within their doubts the times truly are.
 */
export function decideSegment(
  segment: SegmentFacts,
  originals: readonly OriginalFacts[],
  listings: readonly WholeListing[],
  limits: DecidingLimits = usualDeciding,
): SegmentMatch[] {
  const undecided = new Undecided(segment.lengthMs);
  for (const original of originals) takeConfirmed(undecided, original);
  for (const original of originals) takeSuperseded(undecided, segment, original);
  const listing = firstListingAfter(segment, listings);
  for (const original of originals) {
    if (listing !== null && original.firstListedAt > listing.attachedAt) continue;
    const reason = reasonAgainst(segment, original);
    undecided.take([possiblyAt(segment, original)], {
      verdict: 'undecided',
      originalClipId: original.clipId,
      evidence: { kind: 'reason', reason },
    });
  }
  undecided.takeRest(listing, limits);
  return undecided.matches();
}

function takeConfirmed(undecided: Undecided, { clipId, alignments }: OriginalFacts): void {
  for (const { equal, pictures, laterMs } of alignments) {
    const middleMs = Math.round((laterMs.lowMs + laterMs.highMs) / 2);
    const doubtMs = Math.ceil(Math.max(laterMs.highMs - middleMs, middleMs - laterMs.lowMs));
    undecided.take(equal, {
      verdict: 'confirmed',
      originalClipId: clipId,
      evidence: { kind: 'pictures', pictures, laterMs: middleMs, doubtMs },
    });
  }
}

function takeSuperseded(undecided: Undecided, segment: SegmentFacts, original: OriginalFacts): void {
  const isSeen = original.comparison === 'compared' || original.comparison === 'other-format';
  if (!isSeen || !original.isSound || !original.isStored) return;
  const evidence: MatchEvidence = original.place === null ? { kind: 'times' } : { kind: 'place-by-pictures' };
  undecided.take([surelyAt(segment, original)], {
    verdict: 'superseded',
    originalClipId: original.clipId,
    evidence,
  });
}

/** True where pictures of the original may be those of the segment, by their times. */
export function mayCover(
  segment: SegmentFacts,
  original: Pick<OriginalFacts, 'span' | 'place' | 'lengthMs'>,
): boolean {
  const { fromMs, toMs } = possiblyAt(segment, original);
  return fromMs < segment.lengthMs && toMs > 0;
}

/** The stretch of the segment that the original surely covers; empty where its ends cross. */
function surelyAt(segment: SegmentFacts, original: OriginalFacts): Stretch {
  const place = placeByPictures(original);
  if (place !== null) return { fromMs: place.start.highMs, toMs: place.end.lowMs };
  const { start, end } = original.span;
  const slackMs = rateSlackMs(segment);
  return {
    fromMs: start.highMs - segment.start.lowMs + slackMs,
    toMs: end.lowMs - segment.start.highMs - slackMs,
  };
}

/** The stretch of the segment that the original may cover. */
function possiblyAt(
  segment: SegmentFacts,
  original: Pick<OriginalFacts, 'span' | 'place' | 'lengthMs'>,
): Stretch {
  const place = placeByPictures(original);
  if (place !== null) return { fromMs: place.start.lowMs, toMs: place.end.highMs };
  const { start, end } = original.span;
  const slackMs = rateSlackMs(segment);
  return {
    fromMs: start.lowMs - segment.start.highMs - slackMs,
    toMs: end.highMs - segment.start.lowMs + slackMs,
  };
}

/** Where an original lies on the segment's own line of time, by equal pictures. */
export function placeByPictures({ place, lengthMs }: Pick<OriginalFacts, 'place' | 'lengthMs'>): Span | null {
  if (place === null) return null;
  const { laterMs, seenToMs } = place;
  const slackMs = cutMs + fileRateShare * Math.max(seenToMs, lengthMs ?? 0);
  return {
    start: { lowMs: laterMs.lowMs - slackMs, highMs: laterMs.highMs + slackMs },
    end: {
      lowMs: laterMs.lowMs + (lengthMs ?? seenToMs) - slackMs,
      highMs: lengthMs === null ? Number.POSITIVE_INFINITY : laterMs.highMs + lengthMs + slackMs,
    },
  };
}

function rateSlackMs(segment: SegmentFacts): number {
  return cutMs + liveRateShare * segment.lengthMs;
}

function reasonAgainst(segment: SegmentFacts, original: OriginalFacts): UndecidedReason {
  if (!original.isStored) return 'original-not-taken';
  if (!original.isSound) return 'original-unsound';
  if (original.comparison === 'waiting') return 'being-compared';
  if (original.place !== null) return 'within-doubt';
  const { start, end } = original.span;
  if (![start.lowMs, start.highMs, end.lowMs, end.highMs].every(Number.isFinite))
    return 'original-time-unproven';
  if (!Number.isFinite(segment.start.lowMs) || !Number.isFinite(segment.start.highMs))
    return 'live-time-unproven';
  return original.comparison === 'unreadable' ? 'not-comparable' : 'within-doubt';
}

/** The first docking after it: what the recorder did not hold then, it did not hold. */
function firstListingAfter(segment: SegmentFacts, listings: readonly WholeListing[]): WholeListing | null {
  const after = listings.filter(({ attachedAt }) => attachedAt > segment.sealedAt);
  return after.sort((left, right) => left.attachedAt - right.attachedAt)[0] ?? null;
}

/** A segment on its way to be decided: each moment goes to the first verdict that claims it. */
class Undecided {
  #open: Stretch[];
  readonly #taken: SegmentMatch[] = [];

  constructor(segmentMs: number) {
    this.#open = [{ fromMs: 0, toMs: segmentMs }];
  }

  take(stretches: readonly Stretch[], match: Omit<SegmentMatch, 'fromMs' | 'toMs'>): void {
    const claimed = union(stretches.map(wholeMs));
    for (const open of this.#open) {
      for (const piece of within(open, claimed)) this.#taken.push({ ...match, ...piece });
    }
    this.#open = this.#open.flatMap((open) => without(open, claimed));
  }

  takeRest(listing: WholeListing | null, { pauseMs }: DecidingLimits): void {
    for (const piece of this.#open) this.#taken.push({ ...piece, ...restMatch(piece, listing, pauseMs) });
    this.#open = [];
  }

  matches(): SegmentMatch[] {
    return this.#taken.sort((left, right) => left.fromMs - right.fromMs);
  }
}

function restMatch(
  piece: Stretch,
  listing: WholeListing | null,
  pauseMs: number,
): Omit<SegmentMatch, 'fromMs' | 'toMs'> {
  if (listing !== null && lengthMs(piece) > pauseMs) {
    const evidence: MatchEvidence = { kind: 'listing', dockingId: listing.dockingId };
    return { verdict: 'live-only', originalClipId: null, evidence };
  }
  const reason = listing === null ? 'not-docked' : 'pause-between-files';
  return { verdict: 'undecided', originalClipId: null, evidence: { kind: 'reason', reason } };
}

/** To whole milliseconds, as they are kept; ends that are infinite stay so. */
function wholeMs({ fromMs, toMs }: Stretch): Stretch {
  return { fromMs: Math.round(fromMs), toMs: Math.round(toMs) };
}
