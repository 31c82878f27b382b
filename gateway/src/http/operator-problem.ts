import { isRecorderError, type RecorderErrorCode } from '@docket/device-protocol';
import { type IngestErrorCode, isIngestError } from '@docket/ingest';
import { HttpProblem, type ProblemCode } from './problem.ts';

const ingestProblems: Partial<Record<IngestErrorCode, ProblemCode>> = {
  SLOT_NOT_IDLE: 'slot-busy',
  RECORDER_UNKNOWN: 'not-found',
  RECORDER_ANONYMOUS: 'recorder-anonymous',
  RECORDER_ISSUED: 'recorder-issued',
  RECORDER_NOT_ISSUED: 'recorder-not-issued',
  RECORDER_OUT_OF_SERVICE: 'recorder-out-of-service',
  DUTY_LIST_UNCHANGED: 'duty-list-unchanged',
  DUTY_LIST_INVALID: 'duty-list-invalid',
  PRESET_UNKNOWN: 'not-found',
  EXCEPTION_UNKNOWN: 'not-found',
  EXCEPTION_DECIDED: 'exception-decided',
  EXCEPTION_INVALID: 'request-invalid',
  ACTIVITY_UNKNOWN: 'not-found',
  CASE_UNKNOWN: 'not-found',
  LINK_TARGET_UNKNOWN: 'link-target-unknown',
  SAME_PERSON: 'same-person',
  CLIP_UNKNOWN: 'not-found',
  STATISTICS_UNANSWERABLE: 'statistics-unanswerable',
  REVIEW_PACKET_UNKNOWN: 'review-packet-unknown',
  REVIEW_NOT_SUBMITTED: 'review-not-submitted',
  DECISION_NOT_PUBLISHABLE: 'decision-not-publishable',
  DECISION_NOT_PUBLISHED: 'decision-not-published',
  DISCLOSURE_REFUSED: 'disclosure-refused',
  DISCLOSURE_UNKNOWN: 'disclosure-unknown',
  CLIP_DELETED: 'clip-deleted',
  HOLD_UNKNOWN: 'not-found',
  HOLD_LIFTED: 'hold-lifted',
  DELETION_UNKNOWN: 'not-found',
  DELETION_DECIDED: 'deletion-decided',
  DEADLINE_UNKNOWN: 'not-found',
  SERIAL_NUMBER_TAKEN: 'serial-number-taken',
  LIVE_SOURCE_INVALID: 'live-source-invalid',
  LIVE_PASSWORD_WANTED: 'live-password-wanted',
  LIVE_SOURCE_UNKNOWN: 'not-found',
  LIVE_USER_TAKEN: 'live-user-taken',
  OPERATION_UNKNOWN: 'not-found',
  OPERATION_CLOSED: 'operation-closed',
  RECORDER_IN_OPERATION: 'recorder-in-operation',
  RECORDER_NOT_IN_OPERATION: 'recorder-not-in-operation',
  BOOKMARK_UNKNOWN: 'not-found',
  BOOKMARK_STRUCK: 'bookmark-struck',
  BOOKMARK_OUTSIDE: 'bookmark-outside',
  ALARM_UNKNOWN: 'not-found',
  ARCHIVE_TARGET_UNKNOWN: 'not-found',
  FORWARD_UNKNOWN: 'not-found',
};

const recorderProblems: Partial<Record<RecorderErrorCode, ProblemCode>> = {
  NOT_SUPPORTED: 'not-supported',
  IDENTITY_REFUSED: 'identity-refused',
};

/** Waits for what an operator asked; what the operator can do something about is answered as a problem. */
export async function asOperatorAsked<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const code = problemOf(error);
    if (code === undefined) throw error;
    throw new HttpProblem(code, (error as Error).message);
  }
}

function problemOf(error: unknown): ProblemCode | undefined {
  if (isIngestError(error)) return ingestProblems[error.code];
  if (isRecorderError(error)) return recorderProblems[error.code] ?? 'recorder-failed';
  return undefined;
}
