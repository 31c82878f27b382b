import type { CaseStep } from '../cases/case-terms.ts';
import type { Span } from '../time/span.ts';
import type { CandidateActivity } from './activity-span.ts';
import type { RecordedSpan } from './recorded-span.ts';
import type { Wearer } from './wearer.ts';

/** A code that was shown to the camera, or a live session of the recorder, that names where the clip belongs. */
export interface Naming {
  source: 'qr' | 'live';
  activityId: string | null;
  caseId: string | null;
  /** False where no case system has told of it, or has taken it back. */
  isKnown: boolean;
  /** When the live session went on; `null` for what names the clip itself: a code in it, or the operation it began in. */
  during: Span | null;
  /**
   * A person opened an operation for it, and the clip came live while the recorder took part: that stands whatever speaks
   * against it, and a person sees both.
   */
  isOfOperation: boolean;
  /** The step of the operation, where no activity tells one. */
  step: CaseStep | null;
}

/** All that is known of where a clip may belong. */
export interface ClipEvidence {
  recorded: RecordedSpan | null;
  /** By what is proven it cannot have begun later; infinite where nothing is. */
  latestStartMs: number;
  wearer: Wearer;
  /** Activities of whoever may have worn the recorder, about that time, and all that are named. */
  activities: readonly CandidateActivity[];
  namings: readonly Naming[];
}

export interface MappingPolicy {
  /** How far from a clip whose time is not proven another activity of the officer must lie to be no matter. */
  nearMs: number;
}

export const defaultMappingPolicy: MappingPolicy = { nearMs: 12 * 3_600_000 };
