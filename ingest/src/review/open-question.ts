/**
 * What a reviewer has to look at, and which of it keeps a case from being ready for review. Warnings on persons do not:
 * to judge them (人员资格) is the review itself.
 */
export const questionCodes = {
  'case-withdrawn': { blocks: true },
  'decision-not-told': { blocks: false },
  'no-activity': { blocks: true },
  'reckoning-due': { blocks: true },
  'not-judged': { blocks: true },
  'no-duty-list': { blocks: true },
  'list-is-silent': { blocks: false },
  'activity-without-times': { blocks: false },
  'whole-process-undecided': { blocks: false },
  missing: { blocks: true },
  'footage-awaited': { blocks: true },
  unverifiable: { blocks: true },
  'gap-unexplained': { blocks: true },
  late: { blocks: false },
  'exception-waiting': { blocks: true },
  'clip-queued': { blocks: true },
  'clip-quarantined': { blocks: true },
  'clip-not-stored': { blocks: true },
  'clip-without-receipt': { blocks: false },
  'person-concern': { blocks: false },
  'deadline-passed': { blocks: false },
} as const satisfies Record<string, { blocks: boolean }>;

export type QuestionCode = keyof typeof questionCodes;

/** One open question, with what it is about. `detail` is a code of the field it comes from, or a count; never prose. */
export interface OpenQuestion {
  code: QuestionCode;
  blocks: boolean;
  activityId: string | null;
  clipId: string | null;
  officerId: string | null;
  detail: string | null;
}

/** Whether a reviewer can begin; no word on how the review ends. */
export interface Readiness {
  reviewReady: boolean;
  /** Codes of the questions that stand in the way, each once. */
  blocking: QuestionCode[];
}

export function openQuestion(
  code: QuestionCode,
  about: Partial<Omit<OpenQuestion, 'code' | 'blocks'>> = {},
): OpenQuestion {
  const nothing = { activityId: null, clipId: null, officerId: null, detail: null };
  return { code, blocks: questionCodes[code].blocks, ...nothing, ...about };
}

export function readinessOf(questions: readonly OpenQuestion[]): Readiness {
  const blocking = [...new Set(questions.filter(({ blocks }) => blocks).map(({ code }) => code))];
  return { reviewReady: blocking.length === 0, blocking };
}
