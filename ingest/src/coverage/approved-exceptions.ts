import type { Gap } from './cover.ts';
import type {
  ApprovedException,
  CoverageGap,
  CoverageState,
  ExemptionCode,
  GapReasonCode,
  Judgement,
} from './judgement.ts';

/** An approved exception that bears on an activity, with the stretch it names. */
export interface BearingException extends ApprovedException {
  fromMs: number | null;
  toMs: number | null;
}

/** What excuses that footage is not here, or came late, without saying that none was owed. */
const lossKinds: readonly ApprovedException['kind'][] = ['late-dock', 'recorder-broken', 'recorder-lost'];

/** The exemption that stands: 免予记录, or a place in which nothing can be recorded (客观不能). */
export function exemptionIn(exceptions: readonly BearingException[]): Judgement['exemption'] {
  for (const { exceptionId, kind, reasonCode, approvedBy, approvedAt } of exceptions) {
    if (kind === 'place-unrecordable') return { exceptionId, code: 'impossible', approvedBy, approvedAt };
    if (kind === 'exemption') {
      return { exceptionId, code: reasonCode as ExemptionCode, approvedBy, approvedAt };
    }
  }
  return null;
}

/**
 * The approved reason that names a gap: its stretch, widened by what a person may be off when reading it from a screen,
 * holds all of the gap that is sure, or all of a doubtful one.
 */
export function explanationOf(
  gap: Gap,
  exceptions: readonly BearingException[],
  slackMs: number,
): CoverageGap['explanation'] {
  const fromMs = gap.kind === 'sure' ? gap.from.highMs : gap.from.lowMs;
  const toMs = gap.kind === 'sure' ? gap.to.lowMs : gap.to.highMs;
  const naming = exceptions.find(
    (one) =>
      ['gap-reason', 'recorder-broken', 'recorder-lost'].includes(one.kind) &&
      (one.fromMs ?? Number.NEGATIVE_INFINITY) - slackMs <= fromMs &&
      toMs <= (one.toMs ?? Number.POSITIVE_INFINITY) + slackMs,
  );
  if (naming === undefined) return null;
  const { exceptionId, approvedBy } = naming;
  const reasonCode = naming.kind === 'gap-reason' ? (naming.reasonCode as GapReasonCode) : 'device-fault';
  return { exceptionId, reasonCode, approvedBy };
}

/** True where all that is held against an activity stands explained; nothing is where nothing is held against it. */
export function isExplained(
  state: CoverageState,
  gaps: readonly CoverageGap[],
  exceptions: readonly BearingException[],
): boolean {
  const sureGaps = gaps.filter(({ kind }) => kind === 'sure');
  const areGapsExplained = sureGaps.length > 0 && sureGaps.every(({ explanation }) => explanation !== null);
  const isLossExcused = exceptions.some(({ kind }) => lossKinds.includes(kind));
  switch (state) {
    case 'partial':
      return areGapsExplained;
    case 'missing':
      return (
        areGapsExplained ||
        isLossExcused ||
        exceptions.some(({ kind, fromMs }) => kind === 'gap-reason' && fromMs === null)
      );
    case 'late':
      return isLossExcused;
    default:
      return false;
  }
}
