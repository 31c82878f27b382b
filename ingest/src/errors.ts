/** What can go wrong after a byte has left the recorder. */
export const ingestErrorCodes = {
  STORE_FULL: 'the store has no room for the clip; free space or add a disk',
  STORE_FAILED: 'the store cannot be written; check its disk',
  COPY_MISMATCH: 'the stored copy differs from what was read; check the store disk',
  INDEX_FAILED: 'the index refused a change; check its disk and the log',
  ILLEGAL_MOVE: 'a clip was asked to make a move its state does not allow; this is a fault in Docket',
  ARCHIVE_FAILED: 'the archive target did not take the clip; it will be tried again',
  ARCHIVE_MISMATCH: 'the archive holds other bytes than were sent; check its disk',
  RECEIPT_MISMATCH: 'the receipt does not name the clip’s hash and length; nothing is released',
  STALLED: 'no byte came within the stall time-out',
  SLOT_NOT_IDLE: 'no recorder stands in the slot with all its clips taken; wait, or dock it',
  RECORDER_UNKNOWN: 'no such recorder has ever been docked or registered here',
  RECORDER_ANONYMOUS: 'the recorder names no serial number, so that nothing can be kept about it',
  RECORDER_ISSUED: 'the recorder is issued already; take it back first',
  RECORDER_NOT_ISSUED: 'the recorder is issued to nobody',
  RECORDER_OUT_OF_SERVICE: 'the recorder is lost, broken or retired; bring it back into service first',
  DUTY_LIST_UNCHANGED:
    'this duty list says what the newest version says already; change it, or keep that one',
  DUTY_LIST_INVALID: 'the duty list contradicts itself; give each item a number of its own',
  PRESET_UNKNOWN: 'no duty list of this name comes with Docket',
  LINK_TARGET_UNKNOWN: 'no case system has told of this case or activity',
  SAME_PERSON: 'another person than the one who asked must decide',
  CLIP_UNKNOWN: 'no such clip was ever listed here',
  CASE_UNKNOWN: 'no case system has told of such a case',
  CLIP_DELETED: 'the clip is deleted; its record and its certificate remain',
  EXCEPTION_UNKNOWN: 'no such exception was ever asked for',
  EXCEPTION_DECIDED: 'the exception is decided already',
  EXCEPTION_INVALID: 'the exception does not name what its kind wants',
  ACTIVITY_UNKNOWN: 'no case system has told of such an activity',
  HOLD_UNKNOWN: 'no such hold was ever placed',
  HOLD_LIFTED: 'the hold is lifted already',
  DELETION_UNKNOWN: 'no such deletion was ever asked for',
  DELETION_DECIDED: 'the deletion is decided already',
  DEADLINE_UNKNOWN: 'the case has no such deadline',
  STATISTICS_UNANSWERABLE: 'this figure cannot be asked so; ask by another grouping or for a shorter period',
  REVIEW_PACKET_UNKNOWN: 'no such review packet was made of this case; make one first',
  REVIEW_NOT_SUBMITTED: 'this packet does not lie before review; submit it first',
  DECISION_NOT_PUBLISHABLE: 'the decision may not be published as it stands',
  DECISION_NOT_PUBLISHED: 'the decision is not marked publishable',
  DISCLOSURE_REFUSED: 'this cannot be told to the public as it stands',
  DISCLOSURE_UNKNOWN: 'no such event waits as a dead letter',
  SERIAL_NUMBER_TAKEN: 'another recorder has this serial number',
  LIVE_SOURCE_INVALID: 'this cannot be how a recorder sends; give it the address or name it has',
  LIVE_PASSWORD_WANTED: 'a password is given to no other address than it was registered for; give it again',
  LIVE_SOURCE_UNKNOWN: 'nobody registered how this recorder sends',
  LIVE_USER_TAKEN: 'another recorder sends under this user name',
  OPERATION_UNKNOWN: 'no such on-site operation was ever opened here',
  OPERATION_CLOSED: 'the on-site operation is closed',
  RECORDER_IN_OPERATION: 'the recorder takes part in an on-site operation already',
  RECORDER_NOT_IN_OPERATION: 'the recorder takes no part in this on-site operation',
  BOOKMARK_UNKNOWN: 'the on-site operation has no such bookmark',
  BOOKMARK_STRUCK: 'the bookmark is struck out already',
  BOOKMARK_OUTSIDE: 'the bookmark lies outside the on-site operation, or outside the recorder’s part in it',
  ARCHIVE_TARGET_UNKNOWN: 'no archive target of this name is configured',
  FORWARD_UNKNOWN: 'the clip does not wait for this archive target',
  ALARM_UNKNOWN: 'no such alarm was ever raised',
} as const;

export type IngestErrorCode = keyof typeof ingestErrorCodes;

/** The one error type of ingest. `code` decides what is done about it; `message` is for people. */
export class IngestError extends Error {
  readonly code: IngestErrorCode;
  readonly clipId: string | undefined;

  constructor(code: IngestErrorCode, message: string, details: { clipId?: string; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.name = 'IngestError';
    this.code = code;
    this.clipId = details.clipId;
  }
}

export function isIngestError(error: unknown, code?: IngestErrorCode): error is IngestError {
  return error instanceof IngestError && (code === undefined || error.code === code);
}

/** The `errno` name of a file system error, e.g. `ENOSPC`. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
