import { IngestError } from '../errors.ts';
import type { ExceptionClaim } from './exception-record.ts';
import { type ExceptionKind, exemptionCodes, gapReasonCodes } from './judgement.ts';

interface ClaimRule {
  /** Codes of which one is named; empty: none is. */
  codes: readonly string[];
  isRecorderNamed: boolean;
  isPaperNeeded: boolean;
}

/** What each kind of claim has to name. */
export const claimRules: Record<ExceptionKind, ClaimRule> = {
  'gap-reason': { codes: gapReasonCodes, isRecorderNamed: false, isPaperNeeded: false },
  exemption: { codes: exemptionCodes, isRecorderNamed: false, isPaperNeeded: false },
  'late-dock': { codes: [], isRecorderNamed: false, isPaperNeeded: true },
  'recorder-broken': { codes: [], isRecorderNamed: true, isPaperNeeded: true },
  'recorder-lost': { codes: [], isRecorderNamed: true, isPaperNeeded: true },
  'place-unrecordable': { codes: [], isRecorderNamed: false, isPaperNeeded: true },
};

/** Throws IngestError EXCEPTION_INVALID, saying what is wrong. */
export function checkClaim(claim: ExceptionClaim): void {
  const { kind, activityId, caseId, recorderId, from, to, reasonCode, paperRecord } = claim;
  const { codes, isRecorderNamed, isPaperNeeded } = claimRules[kind];
  const complaints: [boolean, string][] = [
    [(activityId === null) === (caseId === null), 'name either one activity or one case'],
    [(from === null) !== (to === null), 'name both ends of the stretch, or neither'],
    [
      from !== null && to !== null && Date.parse(from) >= Date.parse(to),
      'the stretch must end after it begins',
    ],
    [from !== null && activityId === null, 'a stretch of time is one of an activity; name the activity'],
    [codes.length === 0 && reasonCode !== null, 'this kind has no reason code'],
    [
      codes.length > 0 && !codes.includes(String(reasonCode)),
      `the reason code is one of ${codes.join(', ')}`,
    ],
    [isRecorderNamed && recorderId === null, 'name the recorder'],
    [isPaperNeeded && paperRecord === null, 'name the paper record that was signed'],
  ];
  const found = complaints.find(([isWrong]) => isWrong);
  if (found !== undefined) throw new IngestError('EXCEPTION_INVALID', found[1]);
}
