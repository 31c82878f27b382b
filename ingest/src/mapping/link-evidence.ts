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
  /** When the live session went on; `null` for a code, which lies in the clip itself. */
  during: Span | null;
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
