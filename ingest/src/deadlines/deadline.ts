/**
 * What must be done in time, for a case or for one of its activities.
 *
 * hand-in          footage of an activity is in the store (上传)
 * archive-footage  footage of an activity has its receipts (归档)
 * archive-file     the case file went to the archives (案卷归档)
 * publish          the decision is public (公示)
 * preserve         it is decided what becomes of what was registered and preserved (先行登记保存)
 * unpublish        a revoked decision is no longer public (撤回)
 */
export const deadlineKinds = [
  'hand-in',
  'archive-footage',
  'archive-file',
  'publish',
  'preserve',
  'unpublish',
] as const;
export type DeadlineKind = (typeof deadlineKinds)[number];

/**
 * met          done in time
 * missed       the time is over, and it was not done in it
 * open         not done, and there is time
 * provisional  not done, and a holiday notice that is not known yet may still move the day
 */
export const deadlineStates = ['met', 'open', 'missed', 'provisional'] as const;
export type DeadlineState = (typeof deadlineStates)[number];

/** Where a period comes from. */
export interface DeadlineSource {
  /** Law or document, e.g. `行政处罚法（2021）`. */
  document: string;
  /** E.g. `第五十六条、第八十五条`; `null`: the whole document, or a setting. */
  article: string | null;
  /** The words; `null`: the operator’s setting. */
  sentence: string | null;
}

/** How long, and how it is counted. */
export interface DeadlinePeriod {
  count: number;
  /** Hours and calendar days run through days off; working days do not. */
  unit: 'hour' | 'day' | 'working-day';
  /** A period in calendar days that would end on a day off ends on the next working day. */
  isCarried: boolean;
  source: DeadlineSource;
}

/** One deadline as reckoned. Its state depends on the hour, see `deadlineState`. */
export interface Deadline {
  kind: DeadlineKind;
  caseId: string;
  /** `null`: about the whole case. */
  activityId: string | null;
  /** Day `yyyy-mm-dd` or instant of what set it running. */
  runsFrom: string;
  /** The last day, where the period is counted in days. */
  dueOn: string | null;
  /** Done before this instant is done in time. */
  dueAt: string;
  /** When it was done; `null`: not, as far as is known. */
  metAt: string | null;
  /** What says so: received facts and the store itself, or a person. */
  metBy: 'facts' | 'statement' | null;
  isProvisional: boolean;
  period: DeadlinePeriod;
}

export function deadlineState(
  { metAt, dueAt, isProvisional }: Pick<Deadline, 'metAt' | 'dueAt' | 'isProvisional'>,
  now: string,
): DeadlineState {
  if (metAt !== null && metAt < dueAt) return 'met';
  if (isProvisional) return 'provisional';
  return now < dueAt ? 'open' : 'missed';
}
