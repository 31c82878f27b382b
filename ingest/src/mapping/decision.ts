import type { CaseStep } from '../cases/case-terms.ts';
import type { LinkConfidence, LinkSource } from './clip-link.ts';
import { wearerReasons } from './wearer.ts';

/**
 * Why a clip waits for a person.
 *
 * time-unknown            nothing tells when it was recorded, or only a clock nobody could read
 * time-doubtful           something speaks against the time it shows
 * time-assumed            its time is not proven, and several activities of the officer lie near
 * no-activity             no activity of the officer is known for that time
 * activity-without-times  an activity it may belong to has no start or no end
 * overlap-within-doubt    whether it was recorded during the activity, the clocks do not tell
 * activities-overlap      the officer has two activities at that time
 * code-unknown            the code shown names what no case system has told of
 * codes-disagree          several codes were shown that cannot all be right
 * code-against-officer    the activity the code names is not one of the officer's
 * code-against-time       the code names an activity of another time, or another case than the time does
 * live-against-officer    the same of a live session
 * live-against-time
 * contradicts-person      since a person decided, the rules have come to something else
 * unlinked-by-person      a person took it out of where it was
 * follows-clip            a file beside footage that waits itself
 * sidecar-alone           a file beside the footage whose clip is not here
 */
export const queueReasons = [
  'time-unknown',
  'time-doubtful',
  'time-assumed',
  ...wearerReasons,
  'no-activity',
  'activity-without-times',
  'overlap-within-doubt',
  'activities-overlap',
  'code-unknown',
  'codes-disagree',
  'code-against-officer',
  'code-against-time',
  'live-against-officer',
  'live-against-time',
  'contradicts-person',
  'unlinked-by-person',
  'follows-clip',
  'sidecar-alone',
] as const;
export type QueueReason = (typeof queueReasons)[number];

/** What speaks for a suggestion. */
export const suggestionGrounds = [
  'code',
  'live',
  'overlaps',
  'may-overlap',
  'near',
  'officer',
  'without-times',
] as const;
export type SuggestionGround = (typeof suggestionGrounds)[number];

export interface LinkTarget {
  caseId: string;
  activityId: string | null;
  step: CaseStep | null;
}

export interface DecidedLink extends LinkTarget {
  source: LinkSource;
  confidence: LinkConfidence;
}

/** A place a clip may belong to, for a person to choose. */
export interface LinkSuggestion extends LinkTarget {
  grounds: SuggestionGround[];
  /** How far the recording lies from the activity at least; `null` where nothing tells. */
  apartMs: number | null;
}

/** What the rules make of a clip. Where reasons are given it waits for a person, whatever it is linked to already. */
export interface Decision {
  links: DecidedLink[];
  reasons: QueueReason[];
  /** Best first. */
  suggestions: LinkSuggestion[];
}
